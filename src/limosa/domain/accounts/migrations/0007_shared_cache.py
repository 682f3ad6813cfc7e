"""The table of Django's cache, which all processes share (settings/caches.py)."""

from django.db import migrations

FORWARD = """
CREATE TABLE shared_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX shared_cache_expires ON shared_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_sessions_epoch_and_address_change'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, "DROP TABLE shared_cache"),
    ]
