"""An account stays as it is, so a posting needs no foreign key to it.

The few accounts that every payment posts to were locked, for sharing, by all of them at once: a
sixth of what the database did for a credit. A posting to no account is refused by the check that
an entry balances, and no account is deleted or gets another id, code or currency.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION ledger_check_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry bigint;
    legs bigint;
    worst bigint;
    has_accounts boolean;
BEGIN
    IF TG_TABLE_NAME = 'ledger_posting' THEN
        entry := NEW.entry_id;
    ELSE
        entry := NEW.id;
    END IF;
    SELECT coalesce(sum(per_currency.legs), 0), max(abs(per_currency.total)),
           bool_and(per_currency.has_accounts)
      INTO legs, worst, has_accounts
      FROM (SELECT count(*) AS legs, sum(posting.amount_minor) AS total,
                   bool_and(account.id IS NOT NULL) AS has_accounts
              FROM ledger_posting AS posting
              LEFT JOIN ledger_account AS account ON account.id = posting.account_id
             WHERE posting.entry_id = entry
             GROUP BY account.currency) AS per_currency;
    IF legs < 2 OR worst <> 0 OR NOT has_accounts THEN
        RAISE EXCEPTION 'journal entry % does not balance', entry
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_refuse_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an account stays as it is'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_stays';
END $$;

CREATE TRIGGER ledger_account_stays BEFORE DELETE OR UPDATE OF id, code, currency
    ON ledger_account FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_account_change();
"""

# The function before it, of 0002, refuses less; it may stay as it is now.
REVERSE = """
DROP TRIGGER ledger_account_stays ON ledger_account;
DROP FUNCTION ledger_refuse_account_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_entries_by_time")]

    operations = [
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.AlterField(
            model_name="posting",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="ledger.account",
            ),
        ),
    ]
