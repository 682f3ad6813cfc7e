"""The SQL of the guard of automatic orders: what allowed each one, read from what people agreed to
and were told, not from what stands beside the attempt."""

# A consent is over once another row withdraws it; a notice counts from its delivery.
AUTOMATIC_ORDERS = """
SELECT id, number, problem, number,
       CASE problem WHEN 'above_cap' THEN currency ELSE '' END,
       CASE problem WHEN 'above_cap' THEN total_minor END,
       CASE problem WHEN 'above_cap' THEN cap_minor END
  FROM (
    SELECT ordered.id, ordered.number, quote.currency, quote.total_minor, consent.cap_minor,
           CASE WHEN attempt.id IS NULL THEN 'no_attempt'
                WHEN consent.given_at > ordered.placed_at
                  OR coalesce(consent.until <= ordered.placed_at, FALSE)
                  OR consent.esim_id <> ordered.esim_id
                  OR (SELECT count(*) FROM autorenewal_consent AS withdrawal
                       WHERE withdrawal.withdraws_id = consent.id
                         AND withdrawal.given_at < ordered.placed_at) > 0 THEN 'no_consent'
                WHEN quote.total_minor > consent.cap_minor
                  OR quote.currency <> consent.currency THEN 'above_cap'
                WHEN cycle.state = 'renewed' AND cycle.order_number = ordered.number
                 AND ordered.paid_at IS NULL THEN 'unpaid'
                WHEN ordered.paid_at IS NOT NULL
                 AND coalesce((SELECT sum(same.total_minor) FROM autorenewal_cycle AS same
                                WHERE same.auto_renewal_id = auto.id AND same.state = 'renewed'
                                  AND same.closed_at > cycle.closed_at - interval '30 days'
                                  AND same.closed_at <= cycle.closed_at)
                              > consent.month_cap_minor, FALSE) THEN 'above_month'
                WHEN (SELECT count(*) FROM autorenewal_notice AS notice
                       WHERE notice.cycle_id = attempt.cycle_id
                         AND notice.at_most_minor >= quote.total_minor
                         AND notice.delivered_at + cycle.least_lead <= ordered.placed_at) = 0
                THEN 'no_notice'
                WHEN ordered.paid_at IS NOT NULL
                 AND (SELECT count(*) FROM autorenewal_attempt AS other
                        JOIN autorenewal_cycle AS same ON same.id = other.cycle_id
                        JOIN ordering_order AS paid ON paid.number = other.order_number
                       WHERE same.bundle_id = cycle.bundle_id AND same.state <> 'undone'
                         AND paid.paid_at IS NOT NULL) > 1 THEN 'twice'
                ELSE '' END AS problem
      FROM ordering_order AS ordered
      JOIN ordering_quote AS quote ON quote.id = ordered.quote_id
      LEFT JOIN autorenewal_attempt AS attempt ON attempt.order_number = ordered.number
      LEFT JOIN autorenewal_cycle AS cycle ON cycle.id = attempt.cycle_id
      LEFT JOIN autorenewal_autorenewal AS auto ON auto.id = cycle.auto_renewal_id
      LEFT JOIN autorenewal_consent AS consent ON consent.id = auto.consent_id
     WHERE ordered.agreed_at IS NOT NULL AND {scope}
  ) AS automatic WHERE problem <> ''
"""
