"""Pairs of a settlement line and our own record of the same thing that are not simply equal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from limosa.domain.payments.engine.comparison import (
    DifferenceKind,
    Ours,
    Theirs,
    difference,
    movement,
    our_movement,
)
from limosa.domain.payments.engine.days import span
from limosa.domain.payments.models import Difference, Settlement
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.status_reports import SettlementKind
from limosa.foundation.money import Money

# Clocks differ, and a provider may date a payment by another moment than the one it reported to us:
# this close to midnight, it may be in either day's file.
NEAR_MIDNIGHT = timedelta(hours=1)

_THEIRS = """line.kind, line.reference, line.nth, line.amount_minor, line.currency, line.fee_minor,
       line.at, line.payment_number, line.refund_number, line.transaction_id"""
_IS_AGAIN = """EXISTS (
    SELECT FROM payments_settledline AS earlier
     WHERE earlier.payment_id = line.payment_id AND earlier.kind = line.kind
       AND earlier.id < line.id
       AND earlier.refund_id IS NOT DISTINCT FROM line.refund_id
       AND earlier.dispute_id IS NOT DISTINCT FROM line.dispute_id)"""
# What was withheld beyond the amount lost came back, like the money of a dispute that was won.
_IS_LOST_IN_PART = (
    "(ours.state = 'lost' AND coalesce(ours.decided_minor < ours.amount_minor, FALSE))"
)
_IS_LOST_BEYOND = (
    "(ours.state = 'lost' AND coalesce(ours.decided_minor > ours.amount_minor, FALSE))"
)
# What is taken beyond the amount withheld is on a second line; `line`, `ours` as below.
IS_FURTHER = f"""(line.kind = 'dispute' AND {_IS_LOST_BEYOND} AND (
    SELECT count(*) FROM payments_settledline AS earlier
     WHERE earlier.dispute_id = line.dispute_id AND earlier.kind = 'dispute'
       AND earlier.id < line.id) = 1)"""  # noqa: S608 -- put together from constants
FURTHER = "further:"  # prefix of the dispute's reference on such a line
_CANDIDATES = f"""
SELECT * FROM (
SELECT {_THEIRS}, {_IS_AGAIN} AS is_again,
       ours.id AS payment_id, NULL::bigint AS refund_id,
       ours.number, ours.state, ours.received_minor, ours.received_currency,
       ours.state = 'succeeded' AS is_booked, FALSE AS came_back
  FROM payments_settledline AS line LEFT JOIN payments_payment AS ours ON ours.id = line.payment_id
 WHERE line.settlement_id = %(settlement)s AND line.kind IN ('payment', 'other')
UNION ALL
SELECT {_THEIRS}, {_IS_AGAIN},
       line.payment_id, ours.id, ours.number, ours.state, ours.amount_minor,
       payment.received_currency,
       ours.came_back > 0 OR (line.kind = 'refund' AND ours.state = 'succeeded'), ours.came_back > 0
  FROM payments_settledline AS line
  LEFT JOIN payments_refund AS ours ON ours.id = line.refund_id
  LEFT JOIN payments_payment AS payment ON payment.id = ours.payment_id
 WHERE line.settlement_id = %(settlement)s AND line.kind IN ('refund', 'refund_reversal')
   AND line.dispute_id IS NULL
UNION ALL
SELECT {_THEIRS}, {_IS_AGAIN} AND NOT {IS_FURTHER},
       line.payment_id, NULL,
       CASE WHEN {IS_FURTHER} THEN concat('{FURTHER}', ours.reference) ELSE ours.reference END,
       ours.state,
       CASE WHEN line.kind = 'dispute_reversal' AND {_IS_LOST_IN_PART}
            THEN ours.amount_minor - ours.decided_minor
            WHEN {IS_FURTHER} THEN ours.decided_minor - ours.amount_minor
            ELSE ours.amount_minor END, ours.currency,
       line.kind <> 'dispute_reversal' OR ours.state = 'won' OR {_IS_LOST_IN_PART},
       {_IS_LOST_IN_PART}
  FROM payments_settledline AS line
  LEFT JOIN payments_dispute AS ours ON ours.id = line.dispute_id
 WHERE line.settlement_id = %(settlement)s
   AND (line.kind IN ('dispute', 'dispute_reversal') OR line.dispute_id IS NOT NULL)
) AS pair
 WHERE pair.kind = 'other' OR pair.is_again
    OR (pair.is_booked AND pair.received_minor = pair.amount_minor
        AND pair.received_currency = pair.currency) IS NOT TRUE
"""  # noqa: S608 -- put together from constants

_UNLISTED = f"""
SELECT 'payment', payment.id, NULL::bigint, payment.number, payment.state, payment.received_minor,
       payment.received_currency, payment.paid_at, FALSE
  FROM payments_payment AS payment
 WHERE payment.provider = %(provider)s AND payment.state = 'succeeded'
   AND payment.paid_at >= %(since)s AND payment.paid_at < %(until)s
   AND NOT EXISTS (SELECT FROM payments_settledline AS line
                    WHERE line.payment_id = payment.id AND line.kind = 'payment')
UNION ALL
SELECT 'refund', payment.id, refund.id, refund.number, refund.state, refund.amount_minor,
       payment.received_currency, refund.finished_at, refund.came_back > 0
  FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
 WHERE payment.provider = %(provider)s AND refund.state = 'succeeded'
   AND refund.finished_at >= %(since)s AND refund.finished_at < %(until)s
   AND NOT EXISTS (SELECT FROM payments_settledline AS line
                    WHERE line.refund_id = refund.id AND line.kind = 'refund')
UNION ALL
-- One that came back has moved twice. When it had arrived is not kept: both count as of its return.
SELECT moved.kind, payment.id, refund.id, refund.number, refund.state, refund.amount_minor,
       payment.received_currency, refund.finished_at, TRUE
  FROM payments_refund AS refund JOIN payments_payment AS payment ON payment.id = refund.payment_id
  JOIN (VALUES ('refund'), ('refund_reversal')) AS moved (kind)
    ON moved.kind = 'refund_reversal' OR refund.state <> 'succeeded'
 WHERE payment.provider = %(provider)s AND refund.came_back > 0
   AND refund.finished_at >= %(since)s AND refund.finished_at < %(until)s
   AND NOT EXISTS (SELECT FROM payments_settledline AS line
                    WHERE line.refund_id = refund.id AND line.kind = moved.kind)
UNION ALL
SELECT 'dispute', dispute.payment_id, NULL, dispute.reference, dispute.state, dispute.amount_minor,
       dispute.currency, dispute.opened_at, FALSE
  FROM payments_dispute AS dispute
 WHERE dispute.provider = %(provider)s
   AND dispute.opened_at >= %(since)s AND dispute.opened_at < %(until)s
   AND NOT EXISTS (SELECT FROM payments_settledline AS line
                    WHERE line.dispute_id = dispute.id AND line.kind IN ('dispute', 'refund'))
UNION ALL
SELECT 'dispute', ours.payment_id, NULL, concat('{FURTHER}', ours.reference), ours.state,
       ours.decided_minor - ours.amount_minor, ours.currency, ours.closed_at, FALSE
  FROM payments_dispute AS ours
 WHERE ours.provider = %(provider)s AND {_IS_LOST_BEYOND}
   AND ours.closed_at >= %(since)s AND ours.closed_at < %(until)s
   AND (SELECT count(*) FROM payments_settledline AS line
         WHERE line.dispute_id = ours.id AND line.kind = 'dispute') < 2
UNION ALL
SELECT 'dispute_reversal', ours.payment_id, NULL, ours.reference, ours.state,
       CASE WHEN {_IS_LOST_IN_PART} THEN ours.amount_minor - ours.decided_minor
            ELSE ours.amount_minor END, ours.currency, ours.closed_at, {_IS_LOST_IN_PART}
  FROM payments_dispute AS ours
 WHERE ours.provider = %(provider)s AND (ours.state = 'won' OR {_IS_LOST_IN_PART})
   AND ours.closed_at >= %(since)s AND ours.closed_at < %(until)s
   AND NOT EXISTS (SELECT FROM payments_settledline AS line
                    WHERE line.dispute_id = ours.id AND line.kind = 'dispute_reversal')
"""  # noqa: S608 -- put together from constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pair whose sides differ. `line`, `row`: both sides as JSON values, empty if missing."""

    kind: DifferenceKind
    theirs: Theirs | None
    ours: Ours | None
    line: Mapping[str, Any]
    row: Mapping[str, Any]
    payment_id: int | None
    refund_id: int | None

    def as_difference(self, settlement: Settlement, now: datetime) -> Difference:
        """Return the row that stores it, not saved yet."""
        theirs = movement(self.theirs.kind, self.theirs.amount) if self.theirs else None
        # A second line about the same thing has no counterpart of ours.
        again = self.kind is DifferenceKind.TWICE
        ours = our_movement(self.ours) if self.ours and not again else None
        return Difference(
            settlement=settlement,
            provider=settlement.provider,
            kind=self.kind.value,
            subject=self.subject,
            payment_id=self.payment_id,
            refund_id=self.refund_id,
            theirs=dict(self.line),
            ours=dict(self.row),
            theirs_minor=theirs.amount_minor if theirs else 0,
            theirs_currency=theirs.currency if theirs else "",
            ours_minor=ours.amount_minor if ours else 0,
            ours_currency=ours.currency if ours else "",
            found_at=now,
        )

    @property
    def subject(self) -> str:
        """A stable name for what it is about."""
        by_line = {DifferenceKind.MISSING_HERE, DifferenceKind.TWICE, DifferenceKind.OTHER}
        if self.ours is None or self.kind in by_line:
            nth = f":{self.line['nth']}" if self.line["nth"] > 1 else ""
            return f"{self.line['kind']}:{self.line['reference']}{nth}"
        return f"{self.row['kind']}:{self.row['number']}"


def candidates(settlement: Settlement) -> Iterator[Candidate]:
    """Yield what differs among the settlement's lines. Call it in a transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CANDIDATES, {"settlement": settlement.pk})
        for row in cursor:
            yield _pair(row)


def unlisted(settlement: Settlement) -> Iterator[Candidate]:
    """Yield what we booked on the day but no file lists. Call it in a transaction."""
    since, until = _hours(settlement)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_UNLISTED, {"provider": settlement.provider, "since": since, "until": until})
        for kind, payment_id, refund_id, number, state, minor, currency, at, came_back in cursor:
            amount = Money(minor, currency)
            ours = Ours(kind=SettlementKind(kind), state=state, amount=amount, came_back=came_back)
            yield Candidate(
                kind=DifferenceKind.MISSING_THERE,
                theirs=None,
                ours=ours,
                line={},
                row=_ours_json(ours, number) | {"at": at.isoformat()},
                payment_id=payment_id,
                refund_id=refund_id,
            )


def _pair(row: tuple[Any, ...]) -> Candidate:
    kind, reference, nth, minor, currency, fee, at, payment_number, refund_number, money = row[:10]
    is_again, payment_id, refund_id, number, state, our_minor, our_currency, _, back = row[10:]
    theirs = Theirs(kind=SettlementKind(kind), amount=Money(minor, currency), is_again=is_again)
    ours = None
    if number is not None and theirs.kind is not SettlementKind.OTHER:
        amount = Money(our_minor, our_currency or "")
        ours = Ours(kind=theirs.kind, state=state, amount=amount, came_back=back)
    wrong = difference(theirs, ours)
    if wrong is None:
        raise AssertionError(f"the database and the rule differ about {kind} {reference}")
    return Candidate(
        kind=wrong,
        theirs=theirs,
        ours=ours,
        line={
            "kind": kind,
            "reference": reference,
            "nth": nth,
            "amount_minor": minor,
            "currency": currency,
            "fee_minor": fee,
            "at": at.isoformat(),
            "payment_number": payment_number,
            "refund_number": refund_number,
            "transaction_id": money,
        },
        row=_ours_json(ours, number) if ours else {},
        payment_id=payment_id,
        refund_id=refund_id,
    )


def _ours_json(ours: Ours, number: str) -> dict[str, Any]:
    return {
        "kind": ours.kind.value,
        "number": number,
        "state": ours.state,
        "amount_minor": ours.amount.amount_minor,
        "currency": ours.amount.currency,
    }


def _hours(settlement: Settlement) -> tuple[datetime, datetime]:
    """Return the period whose payments must be listed, given the files present.

    Payments close to midnight are checked once the files of both days have been read.
    """
    begins, ends = span(settlement.day, zone=provider_for(settlement.provider).settlement_zone)
    if _is_taken(settlement, days=-1):
        begins -= NEAR_MIDNIGHT
    if not _is_taken(settlement, days=1):
        ends -= NEAR_MIDNIGHT
    return begins, ends


def _is_taken(settlement: Settlement, *, days: int) -> bool:
    return Settlement.objects.filter(
        provider=settlement.provider,
        day=settlement.day + timedelta(days=days),
        taken_at__isnull=False,
    ).exists()
