"""Our accounts at suppliers: balances, statements, differences and deposits."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('connectivity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BalanceReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=50)),
                ('currency', models.CharField(max_length=3)),
                ('available_minor', models.BigIntegerField()),
                ('booked_minor', models.BigIntegerField()),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['supplier', '-read_at'], name='balance_reading_newest')],
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=50)),
                ('day', models.DateField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done')], default='waiting', max_length=10)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('lines', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('compared_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('supplier', 'day'), name='statement_once'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('compared_at__isnull', False), ('problem', ''), ('state', 'done')), _connector='OR'), name='statement_state_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='SupplierAccount',
            fields=[
                ('supplier', models.CharField(max_length=50, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('available_minor', models.BigIntegerField(blank=True, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('days_left', models.PositiveIntegerField(blank=True, null=True)),
                ('warning', models.CharField(blank=True, choices=[('', ''), ('floor', 'floor'), ('days', 'days')], max_length=10)),
                ('stated_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('available_minor__isnull', True), ('currency', ''), ('read_at__isnull', True), ('warning', '')), models.Q(('available_minor__isnull', False), ('read_at__isnull', False), models.Q(('currency', ''), _negated=True), ('warning__in', ['', 'floor', 'days'])), _connector='OR'), name='supplier_account_balance_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='SupplierDeposit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=50)),
                ('reference', models.CharField(max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('recorded_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('supplier', 'reference'), name='deposit_once'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), models.Q(('reference', ''), _negated=True)), name='deposit_is_money')],
            },
        ),
        migrations.CreateModel(
            name='ChargeDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=50)),
                ('charge_id', models.CharField(blank=True, max_length=80)),
                ('currency', models.CharField(max_length=3)),
                ('problem', models.CharField(choices=[('rounding', 'rounding'), ('amount', 'amount'), ('currency', 'currency'), ('unknown', 'unknown'), ('explained', 'explained'), ('not_booked', 'not_booked'), ('twice', 'twice'), ('not_charged', 'not_charged'), ('credit_not_booked', 'credit_not_booked'), ('not_credited', 'not_credited')], max_length=20)),
                ('theirs_minor', models.BigIntegerField()),
                ('ours_minor', models.BigIntegerField()),
                ('corrected_minor', models.BigIntegerField(default=0)),
                ('corrections', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'open'), ('disputed', 'disputed'), ('resolved', 'resolved')], default='open', max_length=10)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supply', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charge_differences', to='connectivity.supply')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['open', 'disputed'])), fields=['supplier', 'id'], name='charge_difference_unresolved')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('supply__isnull', False)), fields=('supply', 'currency'), name='charge_difference_of_supply'), models.UniqueConstraint(condition=models.Q(('supply__isnull', True)), fields=('supplier', 'charge_id', 'currency'), name='charge_difference_of_charge'), models.CheckConstraint(condition=models.Q(models.Q(('charge_id', ''), ('supply__isnull', False)), models.Q(('supply__isnull', True), models.Q(('charge_id', ''), _negated=True)), _connector='OR'), name='charge_difference_is_about_one'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('state__in', ['open', 'disputed']), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('state', 'resolved'), ('theirs_minor', models.F('ours_minor'))), _connector='OR'), name='charge_difference_state_has_its_time'), models.CheckConstraint(condition=models.Q(('problem__in', ['rounding', 'amount', 'currency', 'unknown', 'explained', 'not_booked', 'twice', 'not_charged', 'credit_not_booked', 'not_credited'])), name='charge_difference_problem_known'), models.CheckConstraint(condition=models.Q(('corrected_minor', 0), ('corrections__gt', 0), _connector='OR'), name='charge_difference_corrected_by_some')],
            },
        ),
        migrations.CreateModel(
            name='ChargedLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier', models.CharField(max_length=50)),
                ('charge_id', models.CharField(max_length=80)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('charged_at', models.DateTimeField()),
                ('number', models.CharField(blank=True, max_length=80)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('supply', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charged_lines', to='connectivity.supply')),
            ],
            options={
                'indexes': [models.Index(fields=['supplier', 'charged_at'], name='charged_line_by_time'), models.Index(condition=models.Q(('supply__isnull', True)), fields=['supplier'], name='charged_line_unknown')],
                'constraints': [models.UniqueConstraint(fields=('supplier', 'charge_id'), name='charged_line_once')],
            },
        ),
    ]
