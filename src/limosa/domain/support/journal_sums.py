"""The SQL of the guards of the journal by itself."""

ENTRY_SUMS = """
SELECT entry.id, concat(entry.key, ' ', account.currency), '', entry.order_number,
       coalesce(account.currency, ''), coalesce(sum(posting.amount_minor), 0), 0
  FROM ledger_journalentry AS entry
  LEFT JOIN ledger_posting AS posting ON posting.entry_id = entry.id
  LEFT JOIN ledger_account AS account ON account.id = posting.account_id
 WHERE {scope}
 GROUP BY entry.id, account.currency
HAVING sum(posting.amount_minor) <> 0 OR account.currency IS NULL
"""

# Of wallets and bonuses, whose balance is stored.
HELD_SUMS = """
SELECT id, code, '', '', currency, balance_minor, summed FROM (
    SELECT account.*, (SELECT coalesce(-sum(posting.amount_minor), 0) FROM ledger_posting AS posting
                        WHERE posting.account_id = account.id) AS summed
      FROM ledger_account AS account WHERE account.kind IN ('wallet', 'bonus')
       AND {scope}
) AS wallet WHERE balance_minor <> summed
"""

JOURNAL_SUMS = """
SELECT 0, concat('journal ', currency), '', '', currency, summed, 0 FROM (
    SELECT account.currency, sum(posting.amount_minor)::bigint AS summed
      FROM ledger_posting AS posting
      JOIN ledger_account AS account ON account.id = posting.account_id
     WHERE {scope}
     GROUP BY account.currency
) AS journal WHERE summed <> 0
"""
