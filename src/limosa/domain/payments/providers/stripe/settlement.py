"""A day's settlement: Stripe's balance transactions as JSON lines, followed by their count.

Source: docs.stripe.com/api/balance_transactions, docs.stripe.com/reports/reporting-categories.
Payouts to the bank are left out: they change what Stripe owes us, and settle nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import BinaryIO

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.stripe import wire
from limosa.domain.payments.providers.stripe.refusals import Refusal
from limosa.domain.payments.status_reports import SettlementKind, SettlementLine
from limosa.foundation.money import Money

LINE_BYTES_MAX = 256 * 1024
END = "limosa.end"
PAYOUTS = frozenset({"payout", "payout_reversal"})
# By reporting category, which is stable when Stripe adds types; with the sign that each must have.
KINDS: Mapping[str, tuple[SettlementKind, int]] = {
    "charge": (SettlementKind.PAYMENT, 1),
    "refund": (SettlementKind.REFUND, -1),
    "refund_failure": (SettlementKind.REFUND_REVERSAL, 1),
    "dispute": (SettlementKind.DISPUTE, -1),
    "dispute_reversal": (SettlementKind.DISPUTE_REVERSAL, 1),
}


def midnight(day: date) -> int:
    """Return when a UTC day begins, in seconds since the epoch."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def write(rows: Iterable[wire.Fields], *, day: date, into: BinaryIO) -> None:
    """Write each transaction unchanged, and their number at the end."""
    count = 0
    for row in rows:
        into.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
        count += 1
    end = {"object": END, "day": day.isoformat(), "count": count}
    into.write(json.dumps(end).encode() + b"\n")


def read(file: BinaryIO) -> Iterator[SettlementLine]:
    """Yield the lines, in the currency that was charged.

    Raises MessageRefusedError (a RemoteProtocolError) if it is not in this format, or incomplete.
    """
    count = 0
    while row := file.readline(LINE_BYTES_MAX):
        fields = wire.read_object(row)
        if fields.get("object") == END:
            if fields.get("count") != count or file.readline(1):
                raise _malformed("count")
            return
        count += 1
        if fields.get("reporting_category") not in PAYOUTS:
            yield _line(fields)
    raise _malformed("no end")


def _line(row: wire.Fields) -> SettlementLine:
    category = wire.text(row, "reporting_category", wire.WORD)
    settled = _signed(row, "amount")
    kind, sign = KINDS.get(category, (SettlementKind.OTHER, 1))
    source = row.get("source")
    if kind is SettlementKind.OTHER or not isinstance(source, dict) or settled * sign < 0:
        return _other(row, settled)
    moved, counted = wire.money(source, "amount"), wire.amount(source, "amount")
    if settled and wire.currency(row) == moved.currency:
        # What moved, which may be a part: of a lost dispute, say, a part may be reinstated.
        counted = abs(settled)
        moved = Money(wire.minor(counted, moved.currency), moved.currency)
    fee = _fee_in(counted, fee=_signed(row, "fee"), settled=abs(settled))
    metadata = source.get("metadata")
    numbers = metadata if isinstance(metadata, dict) else {}
    return SettlementLine(
        kind=kind,
        reference=wire.read_id(source),
        amount_minor=moved.amount_minor,
        currency=moved.currency,
        at=wire.moment(row, "created"),
        payment_number=wire.text(numbers, "payment_number", wire.NUMBER, default=""),
        refund_number=wire.text(numbers, "refund_number", wire.NUMBER, default=""),
        transaction_id=wire.reference(source.get("payment_intent"), "payment_intent"),
        fee_minor=wire.minor(fee, moved.currency),
    )


def _other(row: wire.Fields, settled: int) -> SettlementLine:
    """Return a line that is neither payment nor refund nor dispute, in the currency of the balance.

    A fee on its own is an amount too: what we get is the net.
    """
    currency = wire.currency(row)
    return SettlementLine(
        kind=SettlementKind.OTHER,
        reference=wire.read_id(row),
        amount_minor=wire.minor(settled, currency),
        currency=currency,
        at=wire.moment(row, "created"),
        fee_minor=wire.minor(_signed(row, "fee"), currency),
    )


def _fee_in(counted: int, *, fee: int, settled: int) -> int:
    """Return the fee in the currency that was charged, rounded half away from zero.

    If the balance is in another currency, Stripe has converted the whole; the fee is the same share
    of both.
    """
    if settled in {0, counted}:
        return fee
    share = (2 * abs(fee) * counted + settled) // (2 * settled)
    return share if fee >= 0 else -share


def _signed(row: wire.Fields, name: str) -> int:
    value = row.get(name)
    if type(value) is not int or abs(value) > wire.AMOUNT_MAX:
        raise _malformed(name)
    return value


def _malformed(what: str) -> MessageRefusedError:
    return MessageRefusedError(Refusal.RESOURCE_MALFORMED, what)
