"""What a wholesaler was told to do wrong at its next calls. Kept in memory only."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

PURCHASES = frozenset({"order", "renew"})
PURCHASE, ANY = "purchase", "any"
SECONDS, COUNT_MAX = 30.0, 10_000


class FaultKind(StrEnum):
    """What can go wrong. The first three are of purchases, the last three of new callbacks."""

    OUT_OF_STOCK = "out_of_stock"
    PRICE_CHANGED = "price_changed"  # The plan costs a tenth more from then on.
    CREDIT_USED_UP = "credit_used_up"
    MAINTENANCE = "maintenance"
    BUSY = "busy"
    TOO_MANY = "too_many"  # Calls: it takes none for some seconds, and says how many.
    TIMEOUT = "timeout"  # No answer, and nothing was done.
    TIMEOUT_AFTER = "timeout_after"  # No answer, but it was done.
    SLOW = "slow"
    GARBAGE = "garbage"  # Done; the answer is a page of some proxy.
    ICCID_REUSED = "iccid_reused"  # The new eSIM has the ICCID of one that is gone.
    CALLBACK_LOST = "callback_lost"
    CALLBACK_TWICE = "callback_twice"
    CALLBACK_LATE = "callback_late"


ABOUT_CALLBACKS = frozenset(
    {FaultKind.CALLBACK_LOST, FaultKind.CALLBACK_TWICE, FaultKind.CALLBACK_LATE}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`operation`: a call of the wire, `purchase` (an order or a renewal), or `any`. `seconds`: of
    a silence, of slowness, to be waited, or by which a callback is late."""

    kind: FaultKind
    operation: str = PURCHASE
    seconds: float = SECONDS

    def is_of(self, operation: str) -> bool:
        """Whether a call has it."""
        if self.operation == PURCHASE:
            return operation in PURCHASES
        return self.operation in (ANY, operation)


class FaultPlan:
    """A wholesaler's pending faults, the oldest first. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []

    def add(self, fault: Fault, *, count: int) -> None:
        """Have it happen `count` times."""
        with self._lock:
            self._pending.extend([fault] * count)

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def pending(self) -> list[Fault]:
        with self._lock:
            return list(self._pending)

    def take_for_call(self, operation: str) -> Fault | None:
        """Return the fault of a call, which is then no longer pending."""
        return self._take(
            one
            for one in self.pending()
            if one.kind not in ABOUT_CALLBACKS
            and one.kind is not FaultKind.ICCID_REUSED
            and one.is_of(operation)
        )

    def take_for_callback(self) -> Fault | None:
        return self._take(one for one in self.pending() if one.kind in ABOUT_CALLBACKS)

    def take(self, kind: FaultKind) -> Fault | None:
        return self._take(one for one in self.pending() if one.kind is kind)

    def _take(self, fitting: Iterable[Fault]) -> Fault | None:
        found = next(iter(fitting), None)
        with self._lock:
            if found is None or found not in self._pending:
                return None
            self._pending.remove(found)
            return found
