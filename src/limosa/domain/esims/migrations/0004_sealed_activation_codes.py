"""Seal what is stored plain, a thousand rows at a time, each batch in a transaction of its own.

An interrupted run is simply run again.
"""

from django.db import migrations

from limosa.domain.sealed.batches import seal_plain_batch, unseal_batch
from limosa.domain.sealed.fields import SealedTextField

ROWS_PER_BATCH = 1000


def _every_batch(apps, rewrite):
    field = apps.get_model("esims", "Esim")._meta.get_field("activation_code")
    after = 0
    while (done := rewrite(field, after=after, most=ROWS_PER_BATCH)) is not None:
        after, _ = done


def seal(apps, schema_editor):
    _every_batch(apps, seal_plain_batch)


def unseal(apps, schema_editor):
    _every_batch(apps, unseal_batch)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("esims", "0003_suspended_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="esim",
            name="activation_code",
            field=SealedTextField(),
        ),
        migrations.RunPython(seal, unseal),
    ]
