"""The SQL of the guard of promotion codes."""

# A code's counters are the sums of its uses, and each use is that of an order that is not cancelled
# and whose quote names the code.
PROMOTION_CODE_SUMS = """
SELECT id, text, problem, '', unit, has, due FROM (
    SELECT code.*,
           (SELECT count(*) FROM promotions_promotioncodeuse AS taken
             WHERE taken.code_id = code.id AND taken.given_back_at IS NULL) AS taken,
           (SELECT coalesce(sum(taken.discount_minor), 0)::bigint
              FROM promotions_promotioncodeuse AS taken
             WHERE taken.code_id = code.id AND taken.given_back_at IS NULL) AS given_minor,
           (SELECT count(*) FROM ordering_quote AS quote
              JOIN ordering_order AS orders ON orders.quote_id = quote.id
             WHERE quote.promotion_code_id = code.id AND orders.state <> 'cancelled') AS ordered
      FROM promotions_promotioncode AS code WHERE {scope}
) AS code CROSS JOIN LATERAL (VALUES
    ('uses', '', code.uses::bigint, code.taken),
    ('orders', '', code.taken, code.ordered),
    ('spent', code.budget_currency, code.spent_minor,
     CASE WHEN code.budget_minor IS NULL THEN 0 ELSE code.given_minor END)
) AS counted (problem, unit, has, due)
 WHERE has <> due
"""

CODES_USED = """
SELECT code_id FROM promotions_promotioncodeuse WHERE id > %(after)s AND id <= %(upto)s
"""
