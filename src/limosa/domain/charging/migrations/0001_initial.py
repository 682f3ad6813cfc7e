"""What was used, of which bundle, and how much of it each day; what suppliers said of it, and when
they are asked next."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('esims', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallAllowance',
            fields=[
                ('supplier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='call_allowance', serialize=False, to='catalog.supplier')),
                ('free_at', models.DateTimeField()),
                ('failures', models.PositiveIntegerField(default=0)),
                ('rests_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='UsageReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateTimeField()),
                ('used_bytes', models.BigIntegerField()),
                ('total_bytes', models.BigIntegerField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField()),
                ('verdict', models.CharField(max_length=20)),
                ('overrun_bytes', models.BigIntegerField(default=0)),
                ('bundle', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='esims.bundle')),
                ('esim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='usage_readings', to='esims.esim')),
            ],
        ),
        migrations.CreateModel(
            name='Reserve',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'open'), ('used_up', 'used_up'), ('expired', 'expired'), ('renewed', 'renewed')], default='open', max_length=10)),
                ('volume_bytes', models.BigIntegerField()),
                ('used_bytes', models.BigIntegerField(default=0)),
                ('granted_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('bundle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reserve', to='esims.bundle')),
                ('esim', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reserves', to='esims.esim')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['ends_at'], name='reserve_open_by_end')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('esim',), name='reserve_open_once'), models.CheckConstraint(condition=models.Q(('used_bytes__gte', 0), ('used_bytes__lte', models.F('volume_bytes'))), name='reserve_used_within_volume'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('granted_at'))), name='reserve_ends_after_grant'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state', 'open')), models.Q(('ended_at__isnull', False), ('state__in', ['used_up', 'expired', 'renewed'])), _connector='OR'), name='reserve_state_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='UsageRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.SlugField()),
                ('record_id', models.CharField(max_length=64)),
                ('subscriber_id', models.BigIntegerField()),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('uplink_bytes', models.BigIntegerField()),
                ('downlink_bytes', models.BigIntegerField()),
                ('overrun_bytes', models.BigIntegerField(default=0)),
                ('reserve_bytes', models.BigIntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('esim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usage_records', to='esims.esim')),
                ('reserve', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='charging.reserve')),
            ],
        ),
        migrations.CreateModel(
            name='UsageDeduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deducted_bytes', models.BigIntegerField()),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='esims.bundle')),
                ('reading', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='charging.usagereading')),
                ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='charging.usagerecord')),
            ],
        ),
        migrations.CreateModel(
            name='UsageWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('next_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('asked_at', models.DateTimeField(null=True)),
                ('as_of', models.DateTimeField(null=True)),
                ('used_bytes', models.BigIntegerField(null=True)),
                ('total_bytes', models.BigIntegerField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('usual_per_hour', models.BigIntegerField(default=0)),
                ('most_per_hour', models.BigIntegerField(default=0)),
                ('warn_at', models.DateTimeField(null=True)),
                ('problem', models.CharField(blank=True, max_length=20)),
                ('problem_at', models.DateTimeField(null=True)),
                ('bundle', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='usage_watches', to='esims.bundle')),
                ('esim', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='usage_watch', to='esims.esim')),
                ('supplier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='usage_watches', to='catalog.supplier')),
            ],
            options={
                'verbose_name_plural': 'usage watches',
            },
        ),
        migrations.CreateModel(
            name='DailyUsage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('used_bytes', models.BigIntegerField()),
                ('esim', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='daily_usage', to='esims.esim')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('esim', 'day'), name='daily_usage_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='usagereading',
            constraint=models.UniqueConstraint(models.F('esim'), models.F('as_of'), models.F('used_bytes'), django.db.models.functions.comparison.Coalesce('total_bytes', -1), name='usage_reading_once'),
        ),
        migrations.AddIndex(
            model_name='usagerecord',
            index=models.Index(fields=['esim', '-ended_at'], name='usage_newest_of_esim'),
        ),
        migrations.AddIndex(
            model_name='usagerecord',
            index=models.Index(condition=models.Q(('reserve__isnull', False)), fields=['reserve'], name='usage_of_reserve'),
        ),
        migrations.AddConstraint(
            model_name='usagerecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reserve__isnull', True), ('reserve_bytes', 0)), models.Q(('reserve__isnull', False), ('reserve_bytes__gt', 0)), _connector='OR'), name='usage_record_names_its_reserve'),
        ),
        migrations.AddConstraint(
            model_name='usagerecord',
            constraint=models.UniqueConstraint(fields=('feed', 'record_id'), name='usage_record_once'),
        ),
        migrations.AddConstraint(
            model_name='usagerecord',
            constraint=models.CheckConstraint(condition=models.Q(('downlink_bytes__gte', 0), ('uplink_bytes__gte', 0)), name='usage_record_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='usagededuction',
            constraint=models.UniqueConstraint(fields=('record', 'bundle'), name='usage_deduction_once'),
        ),
        migrations.AddConstraint(
            model_name='usagededuction',
            constraint=models.UniqueConstraint(fields=('reading', 'bundle'), name='usage_deduction_once_by_reading'),
        ),
        migrations.AddConstraint(
            model_name='usagededuction',
            constraint=models.CheckConstraint(condition=models.Q(('deducted_bytes__gt', 0)), name='usage_deduction_positive'),
        ),
        migrations.AddConstraint(
            model_name='usagededuction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reading__isnull', True), ('record__isnull', False)), models.Q(('reading__isnull', False), ('record__isnull', True)), _connector='OR'), name='usage_deduction_has_its_cause'),
        ),
        migrations.AddIndex(
            model_name='usagewatch',
            index=models.Index(condition=models.Q(('next_at__isnull', False)), fields=['supplier', 'next_at'], name='usage_watch_to_ask_for'),
        ),
        migrations.AddIndex(
            model_name='usagewatch',
            index=models.Index(condition=models.Q(('warn_at__isnull', False)), fields=['warn_at'], name='usage_watch_to_warn'),
        ),
        migrations.AddIndex(
            model_name='usagewatch',
            index=models.Index(condition=models.Q(('problem', ''), _negated=True), fields=['-problem_at'], name='usage_watch_in_doubt'),
        ),
        migrations.AddConstraint(
            model_name='usagewatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('as_of__isnull', True), ('bundle__isnull', True), ('ends_at__isnull', True), ('received_at__isnull', True), ('total_bytes__isnull', True), ('used_bytes__isnull', True), ('warn_at__isnull', True)), models.Q(('as_of__isnull', False), ('bundle__isnull', False), ('received_at__isnull', False), ('used_bytes__gte', 0), ('used_bytes__isnull', False)), _connector='OR'), name='usage_watch_reading_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='usagewatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('problem', ''), ('problem_at__isnull', True)), models.Q(models.Q(('problem', ''), _negated=True), ('problem_at__isnull', False)), _connector='OR'), name='usage_watch_problem_has_its_time'),
        ),
        run_sql_file(__file__, 'readings_append_only'),
    ]
