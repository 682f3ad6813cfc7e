"""Orders at suppliers."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import limosa.domain.encryption.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SupplierBreaker',
            fields=[
                ('supplier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='breaker', serialize=False, to='catalog.supplier')),
                ('state', models.CharField(choices=[('closed', 'closed'), ('open', 'open'), ('half_open', 'half_open')], default='closed', max_length=10)),
                ('in_a_row', models.PositiveIntegerField(default=0)),
                ('lately', models.CharField(blank=True, max_length=20)),
                ('pause_seconds', models.PositiveIntegerField(default=0)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('query_at', models.DateTimeField(blank=True, null=True)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('pause_seconds', 0), ('query_at__isnull', True), ('retry_at__isnull', True), ('state', 'closed')), models.Q(('pause_seconds__gt', 0), ('query_at__isnull', False), ('retry_at__isnull', False), ('state__in', ['open', 'half_open'])), _connector='OR'), name='supplier_breaker_state_has_its_times')],
            },
        ),
        migrations.CreateModel(
            name='KeptCallback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier_code', models.CharField(max_length=50)),
                ('message_id', models.CharField(max_length=80)),
                ('order_numbers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('received_at', models.DateTimeField()),
                ('standing', models.CharField(choices=[('verified', 'Verified'), ('unsigned', 'Unsigned'), ('refused', 'Refused')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('content', limosa.domain.encryption.fields.EncryptedBytesField(null=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['order_numbers'], name='kept_callback_of_order'), models.Index(fields=['received_at'], name='kept_callback_by_age')],
                'constraints': [models.UniqueConstraint(fields=('supplier_code', 'message_id'), name='kept_callback_once'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('standing__in', ['verified', 'unsigned'])), models.Q(('standing', 'refused'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='kept_callback_standing_has_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='SupplierMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('supplier_code', models.CharField(max_length=50)),
                ('message_id', models.CharField(max_length=80)),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('received_at', models.DateTimeField()),
                ('result', models.CharField(max_length=30)),
            ],
            options={
                'indexes': [models.Index(fields=['order_number'], name='supplier_message_of_order'), models.Index(fields=['supplier_code', '-received_at'], name='supplier_message_newest')],
                'constraints': [models.UniqueConstraint(fields=('supplier_code', 'message_id', 'order_number'), name='supplier_message_once')],
            },
        ),
        migrations.CreateModel(
            name='Supply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20)),
                ('plan_code', models.CharField(max_length=100)),
                ('cost_minor', models.BigIntegerField(blank=True, null=True)),
                ('cost_currency', models.CharField(blank=True, max_length=3)),
                ('renewed_iccid', models.CharField(blank=True, max_length=20)),
                ('renewed_reference', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(choices=[('due', 'due'), ('asked', 'asked'), ('pending', 'pending'), ('unclear', 'unclear'), ('delivered', 'delivered'), ('returning', 'returning'), ('refused', 'refused'), ('cancelling', 'cancelling'), ('ending', 'ending'), ('cancelled', 'cancelled'), ('kept', 'kept')], default='due', max_length=10)),
                ('problem', models.CharField(blank=True, max_length=60)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('iccid', models.CharField(blank=True, max_length=20)),
                ('activation_code', limosa.domain.encryption.fields.EncryptedTextField(blank=True, null=True)),
                ('esim_reference', models.CharField(blank=True, max_length=80)),
                ('application', models.CharField(blank=True, max_length=80)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('lost_at', models.DateTimeField(blank=True, null=True)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('return_asked_at', models.DateTimeField(blank=True, null=True)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplies', to='catalog.supplier')),
            ],
            options={
                'verbose_name_plural': 'supplies',
            },
        ),
        migrations.CreateModel(
            name='SupplierCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.CharField(max_length=10)),
                ('outcome', models.CharField(max_length=120)),
                ('called_at', models.DateTimeField()),
                ('duration_ms', models.PositiveIntegerField()),
                ('supply', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='connectivity.supply')),
            ],
        ),
        migrations.AddIndex(
            model_name='supply',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='supply_to_ask_for'),
        ),
        migrations.AddIndex(
            model_name='supply',
            index=models.Index(fields=['created_at'], name='supply_lately'),
        ),
        migrations.AddIndex(
            model_name='supply',
            index=models.Index(condition=models.Q(('state', 'cancelled'), models.Q(('iccid', ''), _negated=True)), fields=['iccid'], name='supply_cancelled_esim'),
        ),
        migrations.AddIndex(
            model_name='supply',
            index=models.Index(condition=models.Q(('state__in', ['due', 'asked', 'pending', 'unclear', 'returning', 'cancelling', 'ending'])), fields=['id'], name='supply_open'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.UniqueConstraint(fields=('order_number', 'supplier'), name='supply_once_per_supplier'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['due', 'asked', 'pending', 'unclear', 'delivered', 'returning'])), fields=('order_number',), name='supply_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost_currency', ''), ('cost_minor__isnull', True)), models.Q(('cost_minor__gte', 0), ('cost_minor__isnull', False), models.Q(('cost_currency', ''), _negated=True)), _connector='OR'), name='supply_cost_has_its_currency'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('supplier', 'reference'), name='supply_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('next_at__isnull', False), ('state', 'due')), models.Q(('asked_at__isnull', False), ('next_at__isnull', False), ('state', 'asked')), models.Q(('asked_at__isnull', False), ('state', 'pending')), models.Q(('next_at__isnull', False), ('state__in', ['cancelling', 'ending'])), models.Q(('ended_at__isnull', False), ('next_at__isnull', False), ('return_asked_at__isnull', False), ('state', 'returning')), models.Q(('next_at__isnull', True), ('state', 'unclear')), models.Q(('ended_at__isnull', False), ('next_at__isnull', True), ('state__in', ['delivered', 'refused', 'cancelled', 'kept'])), _connector='OR'), name='supply_state_has_its_times'),
        ),
        migrations.AddConstraint(
            model_name='supply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('activation_code__isnull', True), ('iccid', '')), models.Q(models.Q(('iccid', ''), _negated=True), ('activation_code__isnull', False)), _connector='OR'), name='supply_profile_is_whole'),
        ),
    ]
