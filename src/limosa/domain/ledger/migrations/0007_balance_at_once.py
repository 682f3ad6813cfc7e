"""The postings of an entry come in one statement, which is checked once and at its end.

Before, each posting had its whole entry summed up at COMMIT, and its foreign key looked up: eleven
checks for a payment's entry, an eighth of the time of a credit. Now a statement that adds postings
adds balanced ones, or is refused; so every entry balances at all times, and its postings need not
be read again. Entries are never deleted, so what a posting refers to is looked up here as well.
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
DROP TRIGGER ledger_entry_balances ON ledger_posting;
DROP TRIGGER ledger_entry_balances ON ledger_journalentry;
DROP FUNCTION ledger_check_entry_balances();

CREATE FUNCTION ledger_check_added_postings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken bigint;
BEGIN
    SELECT total.entry_id INTO broken
      FROM (SELECT added.entry_id, sum(added.amount_minor) AS amount_minor,
                   bool_and(account.id IS NOT NULL) AS has_accounts
              FROM added LEFT JOIN ledger_account AS account ON account.id = added.account_id
             GROUP BY added.entry_id, account.currency) AS total
      LEFT JOIN ledger_journalentry AS entry ON entry.id = total.entry_id
     WHERE total.amount_minor <> 0 OR NOT total.has_accounts OR entry.id IS NULL
     LIMIT 1;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'journal entry % does not balance', broken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_added_postings();

CREATE FUNCTION ledger_check_entry_has_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_posting WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'journal entry % does not balance: it is empty', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction: postings to accounts that are new come after their entry.
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry_has_postings();
"""

REVERSE = """
DROP TRIGGER ledger_entry_balances ON ledger_posting;
DROP TRIGGER ledger_entry_balances ON ledger_journalentry;
DROP FUNCTION ledger_check_added_postings();
DROP FUNCTION ledger_check_entry_has_postings();

CREATE FUNCTION ledger_check_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry_balances();
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry_balances();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_accounts_stay")]

    operations = [
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.AlterField(
            model_name="posting",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="ledger.journalentry",
            ),
        ),
    ]
