"""Roles of the staff. Whoever was of the staff before could do everything, and still can: admin."""

from django.db import migrations, models

FORWARD = "UPDATE accounts_subscriber SET staff_role = 'admin' WHERE is_staff OR is_superuser"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_security_event'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscriber',
            name='staff_role',
            field=models.CharField(blank=True, choices=[('viewer', 'Viewer'), ('support', 'Support'), ('finance', 'Finance'), ('admin', 'Admin')], db_default='', default='', max_length=10),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(condition=models.Q(('staff_role', ''), _negated=True), fields=['id'], name='subscriber_staff'),
        ),
    ]
