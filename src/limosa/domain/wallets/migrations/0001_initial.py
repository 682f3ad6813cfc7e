"""Wallet top-ups, and the bonuses on top of them."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BonusTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('least_minor', models.BigIntegerField()),
                ('bonus_minor', models.BigIntegerField()),
                ('valid_days', models.PositiveIntegerField(blank=True, null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['currency', 'starts_at'], name='bonus_tier_of_currency')],
                'constraints': [models.CheckConstraint(condition=models.Q(('bonus_minor__gt', 0), ('least_minor__gte', models.F('bonus_minor'))), name='bonus_tier_gives_no_more_than_is_added'), models.CheckConstraint(condition=models.Q(models.Q(('valid_days__isnull', True), ('valid_days__gt', 0), _connector='OR'), models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR')), name='bonus_tier_lasts')],
            },
        ),
        migrations.CreateModel(
            name='WalletTopUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=24)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('exchange', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('placed', 'Placed'), ('paid', 'Paid'), ('refunded', 'Refunded'), ('cancelled', 'Cancelled')], default='placed', max_length=10)),
                ('placed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('reversed_minor', models.BigIntegerField(default=0)),
                ('frozen_minor', models.BigIntegerField(default=0)),
                ('bonus_minor', models.BigIntegerField(default=0)),
                ('bonus_days', models.PositiveIntegerField(blank=True, null=True)),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='wallet_top_ups', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Bonus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('granted_minor', models.BigIntegerField()),
                ('left_minor', models.BigIntegerField()),
                ('used_minor', models.BigIntegerField(default=0)),
                ('expired_minor', models.BigIntegerField(default=0)),
                ('taken_minor', models.BigIntegerField(default=0)),
                ('held_minor', models.BigIntegerField(default=0)),
                ('paid_minor', models.BigIntegerField(default=0)),
                ('granted_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('held_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bonuses', to=settings.AUTH_USER_MODEL)),
                ('top_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='granted', to='wallets.wallettopup')),
            ],
        ),
        migrations.CreateModel(
            name='BonusUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('payment_number', models.CharField(max_length=32)),
                ('used_minor', models.BigIntegerField()),
                ('returned_minor', models.BigIntegerField(default=0)),
                ('used_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('bonus', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='wallets.bonus')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('payment_number', 'bonus'), name='bonus_used_once_by_a_payment'), models.CheckConstraint(condition=models.Q(('returned_minor__gte', 0), ('used_minor__gt', 0), ('used_minor__gte', models.F('returned_minor'))), name='bonus_use_returns_within')],
            },
        ),
        migrations.AddIndex(
            model_name='wallettopup',
            index=models.Index(fields=['subscriber', '-id'], name='top_up_newest_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='wallettopup',
            index=models.Index(condition=models.Q(('state', 'placed')), fields=['expires_at'], name='top_up_unpaid'),
        ),
        migrations.AddIndex(
            model_name='wallettopup',
            index=models.Index(fields=['placed_at'], name='top_up_by_day'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.UniqueConstraint(fields=('number',), name='wallet_top_up_number_once'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.UniqueConstraint(fields=('subscriber', 'key'), name='wallet_top_up_key_once'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.CheckConstraint(condition=models.Q(('number__startswith', 'T-')), name='wallet_top_up_number_told_apart'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='wallet_top_up_positive'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.CheckConstraint(condition=models.Q(('frozen_minor__gte', 0), ('reversed_minor__gte', 0), ('amount_minor__gte', django.db.models.expressions.CombinedExpression(models.F('reversed_minor'), '+', models.F('frozen_minor')))), name='wallet_top_up_gone_within'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bonus_days__isnull', True), ('bonus_minor', 0)), models.Q(('bonus_minor__gt', 0), models.Q(('bonus_days__isnull', True), ('bonus_days__gt', 0), _connector='OR')), _connector='OR'), name='wallet_top_up_bonus_adds'),
        ),
        migrations.AddConstraint(
            model_name='wallettopup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('frozen_minor', 0), ('paid_at__isnull', True), ('reversed_minor', 0), ('state', 'placed')), models.Q(('closed_at__isnull', True), ('paid_at__isnull', False), ('reversed_minor__lt', models.F('amount_minor')), ('state', 'paid')), models.Q(('closed_at__isnull', False), ('paid_at__isnull', False), ('reversed_minor', models.F('amount_minor')), ('state', 'refunded')), models.Q(('closed_at__isnull', False), ('frozen_minor', 0), ('paid_at__isnull', True), ('reversed_minor', 0), ('state', 'cancelled')), _connector='OR'), name='wallet_top_up_state_has_its_time'),
        ),
        migrations.AddIndex(
            model_name='bonus',
            index=models.Index(fields=['subscriber', 'currency'], name='bonus_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='bonus',
            index=models.Index(condition=models.Q(('left_minor__gt', 0)), fields=['expires_at'], name='bonus_to_expire'),
        ),
        migrations.AddConstraint(
            model_name='bonus',
            constraint=models.CheckConstraint(condition=models.Q(('expired_minor__gte', 0), ('granted_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('left_minor'), '+', models.F('used_minor')), '+', models.F('expired_minor')), '+', models.F('taken_minor')), '+', models.F('held_minor'))), ('granted_minor__gt', 0), ('held_minor__gte', 0), ('left_minor__gte', 0), ('paid_minor__gte', 0), ('paid_minor__lte', models.F('granted_minor')), ('taken_minor__gte', 0), ('used_minor__gte', 0)), name='bonus_adds_up'),
        ),
        migrations.AddConstraint(
            model_name='bonus',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('held_at__isnull', True), ('held_minor', 0)), models.Q(('left_minor', 0), models.Q(('held_at__isnull', False), ('held_minor', 0), _connector='OR')), _connector='OR'), name='bonus_held_or_ended_is_not_there'),
        ),
    ]
