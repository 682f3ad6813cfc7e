"""TRUNCATE is refused as well: it passes the triggers for each row, and would empty the books."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_not_emptied BEFORE TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_account_change();
"""

REVERSE = """
DROP TRIGGER ledger_not_emptied ON ledger_account;
DROP TRIGGER ledger_not_emptied ON ledger_posting;
DROP TRIGGER ledger_not_emptied ON ledger_journalentry;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_checks_by_key")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
