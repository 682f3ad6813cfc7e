"""Which payment, refund or dispute of ours each line of a settlement is about."""

from django.db import connection

LINKS = (
    """
UPDATE payments_settledline AS line
   SET payment_id = payment.id
  FROM payments_payment AS payment
 WHERE line.provider = %(provider)s AND line.payment_id IS NULL AND line.kind = 'payment'
   AND line.payment_number <> ''
   AND payment.number = line.payment_number AND payment.provider = line.provider
""",
    """
UPDATE payments_settledline AS line
   SET payment_id = payment.id
  FROM payments_payment AS payment
 WHERE line.provider = %(provider)s AND line.payment_id IS NULL AND line.kind = 'payment'
   AND line.payment_number = '' AND line.transaction_id <> ''
   AND payment.provider = line.provider AND payment.transaction_id = line.transaction_id
""",
    """
UPDATE payments_settledline AS line
   SET refund_id = refund.id, payment_id = payment.id
  FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
 WHERE line.provider = %(provider)s AND line.refund_id IS NULL
   AND line.kind IN ('refund', 'refund_reversal')
   AND line.refund_number <> ''
   AND refund.number = line.refund_number AND payment.provider = line.provider
""",
    """
UPDATE payments_settledline AS line
   SET refund_id = refund.id, payment_id = payment.id
  FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
 WHERE line.provider = %(provider)s AND line.refund_id IS NULL
   AND line.kind IN ('refund', 'refund_reversal')
   AND refund.reference IN (line.reference, line.refund_number) AND refund.reference <> ''
   AND payment.provider = line.provider
""",
    # Made by hand at the provider: there is no refund of ours, but the payment may be named.
    """
UPDATE payments_settledline AS line
   SET payment_id = payment.id
  FROM payments_payment AS payment
 WHERE line.provider = %(provider)s AND line.refund_id IS NULL
   AND line.kind IN ('refund', 'refund_reversal')
   AND line.payment_id IS NULL AND line.payment_number <> ''
   AND payment.number = line.payment_number AND payment.provider = line.provider
""",
    # Not every provider repeats our number with it: then the line names the money, as it came.
    """
UPDATE payments_settledline AS line
   SET payment_id = payment.id
  FROM payments_payment AS payment
 WHERE line.provider = %(provider)s AND line.refund_id IS NULL
   AND line.kind IN ('refund', 'refund_reversal')
   AND line.payment_id IS NULL AND line.transaction_id <> ''
   AND payment.provider = line.provider AND payment.transaction_id = line.transaction_id
""",
    # What was only guessed is guessed anew where the guess is poor: the dispute that the line is
    # about may have become known since.
    """
UPDATE payments_settledline AS line
   SET dispute_id = NULL
  FROM payments_dispute AS dispute
 WHERE line.provider = %(provider)s AND line.kind IN ('dispute', 'dispute_reversal')
   AND dispute.id = line.dispute_id AND dispute.reference <> line.reference
   AND ((line.amount_minor, line.currency) <> (dispute.amount_minor, dispute.currency)
        OR EXISTS (SELECT FROM payments_settledline AS other
                    WHERE other.dispute_id = line.dispute_id AND other.kind = line.kind
                      AND (other.id < line.id OR other.reference = dispute.reference)))
""",
    """
UPDATE payments_settledline AS line
   SET dispute_id = dispute.id, payment_id = dispute.payment_id
  FROM payments_dispute AS dispute
 WHERE line.provider = %(provider)s AND line.dispute_id IS DISTINCT FROM dispute.id
   AND line.kind IN ('dispute', 'dispute_reversal')
   AND dispute.provider = line.provider AND dispute.reference = line.reference
""",
    # Not every file names the dispute, but each names the payment. Of several disputes about the
    # same amount, the first line is about the first.
    """
WITH waiting AS (
    SELECT line.id, line.kind, line.amount_minor, line.currency, payment.id AS payment_id,
           row_number() OVER (PARTITION BY payment.id, line.kind, line.amount_minor, line.currency
                              ORDER BY line.at, line.id) AS turn
      FROM payments_settledline AS line
      JOIN payments_payment AS payment
        ON payment.provider = line.provider
       AND (payment.number = line.payment_number
            OR (payment.transaction_id = line.transaction_id AND line.transaction_id <> ''))
     WHERE line.provider = %(provider)s AND line.dispute_id IS NULL
       AND line.kind IN ('dispute', 'dispute_reversal')
), free AS (
    SELECT dispute.id, dispute.payment_id, wanted.kind, dispute.amount_minor, dispute.currency,
           row_number() OVER (PARTITION BY dispute.payment_id, wanted.kind, dispute.amount_minor,
                              dispute.currency ORDER BY dispute.id) AS turn
      FROM payments_dispute AS dispute
      JOIN (SELECT DISTINCT payment_id, kind FROM waiting) AS wanted USING (payment_id)
     WHERE NOT EXISTS (SELECT FROM payments_settledline AS line
                        WHERE line.dispute_id = dispute.id AND line.kind = wanted.kind)
)
UPDATE payments_settledline AS line
   SET dispute_id = free.id, payment_id = free.payment_id
  FROM waiting JOIN free USING (payment_id, kind, amount_minor, currency, turn)
 WHERE line.id = waiting.id
""",
    # Otherwise it is about another amount of the latest, unless a line names that one itself.
    """
UPDATE payments_settledline AS line
   SET dispute_id = dispute.id, payment_id = dispute.payment_id
  FROM payments_dispute AS dispute
  JOIN payments_payment AS payment ON payment.id = dispute.payment_id
 WHERE line.provider = %(provider)s AND line.dispute_id IS NULL
   AND line.kind IN ('dispute', 'dispute_reversal')
   AND dispute.provider = line.provider
   AND (payment.number = line.payment_number
        OR (payment.transaction_id = line.transaction_id AND line.transaction_id <> ''))
   AND NOT EXISTS (SELECT FROM payments_dispute AS newer
                    WHERE newer.payment_id = payment.id AND newer.id > dispute.id)
   AND NOT EXISTS (SELECT FROM payments_settledline AS named
                    WHERE named.dispute_id = dispute.id AND named.kind = line.kind
                      AND named.reference = dispute.reference)
""",
    # Some providers list the money of a lost dispute as a refund that nobody requested: PayPal's
    # T1106. If a line for the dispute itself appears, the refund is a different one.
    """
UPDATE payments_settledline AS line
   SET dispute_id = NULL
 WHERE line.provider = %(provider)s AND line.kind = 'refund' AND line.dispute_id IS NOT NULL
   AND EXISTS (SELECT FROM payments_settledline AS other
                WHERE other.dispute_id = line.dispute_id AND other.kind = 'dispute')
""",
    """
UPDATE payments_settledline AS line
   SET dispute_id = dispute.id
  FROM payments_dispute AS dispute
 WHERE line.provider = %(provider)s AND line.kind = 'refund' AND line.dispute_id IS NULL
   AND line.payment_id = dispute.payment_id AND dispute.state = 'lost'
   AND (line.amount_minor, line.currency) = (dispute.amount_minor, dispute.currency)
   AND coalesce(dispute.decided_minor, dispute.amount_minor) = dispute.amount_minor
   AND (line.refund_id IS NULL
        OR EXISTS (SELECT FROM payments_refund AS refund
                    WHERE refund.id = line.refund_id AND refund.state = 'found'))
   AND NOT EXISTS (SELECT FROM payments_settledline AS other
                    WHERE other.dispute_id = dispute.id AND other.kind IN ('dispute', 'refund'))
""",
)


def link_lines(provider_code: str) -> None:
    """Link the provider's unmatched lines to what has become known since, in every settlement.

    A line that names nothing of ours is linked to what fits it best, and again once more is known.
    """
    with connection.cursor() as cursor:
        for statement in LINKS:
            cursor.execute(statement, {"provider": provider_code})
