"""Turns a provider's settlement file into table rows."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import BinaryIO

from limosa.domain.payments.models import Settlement
from limosa.domain.payments.status_reports import SettlementLine
from limosa.foundation.errors import RemoteProtocolError

# Called with (step, unit, done, total).
Report = Callable[[str, str, int, int], None]
COLUMNS = (
    "position",
    "kind",
    "reference",
    "amount_minor",
    "currency",
    "fee_minor",
    "at",
    "payment_number",
    "refund_number",
    "transaction_id",
)
_LENGTHS = {"reference": 80, "currency": 3, "payment_number": 32, "refund_number": 32}
_TRANSACTION_LENGTH = 64
_LINES_PER_REPORT = 1_000

Row = tuple[int, str, str, int, str, int, object, str, str, str]


def silent(_step: str, _unit: str, _done: int, _total: int) -> None:
    """Report nothing."""


def settlement_of(*, provider: str, day: date) -> Settlement:
    """Return the locked row of a day. Raises Settlement.DoesNotExist."""
    return Settlement.objects.select_for_update().get(provider=provider, day=day)


def rows(lines: Iterable[SettlementLine], file: BinaryIO, report: Report) -> Iterator[Row]:
    """Yield the values of COLUMNS for each line. Raises RemoteProtocolError for invalid ones."""
    size = file.seek(0, 2)
    file.seek(0)
    for position, line in enumerate(lines, start=1):
        _check(line)
        yield (
            position,
            line.kind.value,
            line.reference,
            line.amount_minor,
            line.currency,
            line.fee_minor,
            line.at,
            line.payment_number,
            line.refund_number,
            line.transaction_id,
        )
        if position % _LINES_PER_REPORT == 0 and not file.closed:
            report("reading the settlement", "bytes", min(file.tell(), size), size)
    report("reading the settlement", "bytes", size, size)


def _check(line: SettlementLine) -> None:
    too_long = [
        name for name, length in _LENGTHS.items() if len(getattr(line, name)) > length
    ] or len(line.transaction_id) > _TRANSACTION_LENGTH
    texts = (line.reference, line.payment_number, line.refund_number, line.transaction_id)
    if too_long or not line.reference or any("\0" in text for text in texts):
        raise RemoteProtocolError(f"a line that can't be kept: {line.kind} {line.reference[:80]!r}")
