"""Counts of tries, and devices that are known; the record of events can't be emptied."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NO_TRUNCATE = """
CREATE TRIGGER security_event_kept BEFORE TRUNCATE ON accounts_securityevent
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_shared_cache'),
    ]

    operations = [
        migrations.CreateModel(
            name='TryCount',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('tries', models.PositiveIntegerField()),
                ('over_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['over_at'], name='try_count_by_end')],
            },
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('device', models.CharField(blank=True, max_length=300)),
                ('seen_at', models.DateTimeField()),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='known_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['seen_at'], name='known_device_by_time')],
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'digest'), name='known_device_once')],
            },
        ),
        migrations.RunSQL(NO_TRUNCATE, "DROP TRIGGER security_event_kept ON accounts_securityevent"),
    ]
