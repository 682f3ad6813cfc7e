"""The SQL of the guard of changes of plan."""

# What counts is in the price of the new order and in the books, is no more than was paid for the
# former order, and counts only while the new one is paid.
PLAN_CHANGE_SUMS = """
SELECT id, number, problem, number, currency, value_minor,
       CASE problem WHEN 'above' THEN paid_minor WHEN 'price' THEN quoted_minor END
  FROM (
    SELECT change.id, ordered.number, quote.currency, change.value_minor,
           quote.value_minor AS quoted_minor, former.paid_minor,
           CASE WHEN quote.value_minor <> change.value_minor
                  OR quote.currency <> former.currency THEN 'price'
                WHEN change.state = 'counted' AND change.value_minor > former.paid_minor
                THEN 'above'
                WHEN (SELECT count(*) FROM ledger_journalentry AS entry
                       WHERE entry.key IN (concat('change-from:', ordered.number),
                                           concat('change:', ordered.number)))
                     <> CASE WHEN change.counted_at IS NULL THEN 0 ELSE 2 END
                  OR (SELECT count(*) FROM ledger_journalentry AS entry
                       WHERE entry.key IN (concat('change-back:', ordered.number),
                                           concat('change-back-to:', ordered.number)))
                     <> CASE WHEN change.state = 'restored' THEN 2 ELSE 0 END THEN 'not_booked'
                WHEN change.state = 'counted' AND ordered.state NOT IN ('paid', 'fulfilled')
                  OR change.state = 'held' AND ordered.state <> 'placed' THEN 'unpaid'
                ELSE '' END AS problem
      FROM ordering_planchange AS change
      JOIN ordering_order AS ordered ON ordered.id = change.order_id
      JOIN ordering_quote AS quote ON quote.id = ordered.quote_id
      JOIN LATERAL (
        SELECT replaced_quote.currency,
               replaced_quote.total_minor - replaced.reversed_minor
               + (SELECT coalesce(sum(earlier.value_minor), 0)::bigint
                    FROM ordering_planchange AS earlier
                   WHERE earlier.order_id = replaced.id AND earlier.state = 'counted')
                   AS paid_minor
          FROM ordering_order AS replaced
          JOIN ordering_quote AS replaced_quote ON replaced_quote.id = replaced.quote_id
         WHERE replaced.id = change.replaced_id
      ) AS former ON true
     WHERE {scope}
  ) AS change WHERE problem <> ''
"""

BOOKED_CHANGES = """
SELECT change.id FROM ordering_planchange AS change
  JOIN ordering_order AS ordered ON ordered.id IN (change.order_id, change.replaced_id)
 WHERE ordered.number IN (
    SELECT order_number FROM ledger_journalentry WHERE id > %(after)s AND id <= %(upto)s)
"""
