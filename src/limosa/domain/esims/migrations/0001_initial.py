"""eSIMs and their bundles."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import limosa.domain.encryption.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Esim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=16, unique=True)),
                ('iccid', models.CharField(max_length=20)),
                ('activation_code', limosa.domain.encryption.fields.EncryptedTextField()),
                ('supplier_reference', models.CharField(blank=True, max_length=80)),
                ('supplier_order_reference', models.CharField(blank=True, max_length=80)),
                ('label', models.CharField(blank=True, max_length=40)),
                ('time_zone', models.CharField(default='America/Los_Angeles', max_length=64)),
                ('state', models.CharField(choices=[('ready', 'Ready'), ('installed', 'Installed'), ('deleted', 'Deleted')], default='ready', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('installed_at', models.DateTimeField(blank=True, null=True)),
                ('usage_seen_at', models.DateTimeField(blank=True, null=True)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='esims', to='catalog.carrier')),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='esims', to=settings.AUTH_USER_MODEL)),
                ('supplier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='esims', to='catalog.supplier')),
            ],
        ),
        migrations.CreateModel(
            name='Bundle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('active', 'Active'), ('exhausted', 'Exhausted'), ('expired', 'Expired'), ('refunded', 'Refunded')], max_length=10)),
                ('volume_bytes', models.BigIntegerField(blank=True, null=True)),
                ('fair_use_bytes', models.BigIntegerField(blank=True, null=True)),
                ('used_bytes', models.BigIntegerField(default=0)),
                ('validity_count', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('validity_unit', models.CharField(blank=True, max_length=5)),
                ('valid_from', models.CharField(choices=[('purchase', 'Purchase'), ('first_use', 'First Use')], default='purchase', max_length=10)),
                ('first_use_before', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('suspended_at', models.DateTimeField(blank=True, null=True)),
                ('call_at_bytes', models.BigIntegerField(blank=True, null=True)),
                ('called_at', models.DateTimeField(blank=True, null=True)),
                ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='catalog.plan')),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to=settings.AUTH_USER_MODEL)),
                ('esim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='esims.esim')),
            ],
        ),
        migrations.AddIndex(
            model_name='esim',
            index=models.Index(fields=['subscriber', 'id'], name='esim_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='esim',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('iccid'), name='text_pattern_ops'), name='esim_by_iccid_tail'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'active'])), fields=['esim', 'id'], name='bundle_open_of_esim'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(fields=['esim', '-id'], name='bundle_newest_of_esim'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(fields=['plan'], name='bundle_of_plan'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(fields=['subscriber', '-id'], name='bundle_newest_of_subscriber'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['ends_at'], name='bundle_active_by_end'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(condition=models.Q(('ended_at__isnull', False)), fields=['ended_at'], name='bundle_by_its_end'),
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['starts_at'], name='bundle_queued_by_start'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.UniqueConstraint(fields=('order_number',), name='bundle_once_per_order'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(('used_bytes__gte', 0), models.Q(('volume_bytes__isnull', True), ('used_bytes__lte', models.F('volume_bytes')), _connector='OR')), name='bundle_used_within_volume'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), models.Q(('ends_at__gt', models.F('starts_at')), ('starts_at__isnull', False)), _connector='OR'), name='bundle_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['queued', 'active'])), models.Q(('ended_at__isnull', False), ('state__in', ['exhausted', 'expired', 'refunded'])), _connector='OR'), name='bundle_final_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('ends_at__isnull', False), ('starts_at__isnull', False)), _connector='OR'), name='bundle_active_has_its_period'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__in', ['purchase', 'first_use']), models.Q(models.Q(('validity_count__isnull', True), ('validity_unit', '')), models.Q(('validity_count__gt', 0), ('validity_count__isnull', False), ('validity_unit__in', ['day', 'month'])), _connector='OR')), name='bundle_has_its_validity'),
        ),
        migrations.AddConstraint(
            model_name='esim',
            constraint=models.UniqueConstraint(fields=('iccid', 'supplier_reference'), name='esim_once_per_iccid'),
        ),
        migrations.AddConstraint(
            model_name='esim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('installed_at__isnull', True), ('state', 'ready')), models.Q(('installed_at__isnull', False), ('state', 'installed')), ('state', 'deleted'), _connector='OR'), name='esim_state_has_its_time'),
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=16, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(choices=[('phone', 'Phone'), ('tablet', 'Tablet'), ('watch', 'Watch')], default='phone', max_length=6)),
                ('eid', limosa.domain.encryption.fields.EncryptedTextField(blank=True, index_field='eid_index', null=True)),
                ('eid_index', limosa.domain.encryption.fields.BlindIndexField(editable=False, max_length=64, null=True, of='eid')),
                ('created_at', models.DateTimeField()),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='devices', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iccid', models.CharField(max_length=20)),
                ('download', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('downloaded', 'downloaded'), ('failed', 'failed'), ('installed', 'installed'), ('enabled', 'enabled'), ('disabled', 'disabled'), ('deleted', 'deleted')], max_length=10)),
                ('sequence', models.BigIntegerField(default=0)),
                ('reported_at', models.DateTimeField()),
                ('failure', models.CharField(blank=True, max_length=40)),
                ('downloaded_at', models.DateTimeField(blank=True, null=True)),
                ('installed_at', models.DateTimeField(blank=True, null=True)),
                ('enabled_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('failed_at', models.DateTimeField(blank=True, null=True)),
                ('device', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='installations', to='esims.device')),
                ('esim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='installations', to='esims.esim')),
            ],
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(fields=('subscriber', 'eid_index'), name='device_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['phone', 'tablet', 'watch'])), name='device_kind_known'),
        ),
        migrations.AddIndex(
            model_name='installation',
            index=models.Index(fields=['iccid'], name='installation_by_iccid'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.UniqueConstraint(fields=('esim', 'iccid', 'download'), name='installation_once_per_download'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(('download__gte', 1)), name='installation_counted'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('downloaded_at__isnull', False), ('state', 'downloaded')), models.Q(('installed_at__isnull', False), ('state', 'installed')), models.Q(('enabled_at__isnull', False), ('state', 'enabled')), models.Q(('disabled_at__isnull', False), ('state', 'disabled')), models.Q(('deleted_at__isnull', False), ('state', 'deleted')), models.Q(('failed_at__isnull', False), ('state', 'failed')), _connector='OR'), name='installation_state_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='installation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('failure', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('failure', '')), _connector='OR'), name='installation_failed_for_a_reason'),
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('reason', models.CharField(choices=[('new_device', 'New Device'), ('deleted', 'Deleted')], max_length=10)),
                ('kind', models.CharField(choices=[('phone', 'Phone'), ('tablet', 'Tablet'), ('watch', 'Watch')], max_length=6)),
                ('name', models.CharField(blank=True, max_length=40)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('given_up', 'given_up')], default='waiting', max_length=8)),
                ('old_iccid', models.CharField(max_length=20)),
                ('iccid', models.CharField(blank=True, max_length=20)),
                ('activation_code', limosa.domain.encryption.fields.EncryptedTextField(blank=True, null=True)),
                ('supplier_reference', models.CharField(blank=True, max_length=80)),
                ('begun_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('problem', models.CharField(blank=True, max_length=40)),
                ('esim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='esims.esim')),
            ],
            options={
                'indexes': [models.Index(fields=['esim', '-id'], name='move_newest_of_esim'), models.Index(fields=['old_iccid'], name='move_by_old_iccid'), models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('old_iccid'), name='text_pattern_ops'), name='move_by_old_iccid_tail'), models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('iccid'), name='text_pattern_ops'), name='move_by_iccid_tail'), models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='move_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('esim',), name='move_waiting_once'), models.UniqueConstraint(condition=models.Q(('iccid', ''), _negated=True), fields=('iccid',), name='move_iccid_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'waiting')), models.Q(('ended_at__isnull', False), ('state', 'given_up')), models.Q(('ended_at__isnull', False), ('state', 'done'), models.Q(('iccid', ''), _negated=True)), _connector='OR'), name='move_state_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('activation_code__isnull', True), ('iccid', '')), models.Q(models.Q(('iccid', ''), _negated=True), ('activation_code__isnull', False)), _connector='OR'), name='move_profile_is_whole'), models.CheckConstraint(condition=models.Q(('iccid', models.F('old_iccid')), _negated=True), name='move_is_to_another_profile'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('begun_at'))), name='move_expires_after_its_beginning'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('next_at__isnull', False), _connector='OR'), name='move_waiting_ends_some_day'), models.CheckConstraint(condition=models.Q(('kind__in', ['phone', 'tablet', 'watch']), ('reason__in', ['new_device', 'deleted'])), name='move_kinds_known')],
            },
        ),
        migrations.AddIndex(
            model_name='bundle',
            index=models.Index(condition=models.Q(('called_at__isnull', False)), fields=['called_at'], name='bundle_called'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.CheckConstraint(condition=models.Q(('called_at__isnull', True), models.Q(('call_at_bytes__isnull', False), ('used_bytes__gte', models.F('call_at_bytes'))), _connector='OR'), name='bundle_called_as_asked'),
        ),
    ]
