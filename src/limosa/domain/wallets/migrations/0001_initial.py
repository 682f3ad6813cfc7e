"""Wallet top-ups."""

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
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='wallet_top_ups', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subscriber', '-id'], name='top_up_newest_of_subscriber'), models.Index(condition=models.Q(('state', 'placed')), fields=['expires_at'], name='top_up_unpaid'), models.Index(fields=['placed_at'], name='top_up_by_day')],
                'constraints': [models.UniqueConstraint(fields=('number',), name='wallet_top_up_number_once'), models.UniqueConstraint(fields=('subscriber', 'key'), name='wallet_top_up_key_once'), models.CheckConstraint(condition=models.Q(('number__startswith', 'T-')), name='wallet_top_up_number_told_apart'), models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='wallet_top_up_positive'), models.CheckConstraint(condition=models.Q(('frozen_minor__gte', 0), ('reversed_minor__gte', 0), ('amount_minor__gte', django.db.models.expressions.CombinedExpression(models.F('reversed_minor'), '+', models.F('frozen_minor')))), name='wallet_top_up_gone_within'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('frozen_minor', 0), ('paid_at__isnull', True), ('reversed_minor', 0), ('state', 'placed')), models.Q(('closed_at__isnull', True), ('paid_at__isnull', False), ('reversed_minor__lt', models.F('amount_minor')), ('state', 'paid')), models.Q(('closed_at__isnull', False), ('paid_at__isnull', False), ('reversed_minor', models.F('amount_minor')), ('state', 'refunded')), models.Q(('closed_at__isnull', False), ('frozen_minor', 0), ('paid_at__isnull', True), ('reversed_minor', 0), ('state', 'cancelled')), _connector='OR'), name='wallet_top_up_state_has_its_time')],
            },
        ),
    ]

