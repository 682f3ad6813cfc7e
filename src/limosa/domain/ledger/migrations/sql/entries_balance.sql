-- A journal entry balances, in each currency, and its postings have an entry and an account.
--
-- The postings of an entry come in one statement, which is checked once, at its end: every entry
-- balances at all times, and its postings need not be read again. What is added is also looked up
-- here, because foreign keys would do it for each posting, and would have all payments at once lock
-- the few accounts that they post to. Entries and accounts stay (append_only.sql), so that what was
-- there once is there for good.
--
-- Statements of a trigger are planned once per connection, and what is added counts as a thousand
-- rows there. So each lookup is a subquery for one value, which is not made a join, and whole
-- tables are not read: a credit would cost more with each one before it.

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

-- At the end of the transaction: postings to accounts that are new come after their entry.
CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry_has_postings();
