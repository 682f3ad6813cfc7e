"""The faults that a wire was told to make, and for how long.

A notification's fault is fixed when the notification is created and stored with it, so it survives
restarts; pending faults are kept only in memory.
"""

import threading
from collections import deque
from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from enum import StrEnum


class ReplyFaultKind(StrEnum):
    """Reply faults of every wire. A wire may support more: `Wire.reply_faults`."""

    SERVER_ERROR = "server_error"  # 500, and nothing was done
    SERVER_ERROR_AFTER = "server_error_after"  # 500, but it was done
    TIMEOUT = "timeout"  # no answer, and nothing was done
    TIMEOUT_AFTER = "timeout_after"  # no answer, but it was done
    MALFORMED = "malformed"  # done; the body is truncated


@dataclass(frozen=True, slots=True)
class NotificationFault:
    """The first `drop` attempts are not sent; `corrupt_times` attempts after them are corrupted
    (all if None); every attempt is sent 1 + `duplicate` times at once; the first one waits
    `delay_seconds` and, with `reorder`, until the next notification has been sent before it.

    `corrupt` is one of the wire's corruptions (`Wire.corruptions`).
    """

    duplicate: int = 0
    delay_seconds: float = 0.0
    reorder: bool = False
    drop: int = 0
    corrupt: str | None = None
    corrupt_times: int | None = None

    def corruption_of_attempt(self, attempt: int) -> str | None:
        """Return how an attempt (counted from 1) is corrupted, if it is."""
        last = None if self.corrupt_times is None else self.drop + self.corrupt_times
        return self.corrupt if last is None or attempt <= last else None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(
        cls, members: dict[str, object], *, corruptions: Collection[str] | None = None
    ) -> "NotificationFault":
        """Parse a fault. `corruptions` are the valid ones, if known.

        Raises ValueError for an unknown member, an unknown corruption, or a wrong type.
        """
        known = {field.name for field in fields(cls)}
        if unknown := set(members) - known:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {sorted(known)}")
        corrupt, times = members.get("corrupt"), members.get("corrupt_times")
        if corrupt is not None and corruptions is not None and corrupt not in corruptions:
            raise ValueError(f"corrupt: one of {', '.join(corruptions)}")
        return cls(
            duplicate=_whole(members.get("duplicate", 0)),
            delay_seconds=_seconds(members.get("delay_seconds", 0.0)),
            reorder=members.get("reorder", False) is True,
            drop=_whole(members.get("drop", 0)),
            corrupt=None if corrupt is None else str(corrupt),
            corrupt_times=None if times is None else _whole(times),
        )


@dataclass(frozen=True, slots=True)
class ReplyFault:
    """`kind` is a ReplyFaultKind or one of the wire's own; `operation` is one of the wire's calls,
    or any."""

    kind: str
    operation: str = "any"
    seconds: float = 30.0


class FaultPlan:
    """A wire's pending faults. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Clear them all."""
        with self._lock:
            self._next: deque[NotificationFault] = deque()
            self._all = NotificationFault()
            self._replies: list[ReplyFault] = []
            self._refund_outcomes: deque[str] = deque()

    def for_next_notifications(self, fault: NotificationFault, *, count: int) -> None:
        """Each of the next `count` new notifications gets the fault."""
        with self._lock:
            self._next.extend([fault] * count)

    def for_all_notifications(self, fault: NotificationFault) -> None:
        """Every new notification gets the fault, unless one is queued for it."""
        with self._lock:
            self._all = fault

    def for_next_replies(self, fault: ReplyFault, *, count: int) -> None:
        with self._lock:
            self._replies.extend([fault] * count)

    def for_next_refunds(self, outcome: str, *, count: int) -> None:
        with self._lock:
            self._refund_outcomes.extend([outcome] * count)

    def take_notification_fault(self) -> NotificationFault:
        with self._lock:
            return self._next.popleft() if self._next else self._all

    def take_reply_fault(self, operation: str) -> ReplyFault | None:
        with self._lock:
            for index, fault in enumerate(self._replies):
                if fault.operation in {"any", operation}:
                    return self._replies.pop(index)
            return None

    def take_refund_outcome(self) -> str | None:
        """Return how the next refund is to end; None if not specified."""
        with self._lock:
            return self._refund_outcomes.popleft() if self._refund_outcomes else None


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"not a whole number from 0: {value!r}")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"not a number of seconds: {value!r}")
    return float(value)
