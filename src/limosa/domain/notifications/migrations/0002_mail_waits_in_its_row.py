from django.db import migrations, models

# Messages of the last day that nobody has mailed are mailed now; older ones come too late.
_MAIL_THE_YOUNG = """
UPDATE notifications_notification SET next_mail_at = created_at
 WHERE mailed_at IS NULL AND created_at > now() - interval '1 day'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='notification',
            name='next_mail_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='mail_tries',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('next_mail_at__isnull', False)), fields=['next_mail_at'], name='notification_to_mail'),
        ),
        migrations.RunSQL(_MAIL_THE_YOUNG, migrations.RunSQL.noop, elidable=True),
    ]
