"""A clock that runs faster than ours, the same in all processes of this machine."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FastClock:
    """At START when the machine's monotonic clock is at `began_at`, and `speed` times as fast."""

    began_at: float
    speed: float

    def now(self) -> datetime:
        """Return its time."""
        return START + timedelta(seconds=(time.monotonic() - self.began_at) * self.speed)

    def pause(self, seconds: float) -> None:
        """Sleep so many of its seconds."""
        time.sleep(seconds / self.speed)
