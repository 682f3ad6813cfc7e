"""What was used, of which bundle, and how much of it each day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('esims', '0001_initial'),
    ]

    operations = [
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
                ('received_at', models.DateTimeField()),
                ('esim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='usage_records', to='esims.esim')),
            ],
        ),
        migrations.CreateModel(
            name='UsageDeduction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deducted_bytes', models.BigIntegerField()),
                ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='esims.bundle')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deductions', to='charging.usagerecord')),
            ],
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
        migrations.AddIndex(
            model_name='usagerecord',
            index=models.Index(fields=['esim', '-ended_at'], name='usage_newest_of_esim'),
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
            constraint=models.CheckConstraint(condition=models.Q(('deducted_bytes__gt', 0)), name='usage_deduction_positive'),
        ),
    ]
