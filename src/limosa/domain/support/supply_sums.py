"""The SQL of the guards of orders at suppliers."""

ORDERS_LEFT = """
SELECT id, order_number,
       CASE WHEN state = 'unclear' THEN 'unclear'
            WHEN state IN ('asked', 'pending') THEN 'no_answer'
            WHEN state = 'returning' THEN 'not_returned' ELSE 'not_cancelled' END,
       order_number, '', NULL::bigint, NULL::bigint FROM connectivity_supply
 WHERE state IN ('due', 'asked', 'pending', 'unclear', 'returning',
                 'cancelling', 'ending') AND {scope}
   AND (state = 'unclear'
        OR (state IN ('asked', 'pending')
            AND asked_at < %(now)s::timestamptz - interval '1 hour')
        OR (state IN ('cancelling', 'ending')
            AND asked_at < %(now)s::timestamptz - interval '7 days')
        OR (state = 'returning'
            AND return_asked_at < %(now)s::timestamptz - interval '1 day'))
UNION ALL
SELECT bundle.id, bundle.order_number, 'esim_gone', bundle.order_number, '',
       NULL::bigint, NULL::bigint
  FROM connectivity_supply AS supply
  JOIN esims_esim AS esim ON esim.iccid = supply.iccid AND esim.supplier_id = supply.supplier_id
  JOIN esims_bundle AS bundle ON bundle.esim_id = esim.id
 WHERE supply.state = 'cancelled' AND supply.iccid <> '' AND {scope}
   AND bundle.state IN ('queued', 'active')
UNION ALL
SELECT 0, concat(supplier_id, ' ', plan_code), concat('refused_', problem), '', '',
       count(*), NULL
  FROM connectivity_supply
 WHERE state = 'refused' AND problem IN ('price_changed', 'credit_used_up', 'out_of_stock')
   AND created_at > %(now)s::timestamptz - interval '1 hour' AND {scope}
 GROUP BY supplier_id, plan_code, problem HAVING count(*) >= 2
 ORDER BY 1
"""

SUPPLIED_COSTS = """
SELECT id, concat(order_number, ' ', supplier_id),
       CASE WHEN is_booked THEN 'not_delivered' ELSE 'not_booked' END, order_number,
       coalesce(cost_currency, ''), CASE WHEN is_booked THEN cost_minor ELSE 0 END,
       CASE WHEN is_booked THEN 0 ELSE cost_minor END FROM (
    SELECT supply.*, (SELECT count(*) FROM ledger_journalentry AS entry
                       WHERE entry.key = concat('supply:', supply.order_number, ':',
                                                supply.supplier_id)) > 0 AS is_booked
      FROM connectivity_supply AS supply WHERE {scope}
) AS supply
 WHERE (state = 'delivered' AND cost_minor > 0 AND NOT is_booked)
    OR (is_booked AND state IN ('due', 'asked', 'pending', 'unclear', 'refused'))
"""
