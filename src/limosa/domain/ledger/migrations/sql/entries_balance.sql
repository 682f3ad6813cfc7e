-- Every journal entry balances in each currency, and every posting has an entry and an account.
--
-- An entry's postings are inserted by one statement and checked once, when it ends, so entries
-- balance at all times and no posting is read back. The lookups of entry and account replace foreign
-- keys, which would run for each posting and make concurrent payments lock the few accounts they all
-- post to. Entries and accounts are never deleted (append_only.sql), so one lookup is enough.
--
-- PostgreSQL plans a trigger's statements once per connection and assumes a thousand added rows.
-- Scalar subqueries, which it does not turn into joins, and enable_seqscan = off keep it from
-- scanning whole tables: otherwise each credit would cost more than the one before.

CREATE FUNCTION ledger_check_added_postings() RETURNS trigger LANGUAGE plpgsql AS $$
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
ALTER FUNCTION ledger_check_entry_has_postings() SET enable_seqscan = off;

-- Deferred to the end of the transaction: postings to new accounts are inserted after their entry.
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry_has_postings();
