"""How long an order at a supplier is left alone before it is sent or looked up again."""

from datetime import timedelta

# How long a supplier that is busy is waited for, where another could deliver.
ELSEWHERE_AFTER = timedelta(seconds=60)
_AGAIN_FIRST, _AGAIN_MOST = timedelta(seconds=5), timedelta(seconds=60)
_TOLD_MOST = timedelta(minutes=10)
# Most eSIMs are ready within half a minute, so the first lookups are close together.
_LOOKS = (
    (timedelta(seconds=20), timedelta(seconds=3)),
    (timedelta(minutes=2), timedelta(seconds=10)),
    (timedelta(minutes=15), timedelta(seconds=30)),
)
_LOOKS_AFTERWARDS = timedelta(minutes=10)


def pause_of(attempts: int, *, told: timedelta | None, has_another: bool) -> timedelta:
    """Return the pause before the next attempt: 5, 10, 20, 40, then 60 seconds; longer if the
    supplier told so, but no longer than an order can wait."""
    doublings = min(max(attempts - 1, 0), 4)
    own = min(_AGAIN_FIRST * (1 << doublings), _AGAIN_MOST)
    most = ELSEWHERE_AFTER if has_another else _TOLD_MOST
    return max(own, min(told or timedelta(0), most))


def look_after(asked_ago: timedelta) -> timedelta:
    """Return the pause before an order is looked up again that was sent so long ago."""
    return next((pause for until, pause in _LOOKS if asked_ago < until), _LOOKS_AFTERWARDS)
