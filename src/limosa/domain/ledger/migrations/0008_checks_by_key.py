"""The checks of an entry look up what they need by its key, whatever the planner knows.

A statement of a trigger is planned once per connection, and what is added counts as a thousand rows
there. So the check of the postings read all entries and all accounts for each payment, and that of
the entry, planned while the table was empty, read all postings: a credit cost more with each one
before it. A subquery for a value is not made a join; it looks at one row by its key. The one of the
entry is planned without scans of whole tables.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION ledger_check_added_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT leg.entry_id INTO broken
      FROM (SELECT added.entry_id, added.amount_minor,
                   (SELECT currency FROM ledger_account WHERE id = added.account_id) AS currency
              FROM added) AS leg
     GROUP BY leg.entry_id, leg.currency
    HAVING sum(leg.amount_minor) <> 0 OR leg.currency IS NULL
        OR (SELECT id FROM ledger_journalentry WHERE id = leg.entry_id) IS NULL
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;

ALTER FUNCTION ledger_check_added_postings() SET enable_seqscan = off;
ALTER FUNCTION ledger_check_entry_has_postings() SET enable_seqscan = off;
"""

REVERSE = """
ALTER FUNCTION ledger_check_added_postings() RESET enable_seqscan;
ALTER FUNCTION ledger_check_entry_has_postings() RESET enable_seqscan;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_balance_at_once")]
    operations = [migrations.RunSQL(FORWARD, REVERSE)]
