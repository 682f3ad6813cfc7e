"""What people are told, and account mail."""

import django.db.models.deletion
import limosa.domain.encryption.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('once_key', models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ('recipient', limosa.domain.encryption.fields.EncryptedTextField()),
                ('content', limosa.domain.encryption.fields.EncryptedTextField()),
                ('created_at', models.DateTimeField()),
                ('useful_until', models.DateTimeField()),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('next_mail_at', models.DateTimeField(blank=True, null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_mail_at__isnull', False)), fields=['next_mail_at'], name='account_mail_to_send'), models.Index(fields=['created_at'], name='account_mail_oldest')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=40)),
                ('parameters', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('next_mail_at', models.DateTimeField(blank=True, null=True)),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('subscriber', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subscriber', '-created_at'], name='notification_newest'), models.Index(condition=models.Q(('next_mail_at__isnull', False)), fields=['next_mail_at'], name='notification_to_mail')],
                'constraints': [models.UniqueConstraint(fields=('key',), name='notification_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='accountmail',
            constraint=models.CheckConstraint(condition=models.Q(('mailed_at__isnull', True), ('next_mail_at__isnull', True), _connector='OR'), name='account_mail_mailed_is_not_due'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('mailed_at__isnull', True), ('next_mail_at__isnull', True), _connector='OR'), name='notification_mailed_is_not_due'),
        ),
    ]
