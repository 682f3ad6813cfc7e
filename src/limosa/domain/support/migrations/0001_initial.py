"""Cases, refunds that were proposed, what the staff did, and what guards found."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ordering', '0001_initial'),
        ('payments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GuardRound',
            fields=[
                ('guard', models.CharField(choices=[('entries', 'Entries'), ('wallets', 'Wallets'), ('usage', 'Usage'), ('reserves', 'Reserves'), ('payments', 'Payments'), ('orders', 'Orders'), ('delivery', 'Delivery'), ('supply', 'Supply'), ('inbox', 'Inbox'), ('suspense', 'Suspense'), ('clearing', 'Clearing'), ('stock', 'Stock'), ('supplied', 'Supplied'), ('payables', 'Payables'), ('ratings', 'Ratings'), ('automatic', 'Automatic'), ('codes', 'Codes'), ('promotion_codes', 'Promotion Codes'), ('top_ups', 'Top Ups'), ('bonuses', 'Bonuses'), ('plan_changes', 'Plan Changes'), ('guesses', 'Guesses'), ('liabilities', 'Liabilities'), ('journal', 'Journal')], max_length=20, primary_key=True, serialize=False)),
                ('swept_id', models.BigIntegerField(default=0)),
                ('touched_id', models.BigIntegerField(default=0)),
                ('began_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('ran_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guard', models.CharField(choices=[('entries', 'Entries'), ('wallets', 'Wallets'), ('usage', 'Usage'), ('reserves', 'Reserves'), ('payments', 'Payments'), ('orders', 'Orders'), ('delivery', 'Delivery'), ('supply', 'Supply'), ('inbox', 'Inbox'), ('suspense', 'Suspense'), ('clearing', 'Clearing'), ('stock', 'Stock'), ('supplied', 'Supplied'), ('payables', 'Payables'), ('ratings', 'Ratings'), ('automatic', 'Automatic'), ('codes', 'Codes'), ('promotion_codes', 'Promotion Codes'), ('top_ups', 'Top Ups'), ('bonuses', 'Bonuses'), ('plan_changes', 'Plan Changes'), ('guesses', 'Guesses'), ('liabilities', 'Liabilities'), ('journal', 'Journal')], max_length=20)),
                ('subject', models.CharField(max_length=120)),
                ('row_id', models.BigIntegerField()),
                ('problem', models.CharField(blank=True, max_length=30)),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('unit', models.CharField(blank=True, max_length=3)),
                ('has', models.BigIntegerField(null=True)),
                ('due', models.BigIntegerField(null=True)),
                ('found_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('gone_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('gone_at__isnull', True)), fields=['id'], name='finding_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('gone_at__isnull', True)), fields=('guard', 'subject'), name='finding_once')],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=16, unique=True)),
                ('by_guest', models.BooleanField(default=False)),
                ('message', models.TextField(blank=True)),
                ('trace', models.JSONField()),
                ('opened_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('closing', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases_answered', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='ordering.order')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-opened_at'], name='case_newest'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['id'], name='case_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('order', 'by_guest'), name='case_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='case_answer_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('replied_at__isnull', True), ('reply', '')), models.Q(models.Q(('reply', ''), _negated=True), ('answered_at__isnull', False), ('replied_at__isnull', False)), _connector='OR'), name='case_reply_follows_an_answer')],
            },
        ),
        migrations.CreateModel(
            name='RefundProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part_minor', models.BigIntegerField(blank=True, null=True)),
                ('detail', models.TextField()),
                ('needs_second', models.BooleanField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('turned_down', 'Turned Down')], default='open', max_length=12)),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds_signed', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_proposals', to='ordering.order')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds_proposed', to=settings.AUTH_USER_MODEL)),
                ('refund', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposal', to='payments.refund')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='proposal_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('order',), name='proposal_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('refund__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('refund__isnull', True)), _connector='OR'), name='proposal_done_has_its_refund'), models.CheckConstraint(condition=models.Q(models.Q(('needs_second', True), ('state', 'done'), _negated=True), models.Q(('decided_by__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='proposal_two_sign')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('pause_supplier', 'Pause Supplier'), ('resume_supplier', 'Resume Supplier'), ('stop_sale', 'Stop Sale'), ('start_sale', 'Start Sale'), ('poll_payment', 'Poll Payment'), ('refund_order', 'Refund Order'), ('clear_payment', 'Clear Payment'), ('close_case', 'Close Case'), ('set_channel', 'Set Channel'), ('resolve_difference', 'Resolve Difference'), ('reconcile', 'Reconcile'), ('propose_refund', 'Propose Refund'), ('sign_refund', 'Sign Refund'), ('turn_down_refund', 'Turn Down Refund'), ('refund_to_wallet', 'Refund To Wallet'), ('import_catalog', 'Import Catalog'), ('answer_case', 'Answer Case'), ('export', 'Export'), ('add_staff', 'Add Staff'), ('change_staff', 'Change Staff'), ('remove_staff', 'Remove Staff'), ('reset_second_step', 'Reset Second Step'), ('note_finding', 'Note Finding'), ('settle_supply', 'Settle Supply'), ('deliver_callback', 'Deliver Callback'), ('fetch_prices', 'Fetch Prices'), ('set_pricing', 'Set Pricing'), ('decide_prices', 'Decide Prices'), ('add_plan', 'Add Plan'), ('record_deposit', 'Record Deposit'), ('undo_deposit', 'Undo Deposit'), ('fetch_statement', 'Fetch Statement'), ('agree_to_charge', 'Agree To Charge'), ('dispute_charge', 'Dispute Charge'), ('end_doubt', 'End Doubt'), ('set_coverage', 'Set Coverage'), ('import_coverage', 'Import Coverage'), ('moderate_rating', 'Moderate Rating'), ('reply_to_rating', 'Reply To Rating'), ('mark_insider', 'Mark Insider'), ('make_codes', 'Make Codes'), ('export_codes', 'Export Codes'), ('activate_codes', 'Activate Codes'), ('void_codes', 'Void Codes'), ('look_up_code', 'Look Up Code'), ('record_codes_paid', 'Record Codes Paid'), ('set_promotion', 'Set Promotion'), ('end_promotion', 'End Promotion'), ('reopen_promotion', 'Reopen Promotion'), ('offer_bonus', 'Offer Bonus'), ('end_bonus', 'End Bonus'), ('add_promotion_code', 'Add Promotion Code'), ('end_promotion_code', 'End Promotion Code')], max_length=20)),
                ('subject', models.CharField(max_length=60)),
                ('detail', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'action'], name='audit_entry_of_subject')],
            },
        ),
        run_sql_file(__file__, 'staff_actions_append_only'),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('closing', ''), ('closed_at__isnull', False), _connector='OR'), name='case_closing_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='refundproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('state', 'done')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'turned_down')), _connector='OR'), name='proposal_state_has_its_time'),
        ),
    ]
