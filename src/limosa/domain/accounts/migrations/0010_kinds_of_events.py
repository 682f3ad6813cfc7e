"""Which kinds of security events there are: three that nothing ever wrote go, three come."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_search'),
    ]

    operations = [
        migrations.AlterField(
            model_name='securityevent',
            name='kind',
            field=models.CharField(choices=[('signed_in', 'Signed In'), ('sign_in_failed', 'Sign In Failed'), ('password_reset_asked', 'Password Reset Asked'), ('password_changed', 'Password Changed'), ('address_confirmed', 'Address Confirmed'), ('address_made_primary', 'Address Made Primary'), ('pin_set', 'Pin Set'), ('pin_changed', 'Pin Changed'), ('pin_reset', 'Pin Reset'), ('pin_locked', 'Pin Locked'), ('second_factor_added', 'Second Factor Added'), ('second_factor_removed', 'Second Factor Removed'), ('second_factor_failed', 'Second Factor Failed'), ('recovery_codes_new', 'Recovery Codes New'), ('locked', 'Locked'), ('restored', 'Restored'), ('staff_added', 'Staff Added'), ('staff_changed', 'Staff Changed'), ('staff_removed', 'Staff Removed')], max_length=30),
        ),
    ]
