"""Indexes that begin with the foreign key serve it too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('esims', '0004_sealed_activation_codes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='bundle',
            name='esim',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='esims.esim'),
        ),
        migrations.AlterField(
            model_name='bundle',
            name='subscriber',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='esim',
            name='subscriber',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='esims', to=settings.AUTH_USER_MODEL),
        ),
    ]
