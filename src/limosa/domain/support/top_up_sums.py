"""The SQL of the guard of wallet top-ups."""

# What is in wallets, or frozen, of a top-up according to the journal, and according to itself.
TOP_UP_SUMS = """
SELECT id, number,
       CASE WHEN is_paid <> (paying > 0) THEN 'no_payment'
            WHEN frozen_minor <> frozen THEN 'frozen' ELSE 'sums' END,
       number, currency,
       CASE WHEN frozen_minor <> frozen THEN frozen ELSE booked END,
       CASE WHEN frozen_minor <> frozen THEN frozen_minor ELSE due END
  FROM (
    SELECT top_up.*, top_up.state IN ('paid', 'refunded') AS is_paid,
           CASE WHEN top_up.state IN ('paid', 'refunded')
                THEN top_up.amount_minor - top_up.reversed_minor ELSE 0 END AS due,
           (SELECT count(*) FROM payments_payment AS payment
             WHERE payment.order_number = top_up.number AND payment.pays_order) AS paying,
           coalesce(sums.booked, 0) AS booked, coalesce(sums.frozen, 0) AS frozen
      FROM wallets_wallettopup AS top_up
      LEFT JOIN LATERAL (
        SELECT -sum(posting.amount_minor)::bigint AS booked,
               -sum(posting.amount_minor) FILTER (WHERE account.kind = 'wallet_frozen')::bigint
                   AS frozen
          FROM ledger_journalentry AS entry
          JOIN ledger_posting AS posting ON posting.entry_id = entry.id
          JOIN ledger_account AS account ON account.id = posting.account_id
         WHERE entry.order_number = top_up.number
           AND account.kind IN ('wallet', 'wallet_frozen')
           AND entry.kind IN
               ('top_up', 'refund_request', 'dispute_lost', 'wallet_frozen', 'wallet_thawed')
      ) AS sums ON true
     WHERE {scope}
) AS top_up
 WHERE is_paid <> (paying > 0) OR booked <> due OR frozen_minor <> frozen
"""

BOOKED_TOP_UPS = """
SELECT id FROM wallets_wallettopup WHERE number IN (
    SELECT order_number FROM ledger_journalentry WHERE id > %(after)s AND id <= %(upto)s)
"""
