"""How often one eUICC may ask: by its EID, once its certificate was verified.

Counted only then, nobody can use up the share of another's card. Each process counts for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

REMEMBERED_MAX = 10_000  # Ours: eUICCs; the one that came longest ago is forgotten first.
_MINUTE = 60.0


class EidLimit:
    """Admits each eUICC so many times a minute; 0: any number. May be used by several threads."""

    def __init__(self, *, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, eid: str) -> None:
        """Count a session of an eUICC. Raises RspRefusal(TEMPORARILY_UNAVAILABLE)."""
        if not self._per_minute:
            return
        now = self._clock()
        with self._lock:
            left, at = self._left.pop(eid, (float(self._per_minute), now))
            left = min(left + (now - at) * self._per_minute / _MINUTE, float(self._per_minute))
            self._left[eid] = (left - 1 if left >= 1 else left, now)
            while len(self._left) > REMEMBERED_MAX:
                self._left.popitem(last=False)
        if left < 1:
            raise RspRefusal(RspStatus.TEMPORARILY_UNAVAILABLE, "an eUICC that asks too often")
