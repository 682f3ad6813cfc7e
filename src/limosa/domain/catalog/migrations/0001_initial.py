"""Suppliers, carriers, plans and their prices; exchange rates."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Carrier',
            fields=[
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('apn', models.CharField(blank=True, max_length=63)),
            ],
        ),
        migrations.CreateModel(
            name='CatalogImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=255)),
                ('version', models.CharField(max_length=40)),
                ('sha256', models.CharField(max_length=64)),
                ('plan_count', models.PositiveIntegerField()),
                ('imported_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('is_paused', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('per_euro', models.DecimalField(decimal_places=8, max_digits=18)),
                ('source', models.CharField(max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('currency', 'day'), name='rate_once_per_day')],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('volume', 'Volume'), ('unlimited', 'Unlimited'), ('top_up', 'Top Up')], max_length=10)),
                ('name', models.JSONField()),
                ('volume_bytes', models.BigIntegerField(blank=True, null=True)),
                ('fair_use_bytes', models.BigIntegerField(blank=True, null=True)),
                ('fair_use_kbps', models.PositiveIntegerField(blank=True, null=True)),
                ('validity_count', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('validity_unit', models.CharField(blank=True, choices=[('day', 'day'), ('month', 'month')], max_length=5)),
                ('valid_from', models.CharField(choices=[('purchase', 'Purchase'), ('first_use', 'First Use')], default='purchase', max_length=10)),
                ('first_use_within_days', models.PositiveSmallIntegerField(default=180)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('on_sale', models.BooleanField(default=True)),
                ('back_on_sale_at', models.DateTimeField(blank=True, null=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='catalog.carrier')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plans', to='catalog.supplier')),
            ],
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('rate_per_gb', models.BigIntegerField(default=0, editable=False)),
                ('rate_per_day', models.BigIntegerField(editable=False, null=True)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='catalog.plan')),
            ],
            options={
                'indexes': [models.Index(fields=['currency', 'amount_minor', 'plan'], name='price_by_amount'), models.Index(fields=['currency', 'rate_per_gb', 'plan'], name='price_by_rate_per_gb'), models.Index(fields=['currency', 'rate_per_day', 'plan'], name='price_by_rate_per_day')],
                'constraints': [models.UniqueConstraint(fields=('plan', 'currency'), name='price_once_per_currency'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='price_positive')],
            },
        ),
        migrations.CreateModel(
            name='PlanSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=100)),
                ('renewal_code', models.CharField(blank=True, max_length=100)),
                ('cost_minor', models.BigIntegerField(blank=True, null=True)),
                ('cost_currency', models.CharField(blank=True, max_length=3)),
                ('cost_is_listed', models.BooleanField(default=False)),
                ('day_zone', models.CharField(blank=True, max_length=64)),
                ('exit_country', models.CharField(blank=True, max_length=2)),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='catalog.plan')),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sources', to='catalog.supplier')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'supplier'), name='source_once_per_supplier'), models.UniqueConstraint(deferrable=models.Deferrable.DEFERRED, fields=('plan', 'position'), name='source_once_per_position'), models.CheckConstraint(condition=models.Q(models.Q(('cost_currency', ''), ('cost_minor__isnull', True)), models.Q(('cost_minor__gte', 0), ('cost_minor__isnull', False), models.Q(('cost_currency', ''), _negated=True)), _connector='OR'), name='source_cost_has_its_currency')],
            },
        ),
        migrations.AddIndex(
            model_name='plan',
            index=django.contrib.postgres.indexes.GinIndex(fields=['countries'], name='plan_by_country'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fair_use_bytes__gt', 0), ('fair_use_bytes__isnull', False), ('kind', 'unlimited'), ('volume_bytes__isnull', True)), models.Q(('kind__in', ['volume', 'top_up']), ('volume_bytes__gt', 0), ('volume_bytes__isnull', False)), _connector='OR'), name='plan_has_its_volume'),
        ),
        migrations.AddConstraint(
            model_name='plan',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__in', ['purchase', 'first_use']), models.Q(models.Q(('kind', 'top_up'), ('validity_count__isnull', True), ('validity_unit', '')), models.Q(models.Q(('kind', 'top_up'), _negated=True), ('validity_count__gt', 0), ('validity_count__isnull', False), ('validity_unit__in', ['day', 'month'])), _connector='OR')), name='plan_has_its_validity'),
        ),
        run_sql_file(__file__, 'rates'),
    ]
