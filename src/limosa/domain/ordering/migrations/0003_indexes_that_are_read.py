"""What a credit writes has no index that nobody reads: a third of those it kept were of this kind.

Django gives each unique or indexed text a second index for LIKE. Nobody looks for the beginning of
a number, except of a journal entry's key, whose second index stays.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP_INDEXES_FOR_LIKE = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT indexname FROM pg_indexes
         WHERE schemaname = current_schema() AND indexname LIKE '%\\_like'
           AND (tablename IN ('payments_payment', 'payments_refund', 'payments_inboxmessage',
                              'ordering_order', 'ordering_quote', 'esims_bundle',
                              'notifications_notification')
                OR indexname LIKE 'ledger\\_journalentry\\_order\\_number\\_%')
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ordering", "0002_undone"),
        ("payments", "0010_indexes_that_are_read"),
        ("esims", "0005_indexes_that_are_read"),
        ("notifications", "0003_indexes_that_are_read"),
        ("ledger", "0005_entries_by_time"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="subscriber",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(DROP_INDEXES_FOR_LIKE, migrations.RunSQL.noop),
    ]
