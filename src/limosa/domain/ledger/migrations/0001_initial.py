"""The journal: accounts, entries and postings, with the laws that keep it right."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(choices=[('wallet', 'Wallet'), ('bonus', 'Bonus'), ('wallet_frozen', 'Frozen'), ('clearing', 'Clearing'), ('refunds_payable', 'Refunds Payable'), ('deferred_revenue', 'Deferred Revenue'), ('revenue', 'Revenue'), ('tax_payable', 'Tax Payable'), ('promotions', 'Promotions'), ('bonus_discounts', 'Bonus Discounts'), ('plan_changes', 'Plan Changes'), ('cost_of_sales', 'Cost Of Sales'), ('supplier', 'Supplier'), ('bank', 'Bank'), ('provider_fees', 'Provider Fees'), ('disputed', 'Disputed'), ('losses', 'Losses'), ('exchange', 'Exchange'), ('codes_outstanding', 'Codes Outstanding'), ('receivable', 'Receivable'), ('unclaimed', 'Unclaimed'), ('breakage', 'Breakage'), ('suspense', 'Suspense')], max_length=20)),
                ('currency', models.CharField(max_length=3)),
                ('balance_minor', models.BigIntegerField(null=True)),
                ('subscriber', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(max_length=30)),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('posted_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['order_number'], name='entry_of_order'), models.Index(condition=models.Q(('kind__in', ['supply_cost', 'supply_credit', 'supply_correction'])), fields=['order_number'], name='entry_of_supply'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['posted_at'], name='entry_by_posted_at')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.account')),
                ('entry', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.journalentry')),
            ],
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('balance_minor__isnull', False), ('kind__in', ('wallet', 'bonus')), ('subscriber__isnull', False)), models.Q(models.Q(('kind__in', ('wallet', 'bonus')), _negated=True), ('balance_minor__isnull', True), ('subscriber__isnull', True)), _connector='OR'), name='account_wallet_has_owner_and_balance'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('balance_minor__isnull', True), ('balance_minor__gte', 0), _connector='OR'), name='account_wallet_not_below_zero'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor', 0), _negated=True), name='posting_not_zero'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['wallet', 'bonus', 'wallet_frozen', 'clearing', 'refunds_payable', 'deferred_revenue', 'revenue', 'tax_payable', 'promotions', 'bonus_discounts', 'plan_changes', 'cost_of_sales', 'supplier', 'bank', 'provider_fees', 'disputed', 'losses', 'exchange', 'codes_outstanding', 'receivable', 'unclaimed', 'breakage', 'suspense'])), name='account_kind_known'),
        ),
        run_sql_file(__file__, 'entries_balance'),
        run_sql_file(__file__, 'append_only'),
    ]
