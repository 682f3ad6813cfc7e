"""The counter of our own ICCIDs."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE connectivity_own_iccid AS bigint START 100001",
            "DROP SEQUENCE connectivity_own_iccid",
        )
    ]
