"""People are found by parts of an address or a name.

pg_trgm comes with PostgreSQL (on Debian, with its package postgresql-NN) and is trusted: whoever
may create in the database may add it. See docs/howto/deploy-on-one-machine.md.
"""

import django.contrib.postgres.indexes
import django.db.models.functions.text
import limosa.domain.accounts.models
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_tries_and_devices'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name='subscriber',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('email'), name='gin_trgm_ops'), django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('display_name'), name='gin_trgm_ops'), limosa.domain.accounts.models.NameWords('display_name'), name='subscriber_by_parts'),
        ),
        migrations.AddIndex(
            model_name='subscriber',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('display_name'), name='text_pattern_ops'), condition=models.Q(('display_name', ''), _negated=True), name='subscriber_by_name'),
        ),
    ]
