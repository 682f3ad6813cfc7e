"""A digest of everything that comparing a settlement reads, to know whether to compare it again.

Rows are hashed one by one and the hashes summed, so order does not matter and memory stays bounded.
"""

from hashlib import sha256
from typing import Any

from django.db import connection

from limosa.domain.payments.candidates import NEAR_MIDNIGHT
from limosa.domain.payments.engine.days import span
from limosa.domain.payments.models import Settlement
from limosa.domain.payments.registry import provider_for

# The current lines; what they are about; and what was booked on the day, listed or not.
_ROWS = """
SELECT concat_ws('|', 'line', id, kind, amount_minor, currency, fee_minor, at, payment_id,
                 refund_id, dispute_id)
  FROM payments_settledline WHERE settlement_id = %(settlement)s
UNION ALL
SELECT concat_ws('|', 'payment', ours.id, ours.state, ours.received_minor, ours.received_currency)
  FROM payments_settledline AS line JOIN payments_payment AS ours ON ours.id = line.payment_id
 WHERE line.settlement_id = %(settlement)s
UNION ALL
SELECT concat_ws('|', 'payment', id, state, received_minor, received_currency)
  FROM payments_payment
 WHERE provider = %(provider)s AND state = 'succeeded'
   AND paid_at >= %(since)s AND paid_at < %(until)s
UNION ALL
SELECT concat_ws('|', 'refund', ours.id, ours.state, ours.amount_minor, ours.came_back)
  FROM payments_settledline AS line JOIN payments_refund AS ours ON ours.id = line.refund_id
 WHERE line.settlement_id = %(settlement)s
UNION ALL
SELECT concat_ws('|', 'refund', ours.id, ours.state, ours.amount_minor, ours.came_back)
  FROM payments_refund AS ours JOIN payments_payment AS paid ON paid.id = ours.payment_id
 WHERE paid.provider = %(provider)s AND (ours.state = 'succeeded' OR ours.came_back > 0)
   AND ours.finished_at >= %(since)s AND ours.finished_at < %(until)s
UNION ALL
SELECT concat_ws('|', 'dispute', ours.id, ours.state, ours.amount_minor, ours.currency,
                 ours.decided_minor)
  FROM payments_settledline AS line JOIN payments_dispute AS ours ON ours.id = line.dispute_id
 WHERE line.settlement_id = %(settlement)s
UNION ALL
SELECT concat_ws('|', 'dispute', id, state, amount_minor, currency, decided_minor)
  FROM payments_dispute
 WHERE provider = %(provider)s
   AND ((opened_at >= %(since)s AND opened_at < %(until)s)
        OR (closed_at >= %(since)s AND closed_at < %(until)s))
"""
_DIGEST = f"""
SELECT count(*), coalesce(sum(('x' || left(md5(text), 15))::bit(60)::bigint), 0)
  FROM ({_ROWS}) AS compared (text)
"""  # noqa: S608 -- put together from constants


def day_mark(settlement: Settlement) -> str:
    """Return the digest of a settlement's lines and of our records of the same day and things.

    It changes whenever a line, or a payment, refund or dispute that the comparison reads, is added,
    removed or changed. The state of the neighbouring days' files does not matter: anything close to
    midnight is compared with the later of the two.
    """
    begins, ends = span(settlement.day, zone=provider_for(settlement.provider).settlement_zone)
    values: dict[str, Any] = {
        "settlement": settlement.pk,
        "provider": settlement.provider,
        "since": begins - NEAR_MIDNIGHT,
        "until": ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST, values)
        return sha256(repr(cursor.fetchone()).encode()).hexdigest()
