"""Seal what is stored plain, a thousand rows at a time, each batch in a transaction of its own.

An interrupted run is simply run again.
"""

from django.db import migrations, models

from limosa.domain.sealed.batches import seal_plain_batch, unseal_batch
from limosa.domain.sealed.fields import DigestField, SealedTextField

ROWS_PER_BATCH = 1000


def _every_batch(apps, rewrite):
    field = apps.get_model("payments", "SavedMethod")._meta.get_field("reference")
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
        ("payments", "0005_settlements"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="savedmethod", name="saved_method_once"),
        # Without a digest of its own a row is no twin of another: the digests follow below.
        migrations.AddField(
            model_name="savedmethod",
            name="reference_digest",
            field=DigestField(of="reference", null=True),
        ),
        migrations.AlterField(
            model_name="savedmethod",
            name="reference",
            field=SealedTextField(digest_field="reference_digest"),
        ),
        migrations.RunPython(seal, unseal),
        migrations.AlterField(
            model_name="savedmethod",
            name="reference_digest",
            field=DigestField(of="reference"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(
                fields=["subscriber", "provider", "reference_digest"], name="saved_method_once"
            ),
        ),
    ]
