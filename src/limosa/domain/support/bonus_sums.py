"""The SQL of the guard of bonuses."""

# For each bonus: its uses are what it says was used of it, and what its person has of all bonuses
# in its currency is what the books have for them.
BONUS_SUMS = """
SELECT id, number, CASE WHEN used_minor <> used THEN 'uses' ELSE 'sums' END, number, currency,
       CASE WHEN used_minor <> used THEN used_minor ELSE booked END,
       CASE WHEN used_minor <> used THEN used ELSE lefts END
  FROM (
    SELECT bonus.*, top_up.number,
           (SELECT coalesce(sum(one.used_minor - one.returned_minor), 0)::bigint
              FROM wallets_bonususe AS one WHERE one.bonus_id = bonus.id) AS used,
           (SELECT coalesce(sum(other.left_minor), 0)::bigint FROM wallets_bonus AS other
             WHERE other.subscriber_id = bonus.subscriber_id
               AND other.currency = bonus.currency) AS lefts,
           (SELECT coalesce(-sum(posting.amount_minor), 0)::bigint FROM ledger_posting AS posting
             WHERE posting.account_id =
                   (SELECT account.id FROM ledger_account AS account
                     WHERE account.code = concat('bonus:', bonus.subscriber_id, ':',
                                                 bonus.currency))) AS booked
      FROM wallets_bonus AS bonus
      JOIN wallets_wallettopup AS top_up ON top_up.id = bonus.top_up_id
     WHERE {scope}
) AS bonus
 WHERE used_minor <> used OR lefts <> booked
"""

BOOKED_BONUSES = """
SELECT bonus.id FROM wallets_bonus AS bonus
 WHERE (bonus.subscriber_id, bonus.currency) IN (
    SELECT account.subscriber_id, account.currency FROM ledger_account AS account
     WHERE account.kind = 'bonus' AND account.id IN (
        SELECT account_id FROM ledger_posting WHERE id > %(after)s AND id <= %(upto)s))
"""
