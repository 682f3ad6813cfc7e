"""Quotes, orders, and the rates of tax."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('esims', '0001_initial'),
        ('promotions', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('place', models.CharField(max_length=6, primary_key=True, serialize=False)),
                ('rate_basis_points', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=16)),
                ('start_rule', models.CharField(choices=[('now', 'Now'), ('after_current', 'After Current')], max_length=15)),
                ('way', models.CharField(choices=[('at_once', 'at_once'), ('as_chosen', 'as_chosen'), ('after_current', 'after_current'), ('added', 'added'), ('replaces', 'replaces'), ('not_said', 'not_said'), ('new_esim', 'new_esim')], default='new_esim', max_length=15)),
                ('list_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('value_minor', models.BigIntegerField(default=0)),
                ('total_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('exchange', models.JSONField(default=dict)),
                ('volume_bytes', models.BigIntegerField(null=True)),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('time_zone', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('esim', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='esims.esim')),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='catalog.plan')),
                ('promotion', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='promotions.promotion')),
                ('promotion_code', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='promotions.promotioncode')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('placed', 'Placed'), ('paid', 'Paid'), ('fulfilled', 'Fulfilled'), ('refunded', 'Refunded'), ('cancelled', 'Cancelled')], default='placed', max_length=10)),
                ('consented_at', models.DateTimeField()),
                ('placed_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('fulfilled_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('recognized_minor', models.BigIntegerField(default=0)),
                ('reversed_minor', models.BigIntegerField(default=0)),
                ('reversed_tax_minor', models.BigIntegerField(default=0)),
                ('next_recognition_at', models.DateTimeField(blank=True, null=True)),
                ('link', models.CharField(blank=True, max_length=64)),
                ('agreed_at', models.DateTimeField(blank=True, null=True)),
                ('esim', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='esims.esim')),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL)),
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='order', to='ordering.quote')),
            ],
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['expires_at'], name='quote_by_expiry'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['plan'], name='quote_of_plan'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['promotion'], name='quote_of_promotion'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(condition=models.Q(('promotion_code__isnull', False)), fields=['promotion_code'], name='quote_of_promotion_code'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('promotion_code__isnull', True), ('promotion__isnull', False), _connector='OR'), name='quote_code_has_its_promotion'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('public_id',), name='quote_public_id_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('total_minor', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('list_minor'), '-', models.F('discount_minor')), '-', models.F('value_minor'))), ('discount_minor__gte', 0), ('tax_minor__gte', 0), ('total_minor__gte', 0), ('value_minor__gte', 0), models.Q(('total_minor__gt', 0), ('value_minor__gt', 0), _connector='OR'), ('tax_minor__lte', models.F('total_minor'))), name='quote_adds_up'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['subscriber', '-id'], name='order_newest_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state', 'paid')), fields=['paid_at'], name='order_waiting_for_supply'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state', 'placed')), fields=['placed_at'], name='order_unpaid'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['placed_at'], name='order_by_day'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('next_recognition_at__isnull', False)), fields=['next_recognition_at'], name='order_to_earn'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('number',), name='order_number_once'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('agreed_at__isnull', True), models.Q(('agreed_at__lte', models.F('placed_at')), ('link', '')), _connector='OR'), name='order_automatic_was_agreed_to'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('fulfilled_at__isnull', True), ('paid_at__isnull', False), _connector='OR'), name='order_not_fulfilled_unpaid'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('paid_at__isnull', True), ('state', 'placed')), models.Q(('closed_at__isnull', True), ('fulfilled_at__isnull', True), ('paid_at__isnull', False), ('state', 'paid')), models.Q(('closed_at__isnull', True), ('esim__isnull', False), ('fulfilled_at__isnull', False), ('state', 'fulfilled')), models.Q(('closed_at__isnull', False), ('paid_at__isnull', False), ('state', 'refunded')), models.Q(('closed_at__isnull', False), ('paid_at__isnull', True), ('state', 'cancelled')), _connector='OR'), name='order_state_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('start_rule__in', ['now', 'after_current'])), name='quote_start_rule_known'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['at_once', 'as_chosen', 'after_current', 'added', 'replaces', 'not_said', 'new_esim'])), name='quote_way_known'),
        ),
        migrations.CreateModel(
            name='PlanChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('held', 'held'), ('counted', 'counted'), ('released', 'released'), ('restored', 'restored')], max_length=10)),
                ('value_minor', models.BigIntegerField()),
                ('value_tax_minor', models.BigIntegerField()),
                ('volume_bytes', models.BigIntegerField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('counted_at', models.DateTimeField(null=True)),
                ('bridged_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='plan_change', to='ordering.order')),
                ('replaced', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plan_changes', to='ordering.order')),
            ],
        ),
        migrations.AddIndex(
            model_name='planchange',
            index=models.Index(condition=models.Q(('ended_at__isnull', True), ('state', 'counted')), fields=['counted_at'], name='plan_change_to_end'),
        ),
        migrations.AddConstraint(
            model_name='planchange',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['held', 'counted'])), fields=('replaced',), name='plan_change_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='planchange',
            constraint=models.CheckConstraint(condition=models.Q(('order', models.F('replaced')), _negated=True), name='plan_change_of_two_orders'),
        ),
        migrations.AddConstraint(
            model_name='planchange',
            constraint=models.CheckConstraint(condition=models.Q(('value_minor__gt', 0), ('value_tax_minor__gte', 0), ('value_tax_minor__lte', models.F('value_minor'))), name='plan_change_has_value'),
        ),
        migrations.AddConstraint(
            model_name='planchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('counted_at__isnull', True), ('state', 'held')), models.Q(('closed_at__isnull', True), ('counted_at__isnull', False), ('state', 'counted')), models.Q(('closed_at__isnull', False), ('counted_at__isnull', True), ('state', 'released')), models.Q(('closed_at__isnull', False), ('counted_at__isnull', False), ('state', 'restored')), _connector='OR'), name='plan_change_state_has_its_times'),
        ),
        migrations.AddConstraint(
            model_name='planchange',
            constraint=models.CheckConstraint(condition=models.Q(('counted_at__isnull', False), models.Q(('bridged_at__isnull', True), ('ended_at__isnull', True)), _connector='OR'), name='plan_change_ends_once_counted'),
        ),
    ]
