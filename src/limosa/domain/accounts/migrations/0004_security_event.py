"""The record of what happened to accounts; the database lets nobody change it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION accounts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of security events is append-only'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'security_event_append_only';
END $$;

CREATE TRIGGER security_event_append_only BEFORE UPDATE OR DELETE ON accounts_securityevent
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_change();
"""

REVERSE = """
DROP TRIGGER security_event_append_only ON accounts_securityevent;
DROP FUNCTION accounts_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_payment_pin'),
    ]

    operations = [
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed_in', 'Signed In'), ('sign_in_failed', 'Sign In Failed'), ('password_reset_asked', 'Password Reset Asked'), ('password_changed', 'Password Changed'), ('address_added', 'Address Added'), ('address_confirmed', 'Address Confirmed'), ('address_made_primary', 'Address Made Primary'), ('address_removed', 'Address Removed'), ('pin_set', 'Pin Set'), ('pin_changed', 'Pin Changed'), ('pin_reset', 'Pin Reset'), ('sessions_ended', 'Sessions Ended'), ('second_factor_added', 'Second Factor Added'), ('second_factor_removed', 'Second Factor Removed'), ('locked', 'Locked'), ('restored', 'Restored'), ('staff_added', 'Staff Added'), ('staff_changed', 'Staff Changed'), ('staff_removed', 'Staff Removed')], max_length=30)),
                ('at', models.DateTimeField()),
                ('address', models.GenericIPAddressField(null=True)),
                ('device', models.CharField(blank=True, max_length=300)),
                ('details', models.CharField(blank=True, max_length=300)),
                ('subscriber', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='security_events', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subscriber', '-id'], name='security_event_of_person')],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
