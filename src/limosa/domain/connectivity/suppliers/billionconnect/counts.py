"""What BillionConnect counted on an eSIM (F012, F046). Pure. Volumes in KB of 1024 bytes; -1 stands
for "unlimited"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from limosa.domain.connectivity.answers import SupplierEsim, SupplierUsage
from limosa.domain.connectivity.capabilities import UsageUnit
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    as_parts,
    not_understood,
    read_decimal,
    read_optional_word,
    read_parts,
    read_word,
)
from limosa.domain.connectivity.suppliers.billionconnect.wire import read_time

UNUSED, RUNNING, ENDED, CANCELLED = "0", "1", "2", "3"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A plan on an eSIM. `number`: ours, `reference`: its own id of the order. In bytes; None: it
    does not say, or the plan is unlimited."""

    number: str
    reference: str
    status: str
    total_bytes: int | None
    left_bytes: int | None
    ends_at: datetime | None

    @property
    def used_bytes(self) -> int | None:
        """What was used of it; None: only its days tell."""
        if self.status == UNUSED:
            return 0
        if self.total_bytes is None or self.left_bytes is None:
            return None
        return max(self.total_bytes - self.left_bytes, 0)


def read_counts(data: Any) -> list[Count]:
    """Return the plans on an eSIM, of all its orders (F012)."""
    return [
        _count(order, part)
        for order in as_parts(data, "tradeData")
        for part in read_parts(order, "subOrderList")
    ]


def one_to_tell(counts: Sequence[Count]) -> Count | None:
    """Return the plan that a reading is of: the one that runs, or waits, or else ended last."""
    for status in (RUNNING, UNUSED):
        if found := [count for count in counts if count.status == status]:
            return found[0]
    ended = [count for count in counts if count.status == ENDED]
    return max(ended, key=lambda count: count.ends_at or _LONG_AGO, default=None)


def read_days(data: Any, reference: str) -> int | None:
    """Return what was used on all days of an order (F046), in bytes; None: it does not say."""
    order = as_object(data, "tradeData")
    if read_word(order, "orderId") != reference:
        raise not_understood("orderId")
    parts = read_parts(order, "subOrderList")
    days = [day for part in parts for day in read_parts(part, "usageInfoList")]
    if not days:
        return None
    return sum(_day(day) for day in days)


def usage(
    esim: SupplierEsim, count: Count, *, used_bytes: int | None, now: datetime
) -> SupplierUsage:
    """Return a reading. It does not tell when it counted."""
    return SupplierUsage(
        esim=esim,
        as_of=now,
        used_bytes=used_bytes,
        total_bytes=count.total_bytes,
        ends_at=count.ends_at,
    )


def _count(order: Fields, part: Fields) -> Count:
    status = read_word(part, "planStatus")
    if status not in {UNUSED, RUNNING, ENDED, CANCELLED}:
        raise not_understood("planStatus")
    return Count(
        number=read_optional_word(order, "channelOrderId"),
        reference=read_word(order, "orderId"),
        status=status,
        total_bytes=_volume(part, "totalTraffic"),
        left_bytes=_volume(part, "remainingTraffic"),
        ends_at=read_time(read_optional_word(part, "planEndTime")),
    )


def _volume(part: Fields, name: str) -> int | None:
    number = read_decimal(part, name)
    return None if number is None or number < 0 else to_bytes(number)


def to_bytes(kilobytes: Decimal) -> int:
    """Return a volume that is told in KB. Its own samples call 307200 of them 300 MB."""
    return int(kilobytes * UsageUnit.KIB)


def _day(day: Fields) -> int:
    # Its documents spell the member in two ways.
    amount = read_decimal(day, "useageAmt" if "useageAmt" in day else "usageAmt")
    if amount is None or amount < 0:
        raise not_understood("useageAmt")
    return to_bytes(amount)
