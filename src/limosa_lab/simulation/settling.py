"""A day's settlement as a simulated provider writes and reads it: one JSON line each."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from limosa.domain.payments.status_reports import (
    RefundOutcome,
    SettlementKind,
    SettlementLine,
)
from limosa_lab.simulation.held import Held


def lines_of(held: Iterable[Held], *, by_number: bool, fee_minor: int) -> Iterator[SettlementLine]:
    """Yield every movement of our money. `fee_minor`: kept from each payment."""
    for one in held:
        if not one.is_ours or one.taken is None or one.paid_at is None:
            continue
        number = one.number if by_number else ""
        yield SettlementLine(
            kind=SettlementKind.PAYMENT,
            reference=one.transaction_id,
            amount_minor=one.taken.amount_minor,
            currency=one.taken.currency,
            at=one.paid_at,
            payment_number=number,
            transaction_id=one.transaction_id,
            fee_minor=fee_minor,
        )
        yield from _refunds(one, number)
        yield from _disputes(one, number)


def _refunds(one: Held, number: str) -> Iterator[SettlementLine]:
    for refund in one.refunds.values():
        has_gone = refund.outcome is RefundOutcome.SUCCEEDED or refund.came_back_at is not None
        moves = (
            (SettlementKind.REFUND, refund.done_at if has_gone else None),
            (SettlementKind.REFUND_REVERSAL, refund.came_back_at),
        )
        for kind, at in moves:
            if at is None:
                continue
            yield SettlementLine(
                kind=kind,
                reference=f"RR-{refund.number}",
                amount_minor=refund.amount.amount_minor,
                currency=refund.amount.currency,
                at=at,
                payment_number=number,
                transaction_id=one.transaction_id,
                refund_number=refund.number if number else "",
            )


def _disputes(one: Held, number: str) -> Iterator[SettlementLine]:
    for dispute in one.disputes.values():
        held_minor = dispute.amount.amount_minor
        moves = [(SettlementKind.DISPUTE, held_minor, dispute.opened_at)]
        back_minor = held_minor - dispute.withheld_minor
        if back_minor > 0 and dispute.decided_at is not None:
            moves.append((SettlementKind.DISPUTE_REVERSAL, back_minor, dispute.decided_at))
        for kind, amount_minor, at in moves:
            yield SettlementLine(
                kind=kind,
                reference=dispute.reference,
                amount_minor=amount_minor,
                currency=dispute.amount.currency,
                at=at,
                payment_number=number,
                transaction_id=one.transaction_id,
            )


def write(lines: Iterable[SettlementLine], day: date, into: BinaryIO) -> None:
    """Write the lines of one day."""
    for line in lines:
        if line.at.date() == day:
            fields = {name: getattr(line, name) for name in SettlementLine.__slots__}
            text = json.dumps(fields | {"at": line.at.isoformat()})
            into.write(text.encode() + b"\n")


def read(file: BinaryIO) -> Iterator[SettlementLine]:
    """Yield the lines that were written."""
    for text in file:
        fields: dict[str, Any] = json.loads(text)
        yield SettlementLine(
            **fields
            | {
                "kind": SettlementKind(fields["kind"]),
                "at": datetime.fromisoformat(fields["at"]),
            }
        )
