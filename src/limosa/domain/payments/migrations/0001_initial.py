"""Payments, refunds, disputes, saved methods and settlements; what providers told us."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import limosa.domain.encryption.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('provider', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('is_offered', models.BooleanField(default=True)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('message_id', models.CharField(max_length=80)),
                ('payment_number', models.CharField(blank=True, max_length=32)),
                ('report', models.JSONField()),
                ('received_at', models.DateTimeField()),
                ('result', models.CharField(max_length=30)),
            ],
            options={
                'indexes': [models.Index(fields=['payment_number'], name='inbox_of_payment'), models.Index(condition=models.Q(('result', 'unknown_payment')), fields=['-id'], name='inbox_to_look_at')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'message_id'), name='inbox_once')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32)),
                ('order_number', models.CharField(max_length=20)),
                ('provider', models.CharField(max_length=20)),
                ('method', models.CharField(max_length=20)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('created', 'Created'), ('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='created', max_length=10)),
                ('pay_url', models.TextField(blank=True)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('save_wanted', models.BooleanField(default=False)),
                ('is_automatic', models.BooleanField(default=False)),
                ('transaction_id', models.CharField(blank=True, max_length=64)),
                ('received_minor', models.BigIntegerField(default=0)),
                ('received_currency', models.CharField(blank=True, max_length=3)),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('pays_order', models.BooleanField(default=False)),
                ('in_wallet', models.BooleanField(default=False)),
                ('problem', models.CharField(blank=True, max_length=30)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('next_poll_at', models.DateTimeField(blank=True, null=True)),
                ('processing_since', models.DateTimeField(blank=True, null=True)),
                ('decline', models.CharField(blank=True, max_length=20)),
                ('captures_refused', models.PositiveSmallIntegerField(default=0)),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('reference', models.CharField(max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('state', models.CharField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=10)),
                ('reversed_minor', models.BigIntegerField(default=0)),
                ('settled_minor', models.BigIntegerField(default=0)),
                ('stands_for_minor', models.BigIntegerField(blank=True, null=True)),
                ('decided_minor', models.BigIntegerField(blank=True, null=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='payments.payment')),
            ],
        ),
        migrations.CreateModel(
            name='ProviderCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(max_length=20)),
                ('outcome', models.CharField(max_length=120)),
                ('called_at', models.DateTimeField()),
                ('duration_ms', models.PositiveIntegerField()),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='payments.payment')),
            ],
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('settled_minor', models.BigIntegerField(default=0)),
                ('wallet_minor', models.BigIntegerField(default=0)),
                ('came_back', models.PositiveSmallIntegerField(default=0)),
                ('by_hand', models.BooleanField(default=False)),
                ('reversed_minor', models.BigIntegerField(default=0)),
                ('reason', models.CharField(max_length=30)),
                ('state', models.CharField(choices=[('found', 'Found'), ('requested', 'Requested'), ('sent', 'Sent'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('settled', 'Settled')], default='requested', max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('next_poll_at', models.DateTimeField(blank=True, null=True)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment')),
            ],
        ),
        migrations.CreateModel(
            name='RefusedCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('reason', models.CharField(max_length=40)),
                ('day', models.DateField()),
                ('count', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'reason', 'day'), name='refused_count_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedMethod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=16, unique=True)),
                ('provider', models.CharField(max_length=20)),
                ('reference', limosa.domain.encryption.fields.EncryptedTextField(index_field='reference_index')),
                ('reference_index', limosa.domain.encryption.fields.BlindIndexField(editable=False, max_length=64, of='reference')),
                ('label', models.CharField(max_length=80)),
                ('consented_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('next_forget_at', models.DateTimeField(blank=True, null=True)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_methods', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='payment',
            name='saved_method',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='payments.savedmethod'),
        ),
        migrations.CreateModel(
            name='Settlement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('refused', 'Refused')], default='waiting', max_length=10)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('matched', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('compared_at', models.DateTimeField(blank=True, null=True)),
                ('compared_mark', models.CharField(blank=True, max_length=64)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-day', 'provider'], name='settlement_by_day')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'day'), name='settlement_once')],
            },
        ),
        migrations.CreateModel(
            name='SettledLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('payment', 'payment'), ('refund', 'refund'), ('refund_reversal', 'refund_reversal'), ('dispute', 'dispute'), ('dispute_reversal', 'dispute_reversal'), ('other', 'other')], max_length=20)),
                ('reference', models.CharField(max_length=80)),
                ('nth', models.PositiveIntegerField(default=1)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('fee_minor', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField()),
                ('payment_number', models.CharField(blank=True, max_length=32)),
                ('refund_number', models.CharField(blank=True, max_length=32)),
                ('transaction_id', models.CharField(blank=True, max_length=64)),
                ('dispute', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.dispute')),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settled_lines', to='payments.payment')),
                ('refund', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.refund')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_lines', to='payments.settlement')),
            ],
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('missing_here', 'missing_here'), ('missing_there', 'missing_there'), ('amount', 'amount'), ('currency', 'currency'), ('state', 'state'), ('twice', 'twice'), ('other', 'other'), ('clearing', 'clearing')], max_length=20)),
                ('subject', models.CharField(max_length=120)),
                ('theirs', models.JSONField(default=dict)),
                ('ours', models.JSONField(default=dict)),
                ('theirs_minor', models.BigIntegerField(default=0)),
                ('theirs_currency', models.CharField(blank=True, max_length=3)),
                ('ours_minor', models.BigIntegerField(default=0)),
                ('ours_currency', models.CharField(blank=True, max_length=3)),
                ('state', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved')], default='open', max_length=10)),
                ('is_found', models.BooleanField(default=True)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.payment')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.refund')),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='payments.settlement')),
            ],
        ),
        migrations.CreateModel(
            name='SettlementTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('payments_minor', models.BigIntegerField(default=0)),
                ('refunds_minor', models.BigIntegerField(default=0)),
                ('disputes_minor', models.BigIntegerField(default=0)),
                ('other_minor', models.BigIntegerField(default=0)),
                ('fees_minor', models.BigIntegerField(default=0)),
                ('net_minor', models.BigIntegerField(default=0)),
                ('booked_minor', models.BigIntegerField(default=0)),
                ('explained_minor', models.BigIntegerField(default=0)),
                ('settlement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='totals', to='payments.settlement')),
            ],
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='dispute_open'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('provider', 'reference'), name='dispute_once'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('payment',), name='dispute_open_once'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='dispute_positive'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('reversed_minor__gte', 0), ('settled_minor__gte', 0), models.Q(models.Q(('stands_for_minor__isnull', True), ('decided_minor__isnull', True), ('amount_minor__gte', models.expressions.CombinedExpression(models.F('reversed_minor'), '+', models.F('settled_minor')))), models.Q(('stands_for_minor__isnull', True), ('decided_minor__isnull', False), ('decided_minor__gte', models.expressions.CombinedExpression(models.F('reversed_minor'), '+', models.F('settled_minor')))), models.Q(('stands_for_minor__isnull', False), ('stands_for_minor__gte', models.expressions.CombinedExpression(models.F('reversed_minor'), '+', models.F('settled_minor')))), _connector='OR')), name='dispute_parts_within'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('next_poll_at__isnull', False)), fields=['next_poll_at'], name='refund_to_push'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='refund_by_reference'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('state', 'succeeded')), fields=['finished_at'], name='refund_by_finish'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('came_back__gt', 0)), fields=['finished_at'], name='refund_by_return'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('number',), name='refund_number_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='refund_positive'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('settled_minor__gte', 0), ('settled_minor__lte', models.F('amount_minor')), models.Q(models.Q(('state', 'settled'), _negated=True), ('settled_minor', models.F('amount_minor')), _connector='OR')), name='refund_settled_within'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('wallet_minor__gte', 0), ('wallet_minor__lte', models.F('settled_minor'))), name='refund_wallet_within'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('reversed_minor', 0), models.Q(('by_hand', True), ('reversed_minor__gt', 0), ('reversed_minor__lte', models.F('amount_minor'))), _connector='OR'), name='refund_reversed_within'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('by_hand', True), models.Q(('reference', ''), _negated=True)), fields=('payment', 'reference'), name='refund_by_hand_once'),
        ),
        migrations.AddIndex(
            model_name='savedmethod',
            index=models.Index(condition=models.Q(('next_forget_at__isnull', False)), fields=['next_forget_at'], name='saved_method_to_forget'),
        ),
        migrations.AddConstraint(
            model_name='savedmethod',
            constraint=models.UniqueConstraint(fields=('subscriber', 'provider', 'reference_index'), name='saved_method_once'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('next_poll_at__isnull', False)), fields=['next_poll_at'], name='payment_to_poll'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('problem', ''), _negated=True), fields=['-created_at'], name='payment_to_look_at'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['order_number'], name='payment_of_order'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['subscriber', '-created_at'], name='payment_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['created_at'], name='payment_by_day'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('reference', ''), _negated=True), fields=['reference'], name='payment_by_reference'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('transaction_id', ''), _negated=True), fields=['provider', 'transaction_id'], name='payment_by_transaction'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('save_wanted', True), ('saved_method__isnull', True), ('state', 'succeeded')), fields=['id'], name='payment_to_save_method_of'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['paid_at'], name='payment_by_paid_at'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('number',), name='payment_number_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('pays_order', True)), fields=('order_number',), name='payment_pays_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['created', 'pending'])), fields=('order_number', 'provider', 'method'), name='payment_open_once'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payment_positive'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_minor__gte', 0), ('refunded_minor__lte', models.F('received_minor'))), name='payment_refunds_within_receipts'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('pays_order', False), models.Q(('received_currency', models.F('currency')), ('received_minor', models.F('amount_minor')), ('state', 'succeeded')), _connector='OR'), name='payment_pays_exact_amount'),
        ),
        migrations.AddIndex(
            model_name='settledline',
            index=models.Index(condition=models.Q(('refund__isnull', False)), fields=['refund'], name='settled_line_of_refund'),
        ),
        migrations.AddIndex(
            model_name='settledline',
            index=models.Index(condition=models.Q(('dispute__isnull', False)), fields=['dispute'], name='settled_line_of_dispute'),
        ),
        migrations.AddIndex(
            model_name='settledline',
            index=models.Index(condition=models.Q(models.Q(('kind', 'payment'), ('payment__isnull', True)), models.Q(('kind__in', ['refund', 'refund_reversal']), ('refund__isnull', True)), models.Q(('dispute__isnull', True), ('kind__in', ['dispute', 'dispute_reversal'])), _connector='OR'), fields=['provider'], name='settled_line_unknown'),
        ),
        migrations.AddConstraint(
            model_name='settledline',
            constraint=models.UniqueConstraint(fields=('provider', 'kind', 'reference', 'nth'), name='settled_line_once'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='difference_open'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(fields=('provider', 'kind', 'subject'), name='difference_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True), ('state', 'open')), models.Q(('resolved_at__isnull', False), ('state', 'resolved')), _connector='OR'), name='difference_resolved_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='settlementtotal',
            constraint=models.UniqueConstraint(fields=('settlement', 'currency'), name='settlement_total_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['missing_here', 'missing_there', 'amount', 'currency', 'state', 'twice', 'other', 'clearing'])), name='difference_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('decided_minor__isnull', True), ('state', 'open')), models.Q(('closed_at__isnull', False), ('decided_minor', 0), ('state', 'won')), models.Q(('closed_at__isnull', False), ('decided_minor__gt', 0), ('decided_minor__isnull', False), ('state', 'lost')), _connector='OR'), name='dispute_state_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('applied_at__isnull', False), ('next_poll_at__isnull', True), ('paid_at__isnull', False), ('received_minor__gt', 0), ('state', 'succeeded')), models.Q(('applied_at__isnull', True), ('paid_at__isnull', True), ('received_minor', 0), ('state__in', ['created', 'pending', 'failed', 'expired', 'cancelled'])), _connector='OR'), name='payment_state_has_its_times'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('in_wallet', False), models.Q(('pays_order', False), ('state', 'succeeded')), _connector='OR'), name='payment_in_wallet_pays_nothing'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by_hand', True), ('finished_at__isnull', True), ('state', 'found')), models.Q(('by_hand', False), ('finished_at__isnull', True), ('state__in', ['requested', 'sent'])), models.Q(('finished_at__isnull', False), ('state__in', ['succeeded', 'failed', 'settled'])), _connector='OR'), name='refund_state_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='savedmethod',
            constraint=models.CheckConstraint(condition=models.Q(('next_forget_at__isnull', True), ('removed_at__isnull', False), _connector='OR'), name='saved_method_forgotten_was_removed'),
        ),
        migrations.AddConstraint(
            model_name='settledline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['payment', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal', 'other'])), name='settled_line_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='settlement',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'refused']), models.Q(('compared_at__isnull', False), ('problem', ''), ('state', 'done')), _connector='OR'), name='settlement_state_has_its_time'),
        ),
    ]
