"""The SQL of the guard of what suppliers charge and what we have there."""

STATEMENTS_AND_BALANCES = """
SELECT difference.id, concat('SD-', difference.id), 'differs',
       coalesce((SELECT order_number FROM connectivity_supply AS supply
                  WHERE supply.id = difference.supply_id), ''),
       difference.currency, difference.ours_minor, difference.theirs_minor
  FROM payables_chargedifference AS difference WHERE state = 'open' AND {scope}
UNION ALL
SELECT 0, concat(supplier, ' ', currency), concat('balance_', warning), '', currency,
       available_minor, NULL FROM payables_supplieraccount WHERE warning <> '' AND {scope}
UNION ALL
SELECT id, concat(supplier, ' ', day), 'not_compared', '', '', NULL, NULL
  FROM payables_statement
 WHERE state <> 'done' AND day < (%(now)s::timestamptz - interval '4 days')::date AND {scope}
   AND day > (%(now)s::timestamptz - interval '31 days')::date
"""
