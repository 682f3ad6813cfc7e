"""Regions, and what is said of plans: networks and other facts; counties."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='NetworkSet',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('networks', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='RegionList',
            fields=[
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('names', models.JSONField()),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('position', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='CountyCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(max_length=2)),
                ('county', models.CharField(max_length=5)),
                ('name', models.CharField(max_length=80)),
                ('operator', models.CharField(max_length=60)),
                ('lte_basis_points', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('nr_basis_points', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('nr_fast_basis_points', models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('state', 'county', 'operator'), name='county_once_by_operator')],
            },
        ),
        migrations.CreateModel(
            name='CoverageImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=10)),
                ('file_name', models.CharField(max_length=255)),
                ('version', models.CharField(max_length=40)),
                ('sha256', models.CharField(max_length=64)),
                ('row_count', models.PositiveIntegerField()),
                ('imported_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['kind', '-id'], name='coverage_import_newest')],
            },
        ),
        migrations.CreateModel(
            name='StatedFacts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('staff', 'staff'), ('listed', 'listed'), ('plan_file', 'plan_file'), ('carrier_file', 'carrier_file')], max_length=12)),
                ('supplier', models.SlugField(blank=True, db_index=False)),
                ('code', models.CharField(max_length=200)),
                ('tethering', models.BooleanField(blank=True, null=True)),
                ('identity_check', models.BooleanField(blank=True, null=True)),
                ('has_number', models.BooleanField(blank=True, null=True)),
                ('has_calls', models.BooleanField(blank=True, null=True)),
                ('has_texts', models.BooleanField(blank=True, null=True)),
                ('exit_country', models.CharField(blank=True, max_length=2)),
                ('blocked_services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('stated_at', models.DateTimeField()),
                ('networks', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stated', to='coverage.networkset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'origin', 'supplier'), name='facts_stated_once'), models.CheckConstraint(condition=models.Q(models.Q(('origin', 'listed'), models.Q(('supplier', ''), _negated=True)), models.Q(('origin__in', ['staff', 'plan_file', 'carrier_file']), ('supplier', '')), _connector='OR'), name='facts_have_their_origin')],
            },
        ),
    ]
