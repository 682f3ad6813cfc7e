"""The SQL of the guards of redemption codes."""

# In an hour, over everybody. People mistype codes far less often than that, since the check symbol
# finds it. At this rate a million active codes are hit once in five billion years.
GUESSES_MAX = 500

CODE_SUMS = """
SELECT id, concat('B-', id), '', '', currency, booked, active * amount_minor FROM (
    SELECT batch.*,
           (SELECT count(*) FROM redemption_code AS code
             WHERE code.serial >= batch.first_serial
               AND code.serial < batch.first_serial + batch.count
               AND code.state = 'active') AS active,
           (SELECT coalesce(-sum(posting.amount_minor), 0)::bigint FROM ledger_posting AS posting
             WHERE posting.account_id =
                   (SELECT account.id FROM ledger_account AS account
                     WHERE account.code = concat('codes_outstanding:B-', batch.id, ':',
                                                 batch.currency))) AS booked
      FROM redemption_codebatch AS batch WHERE {scope}
) AS batch WHERE booked <> active * amount_minor
"""

BOOKED_BATCHES = """
SELECT substring(account.code FROM 'B-([0-9]+)')::bigint FROM ledger_account AS account
 WHERE account.kind = 'codes_outstanding'
   AND account.id IN (SELECT account_id FROM ledger_posting WHERE id > %(after)s AND id <= %(upto)s)
"""

GUESSED_CODES = """
SELECT 0, to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:00 "UTC"'), '', '', '',
       guesses::bigint, [most]::bigint
  FROM redemption_guesshour
 WHERE guesses > [most] AND hour > %(now)s::timestamptz - interval '1 day' AND {scope}
""".replace("[most]", str(GUESSES_MAX))
