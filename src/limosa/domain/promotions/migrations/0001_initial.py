"""Promotions."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
        migrations.CreateModel(
            name='PromotionCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=20)),
                ('uses_max', models.PositiveIntegerField(blank=True, null=True)),
                ('uses_per_person', models.PositiveSmallIntegerField(default=1)),
                ('first_order_only', models.BooleanField(default=False)),
                ('budget_minor', models.BigIntegerField(blank=True, null=True)),
                ('budget_currency', models.CharField(blank=True, default='', max_length=3)),
                ('uses', models.PositiveIntegerField(default=0)),
                ('spent_minor', models.BigIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('promotion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='promotions.promotion')),
            ],
        ),
        migrations.CreateModel(
            name='PromotionCodeUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20)),
                ('nth', models.PositiveSmallIntegerField()),
                ('discount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('taken_at', models.DateTimeField()),
                ('given_back_at', models.DateTimeField(blank=True, null=True)),
                ('code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='promotions.promotioncode')),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='promotion_code_uses', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='promotioncode',
            constraint=models.UniqueConstraint(fields=('text',), name='promotion_code_once'),
        ),
        migrations.AddConstraint(
            model_name='promotioncode',
            constraint=models.CheckConstraint(condition=models.Q(('uses_per_person__gt', 0), models.Q(('uses_max__isnull', True), models.Q(('uses__lte', models.F('uses_max')), ('uses_max__gt', 0)), _connector='OR')), name='promotion_code_within_uses'),
        ),
        migrations.AddConstraint(
            model_name='promotioncode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('budget_currency', ''), ('budget_minor__isnull', True), ('spent_minor', 0)), models.Q(('budget_minor__gt', 0), ('spent_minor__gte', 0), ('spent_minor__lte', models.F('budget_minor')), ('budget_minor__isnull', False), models.Q(('budget_currency', ''), _negated=True)), _connector='OR'), name='promotion_code_within_budget'),
        ),
        migrations.AddConstraint(
            model_name='promotioncodeuse',
            constraint=models.UniqueConstraint(fields=('order_number',), name='promotion_code_use_of_order'),
        ),
        migrations.AddConstraint(
            model_name='promotioncodeuse',
            constraint=models.UniqueConstraint(condition=models.Q(('given_back_at__isnull', True)), fields=('subscriber', 'code', 'nth'), name='promotion_code_use_once'),
        ),
        migrations.AddConstraint(
            model_name='promotioncodeuse',
            constraint=models.CheckConstraint(condition=models.Q(('discount_minor__gte', 0), ('nth__gt', 0)), name='promotion_code_use_sane'),
        ),
    ]
