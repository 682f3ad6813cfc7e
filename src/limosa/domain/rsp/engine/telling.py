"""When an operator is told again what did not arrive."""

from datetime import timedelta
from enum import StrEnum

# Of jobs that only a worker does which knows where operators are told.
PROGRESS_QUEUE = "progress"
# Longer than any call takes, so that no second worker tells the same at the same time.
LEASE = timedelta(seconds=90)
# By then it is no news: the operator has asked its people, or ours.
GIVEN_UP_AFTER = timedelta(days=7)
# After that time, any worker gives up what none has an address for: each has its own settings.
UNADDRESSED_GIVEN_UP_AFTER = GIVEN_UP_AFTER + timedelta(minutes=10)
_AGAIN_FIRST, _AGAIN_MOST = timedelta(seconds=5), timedelta(hours=1)
_DOUBLINGS_MAX = 10


class Telling(StrEnum):
    """What became of an attempt."""

    TOLD = "told"
    IN_VAIN = "in_vain"


def pause_after(attempts: int) -> timedelta:
    """Return the pause after so many attempts in vain: 5 seconds, twice as long each time, and at
    most an hour."""
    doublings = min(max(attempts - 1, 0), _DOUBLINGS_MAX)
    return min(_AGAIN_FIRST * (1 << doublings), _AGAIN_MOST)
