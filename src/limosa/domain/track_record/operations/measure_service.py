"""Measure the service of the last 30 days."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from limosa.domain.track_record.engine.measures import COUNTS_MOST, PERIOD, Measure
from limosa.domain.track_record.models import MeasuredFact

# Each returns a length of time for each case, by index.
_LENGTHS = {
    Measure.CREDITED: """
SELECT coalesce(fulfilled_at, closed_at, %(now)s) - paid_at AS length FROM ordering_order
 WHERE placed_at >= %(since)s AND paid_at >= %(since)s AND paid_at <= %(now)s
""",
    Measure.REFUNDED: """
SELECT finished_at - requested_at AS length FROM payments_refund
 WHERE state = 'succeeded' AND finished_at >= %(since)s AND finished_at <= %(now)s
UNION ALL
SELECT %(now)s::timestamptz - requested_at FROM payments_refund
 WHERE next_poll_at IS NOT NULL AND finished_at IS NULL AND requested_at <= %(now)s
""",
    Measure.ANSWERED: """
SELECT coalesce(answered_at, closed_at, %(now)s) - opened_at AS length FROM support_case
 WHERE opened_at >= %(since)s AND opened_at <= %(now)s AND NOT by_guest
""",
    Measure.USAGE_AGE: """
SELECT received_at - of AS length FROM (
    (SELECT received_at, as_of AS of FROM charging_usagereading ORDER BY id DESC LIMIT %(most)s)
    UNION ALL
    (SELECT received_at, ended_at FROM charging_usagerecord ORDER BY id DESC LIMIT %(most)s)
) AS counts WHERE received_at >= %(since)s AND received_at <= %(now)s
""",
}
_OF_LENGTHS = """
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds),
       percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds)
  FROM (SELECT extract(epoch FROM greatest(length, '0 s'))::bigint AS seconds
          FROM ({lengths}) AS cases) AS lengths
"""
# Each returns how many cases there are, and how many of them it is about.
_SHARES = {
    Measure.DISPUTED: """
SELECT count(*), count(*) FILTER (WHERE EXISTS (
           SELECT FROM payments_payment AS payment
             JOIN payments_dispute AS dispute ON dispute.payment_id = payment.id
            WHERE payment.order_number = ordered.number))
  FROM ordering_order AS ordered JOIN ordering_quote AS quote ON quote.id = ordered.quote_id
 WHERE ordered.placed_at >= %(since)s AND ordered.paid_at >= %(since)s
   AND ordered.paid_at <= %(now)s AND quote.esim_id IS NOT NULL
""",
}


@transaction.atomic
def measure_service(*, now: datetime) -> list[MeasuredFact]:
    """Return each fact of the 30 days before now, and keep it in place of the one before."""
    values = {"now": now, "since": now - PERIOD, "most": COUNTS_MOST}
    facts = [
        _share(measure, values, now) if measure in _SHARES else _length(measure, values, now)
        for measure in Measure
    ]
    MeasuredFact.objects.bulk_create(
        facts,
        update_conflicts=True,
        unique_fields=["measure"],
        update_fields=["count", "median", "p95", "part", "measured_at"],
    )
    return facts


def _length(measure: Measure, values: dict[str, Any], now: datetime) -> MeasuredFact:
    statement = _OF_LENGTHS.format(lengths=_LENGTHS[measure])
    count, median, p95 = _row(statement, values)
    return MeasuredFact(measure=measure.value, count=count, median=median, p95=p95, measured_at=now)


def _share(measure: Measure, values: dict[str, Any], now: datetime) -> MeasuredFact:
    count, part = _row(_SHARES[measure], values)
    return MeasuredFact(measure=measure.value, count=count, part=part, measured_at=now)


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
