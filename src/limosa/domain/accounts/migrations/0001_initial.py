"""People, what keeps their accounts safe, and the cache that all processes share.

People are found by parts of an address or a name. pg_trgm comes with PostgreSQL (on Debian, with its
package postgresql-NN) and is trusted: whoever may create in the database may add it. See
docs/howto/deploy-on-one-machine.md.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import limosa.domain.accounts.models
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from limosa.domain.sql_files import run_sql_file


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Subscriber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('display_name', models.CharField(blank=True, max_length=60)),
                ('language', models.CharField(default='en', max_length=10)),
                ('time_zone', models.CharField(default='America/Los_Angeles', max_length=64)),
                ('currency', models.CharField(default='USD', max_length=3)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('unapplied_funds', models.CharField(choices=[('back', 'Back'), ('wallet', 'Wallet')], default='back', max_length=6)),
                ('sessions_epoch', models.PositiveIntegerField(default=0)),
                ('usage_thresholds', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=limosa.domain.accounts.models.default_usage_thresholds, size=None)),
                ('rating_mail', models.BooleanField(default=False)),
                ('days_before_end', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=limosa.domain.accounts.models.default_days_before_end, size=None)),
                ('staff_role', models.CharField(blank=True, choices=[('viewer', 'Viewer'), ('support', 'Support'), ('finance', 'Finance'), ('admin', 'Admin')], max_length=10)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            managers=[
                ('objects', limosa.domain.accounts.models.SubscriberManager()),
            ],
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField()),
                ('changed_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL)),
            ],
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
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('signed_in', 'Signed In'), ('sign_in_failed', 'Sign In Failed'), ('password_reset_asked', 'Password Reset Asked'), ('password_changed', 'Password Changed'), ('address_confirmed', 'Address Confirmed'), ('address_made_primary', 'Address Made Primary'), ('pin_set', 'Pin Set'), ('pin_changed', 'Pin Changed'), ('pin_reset', 'Pin Reset'), ('pin_locked', 'Pin Locked'), ('second_factor_added', 'Second Factor Added'), ('second_factor_removed', 'Second Factor Removed'), ('second_factor_failed', 'Second Factor Failed'), ('recovery_codes_new', 'Recovery Codes New'), ('locked', 'Locked'), ('restored', 'Restored'), ('move_begun', 'Move Begun'), ('staff_added', 'Staff Added'), ('staff_changed', 'Staff Changed'), ('staff_removed', 'Staff Removed')], max_length=30)),
                ('at', models.DateTimeField()),
                ('address', models.GenericIPAddressField(null=True)),
                ('device', models.CharField(blank=True, max_length=300)),
                ('details', models.CharField(blank=True, max_length=300)),
                ('subscriber', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='security_events', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='AttemptCount',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('attempts', models.PositiveIntegerField()),
                ('over_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['over_at'], name='attempt_count_by_end')],
            },
        ),
        migrations.CreateModel(
            name='PaymentPin',
            fields=[
                ('subscriber', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='payment_pin', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('stored_hash', models.CharField(max_length=128)),
                ('wrong_attempts', models.PositiveSmallIntegerField(default=0)),
                ('lockouts', models.PositiveSmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(blank=True, null=True)),
                ('set_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('wrong_attempts__lt', 5)), name='payment_pin_attempts_within_limit')],
            },
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), name='gin_trgm_ops'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('display_name'), name='gin_trgm_ops'), limosa.domain.accounts.models.NameWords('display_name'), name='subscriber_by_parts'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('display_name'), name='text_pattern_ops'), condition=models.Q(('display_name', ''), _negated=True), name='subscriber_by_name'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(condition=models.Q(('staff_role', ''), _negated=True), fields=['id'], name='subscriber_staff'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='subscriber_email_once'),
        ),
        migrations.AddIndex(
            model_name='addresschange',
            index=models.Index(fields=['changed_at'], name='address_change_oldest'),
        ),
        migrations.AddIndex(
            model_name='knowndevice',
            index=models.Index(fields=['seen_at'], name='known_device_by_time'),
        ),
        migrations.AddConstraint(
            model_name='knowndevice',
            constraint=models.UniqueConstraint(fields=('subscriber', 'digest'), name='known_device_once'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_staff', False), ('staff_role', '')), models.Q(('is_staff', True), ('staff_role__in', ['viewer', 'support', 'finance', 'admin'])), _connector='OR'), name='subscriber_staff_has_a_role'),
        ),
        migrations.AddConstraint(
            model_name='subscriber',
            constraint=models.CheckConstraint(condition=models.Q(('unapplied_funds__in', ['back', 'wallet'])), name='subscriber_unapplied_funds_known'),
        ),
        migrations.AddIndex(
            model_name='securityevent',
            index=models.Index(fields=['subscriber', '-id'], name='security_event_of_person'),
        ),
        run_sql_file(__file__, 'security_events_append_only'),
        run_sql_file(__file__, 'shared_cache'),
    ]
