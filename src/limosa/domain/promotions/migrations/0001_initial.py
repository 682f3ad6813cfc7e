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
                ('bonus_bytes', models.BigIntegerField(default=0)),
                ('plan_codes', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(), blank=True, default=list, size=None)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('percent_off__lte', 90)), name='promotion_percent_sane'), models.CheckConstraint(condition=models.Q(models.Q(('bonus_bytes', 0), ('percent_off__gt', 0)), models.Q(('bonus_bytes__gt', 0), ('percent_off', 0)), _connector='OR'), name='promotion_gives_one_thing'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='promotion_ends_after_start')],
            },
        ),
    ]
