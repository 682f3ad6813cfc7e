"""Profiles to download, their orders, and what devices do with them."""

import django.db.models.deletion
import limosa.domain.encryption.fields
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('iccid', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('available', 'Available'), ('ordered', 'Ordered'), ('unavailable', 'Unavailable')], default='available', max_length=11)),
                ('package', limosa.domain.encryption.fields.EncryptedBytesField()),
                ('package_bytes', models.PositiveIntegerField()),
                ('imported_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DownloadOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('allocated', 'allocated'), ('linked', 'linked'), ('confirmed', 'confirmed'), ('released', 'released'), ('downloaded', 'downloaded'), ('installed', 'installed'), ('error', 'error'), ('cancelled', 'cancelled')], max_length=10)),
                ('eid', models.CharField(blank=True, max_length=32)),
                ('bound_eid', models.CharField(blank=True, max_length=32)),
                ('bound_at', models.DateTimeField(blank=True, null=True)),
                ('binding', limosa.domain.encryption.fields.EncryptedBytesField(blank=True, null=True)),
                ('matching_id', limosa.domain.encryption.fields.EncryptedTextField(blank=True, index_field='matching_id_index', null=True)),
                ('matching_id_index', limosa.domain.encryption.fields.BlindIndexField(editable=False, max_length=64, null=True, of='matching_id')),
                ('code_digest', limosa.domain.encryption.fields.EncryptedBytesField(blank=True, null=True)),
                ('wrong_codes', models.PositiveSmallIntegerField(default=0)),
                ('redownload', models.CharField(choices=[('never', 'never'), ('same_euicc', 'same_euicc'), ('any_euicc', 'any_euicc')], default='never', max_length=10)),
                ('needs_delete', models.BooleanField(default=True)),
                ('downloads_max', models.PositiveIntegerField(blank=True, null=True)),
                ('downloads', models.PositiveIntegerField(default=0)),
                ('requester', models.CharField(blank=True, max_length=128)),
                ('order_call', models.CharField(blank=True, max_length=256)),
                ('reference', models.CharField(blank=True, max_length=40)),
                ('calls', models.CharField(blank=True, max_length=300)),
                ('ordered_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('installed_at', models.DateTimeField(blank=True, null=True)),
                ('enabled_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('last_sequence', models.BigIntegerField(default=0)),
                ('profile', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='rsp.profile')),
            ],
        ),
        migrations.CreateModel(
            name='ProfileType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=64)),
                ('service_provider', models.CharField(max_length=32)),
                ('profile_class', models.CharField(choices=[('test', 'Test'), ('provisioning', 'Provisioning'), ('operational', 'Operational')], default='operational', max_length=12)),
                ('owner_plmn', models.CharField(blank=True, max_length=6)),
                ('icon', models.TextField(blank=True)),
                ('tells_enabling', models.BooleanField(default=False)),
                ('tells_disabling', models.BooleanField(default=False)),
                ('tells_deletion', models.BooleanField(default=True)),
                ('is_kept_enabled', models.BooleanField(default=False)),
                ('is_kept', models.BooleanField(default=False)),
                ('redownload', models.CharField(choices=[('never', 'never'), ('same_euicc', 'same_euicc'), ('any_euicc', 'any_euicc')], default='same_euicc', max_length=10)),
                ('needs_delete', models.BooleanField(default=True)),
                ('downloads_max', models.PositiveIntegerField(blank=True, default=3, null=True)),
                ('low_below', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('downloads_max', None), models.Q(('downloads_max', 0), _negated=True), _connector='OR'), name='profile_type_downloads'), models.CheckConstraint(condition=models.Q(('redownload__in', ['never', 'same_euicc', 'any_euicc'])), name='profile_type_redownload_known'), models.CheckConstraint(condition=models.Q(('profile_class__in', ['test', 'provisioning', 'operational'])), name='profile_type_class_known')],
            },
        ),
        migrations.AddField(
            model_name='profile',
            name='profile_type',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='rsp.profiletype'),
        ),
        migrations.CreateModel(
            name='ProgressReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requester', models.CharField(blank=True, max_length=128)),
                ('point', models.PositiveSmallIntegerField(choices=[(1, 'Eligibility'), (2, 'Confirmation'), (3, 'Downloaded'), (4, 'Installed'), (101, 'Enabled'), (102, 'Disabled'), (103, 'Deleted')])),
                ('download', models.PositiveIntegerField()),
                ('eid', models.CharField(max_length=32)),
                ('sequence', models.BigIntegerField(default=0)),
                ('failure', models.CharField(blank=True, max_length=40)),
                ('happened_at', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='progress', to='rsp.downloadorder')),
            ],
        ),
        migrations.CreateModel(
            name='ReceivedNotification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('content', limosa.domain.encryption.fields.EncryptedBytesField(blank=True, null=True)),
                ('result', models.CharField(choices=[('waiting', 'Waiting'), ('applied', 'Applied'), ('nothing', 'Nothing'), ('repeated', 'Repeated'), ('unknown', 'Unknown'), ('refused', 'Refused'), ('fault', 'Fault')], default='waiting', max_length=8)),
                ('eid', models.CharField(blank=True, max_length=32)),
                ('transaction_id', models.CharField(blank=True, max_length=32)),
                ('received_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('result', 'waiting')), fields=['id'], name='notification_to_verify'), models.Index(condition=models.Q(('result', 'fault')), fields=['id'], name='notification_set_aside'), models.Index(fields=['received_at'], name='notification_by_time')],
                'constraints': [models.UniqueConstraint(fields=('digest',), name='received_notification_once'), models.UniqueConstraint(condition=models.Q(('result', 'applied'), models.Q(('transaction_id', ''), _negated=True)), fields=('transaction_id',), name='received_notification_once_per_transaction'), models.CheckConstraint(condition=models.Q(('result__in', ['waiting', 'applied', 'nothing', 'repeated', 'unknown', 'refused', 'fault'])), name='received_notification_result_known'), models.CheckConstraint(condition=models.Q(models.Q(('content__isnull', False), ('result__in', ['waiting', 'fault'])), models.Q(models.Q(('result__in', ['waiting', 'fault']), _negated=True), ('content__isnull', True)), _connector='OR'), name='received_notification_emptied')],
            },
        ),
        migrations.CreateModel(
            name='DownloadSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction_id', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('opened', 'opened'), ('offered', 'offered'), ('bound', 'bound'), ('cancelled', 'cancelled')], default='opened', max_length=9)),
                ('eid', models.CharField(blank=True, max_length=32)),
                ('opened', limosa.domain.encryption.fields.EncryptedBytesField()),
                ('offered', limosa.domain.encryption.fields.EncryptedBytesField(blank=True, null=True)),
                ('ends_at', models.DateTimeField()),
                ('order', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='rsp.downloadorder')),
            ],
            options={
                'indexes': [models.Index(fields=['ends_at'], name='download_session_by_end'), models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='download_session_of_order')],
                'constraints': [models.UniqueConstraint(fields=('transaction_id',), name='download_session_once'), models.CheckConstraint(condition=models.Q(models.Q(('offered__isnull', True), ('order__isnull', True), ('state', 'opened')), models.Q(('state__in', ['offered', 'bound', 'cancelled']), ('offered__isnull', False), ('order__isnull', False), models.Q(('eid', ''), _negated=True)), _connector='OR'), name='download_session_has_what_its_state_says')],
            },
        ),
        migrations.AddIndex(
            model_name='downloadorder',
            index=models.Index(fields=['profile', 'id'], name='download_order_of_profile'),
        ),
        migrations.AddIndex(
            model_name='downloadorder',
            index=models.Index(condition=models.Q(models.Q(('eid', ''), _negated=True), ('state__in', ['released', 'downloaded', 'installed'])), fields=['eid'], name='download_order_by_eid'),
        ),
        migrations.AddIndex(
            model_name='downloadorder',
            index=models.Index(condition=models.Q(('state__in', ['allocated', 'linked', 'confirmed', 'released']), ('expires_at__isnull', False)), fields=['expires_at'], name='download_order_to_expire'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('profile',), name='download_order_open_once'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.UniqueConstraint(fields=('matching_id_index',), name='download_order_matching_id_once'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('order_call', ''), _negated=True)), fields=('requester', 'order_call'), name='download_order_call_once'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['allocated', 'linked', 'confirmed', 'released', 'downloaded', 'installed', 'error', 'cancelled'])), name='download_order_state_known'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('redownload__in', ['never', 'same_euicc', 'any_euicc'])), name='download_order_redownload_known'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('eid', ''), ('state', 'allocated')), models.Q(('state', 'linked'), models.Q(('eid', ''), _negated=True)), models.Q(('state__in', ['allocated', 'linked']), _negated=True), _connector='OR'), name='download_order_state_has_its_eid'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['allocated', 'linked', 'cancelled']), ('matching_id__isnull', False), models.Q(('eid', ''), _negated=True), _connector='OR'), name='download_order_can_be_found'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('eid', ''), ('bound_eid', ''), ('bound_eid', models.F('eid')), _connector='OR'), name='download_order_one_eid'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['downloaded', 'installed']), _negated=True), models.Q(models.Q(('bound_eid', ''), _negated=True), ('downloads__gte', 1)), _connector='OR'), name='download_order_download_has_its_eid'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('downloads_max', None), ('downloads__lte', models.F('downloads_max')), _connector='OR'), name='download_order_downloads_within_most'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.CheckConstraint(condition=models.Q(('wrong_codes__gte', 0), ('wrong_codes__lte', 11)), name='download_order_wrong_codes_counted'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('state', 'available')), fields=['profile_type', 'imported_at', 'id'], name='profile_available'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.UniqueConstraint(fields=('iccid',), name='profile_once'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['available', 'ordered', 'unavailable'])), name='profile_state_known'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['next_at'], name='progress_to_tell'),
        ),
        migrations.AddIndex(
            model_name='progressreport',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['requester', 'id'], name='progress_to_tell_somebody'),
        ),
        migrations.AddConstraint(
            model_name='downloadorder',
            constraint=models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('requester', 'reference'), name='download_order_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.UniqueConstraint(condition=models.Q(('point__in', [3, 4])), fields=('order', 'download', 'point'), name='progress_report_once'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.UniqueConstraint(fields=('order', 'download', 'point', 'sequence'), name='progress_report_once_per_number'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('point__in', [1, 2, 3, 4, 101, 102, 103])), name='progress_point_known'),
        ),
        run_sql_file(__file__, "accounts"),
        run_sql_file(__file__, "bound_eid"),
    ]
