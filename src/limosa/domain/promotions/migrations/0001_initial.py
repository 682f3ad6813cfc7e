"""Promotions."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Promotion',
            fields=[
                ('code', models.SlugField(primary_key=True, serialize=False)),
                ('name', models.JSONField()),
                ('percent_off', models.PositiveSmallIntegerField(default=0)),
                ('amount_off_minor', models.BigIntegerField(default=0)),
                ('amount_currency', models.CharField(blank=True, default='', max_length=3)),
                ('bonus_bytes', models.BigIntegerField(default=0)),
                ('plan_codes', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, size=None)),
                ('carrier_codes', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, size=None)),
                ('durations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('needs_code', models.BooleanField(default=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('percent_off__lte', 90)), name='promotion_percent_sane'), models.CheckConstraint(condition=models.Q(models.Q(('amount_off_minor', 0), ('bonus_bytes', 0), ('percent_off__gt', 0)), models.Q(('amount_off_minor__gt', 0), ('bonus_bytes', 0), ('percent_off', 0)), models.Q(('amount_off_minor', 0), ('bonus_bytes__gt', 0), ('percent_off', 0)), _connector='OR'), name='promotion_gives_one_thing'), models.CheckConstraint(condition=models.Q(models.Q(('amount_currency', ''), ('amount_off_minor', 0)), models.Q(('amount_off_minor__gt', 0), models.Q(('amount_currency', ''), _negated=True)), _connector='OR'), name='promotion_amount_has_its_currency'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='promotion_ends_after_start')],
            },
        ),
    ]
