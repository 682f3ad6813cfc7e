"""Ratings of one carrier and place that others show to be planted: rings and bursts.

A ring is people who share a device or a payment method, or whose accounts were made within days
and share an address or a card's last digits. Of two such people the first counts, as of a couple
with one card; of three or more none does. The address from which a rating is given makes no ring:
the eSIMs that are rated lead many travellers through the same few.

A burst is more ratings in an hour, or a day, than people give by themselves, from one address or
by new accounts. None of its ratings counts. What may come at once grows with what has come before.

Of one account the newest rating counts, so that nobody outvotes others by buying often. Staff may
release a rating from a ring or a burst. Times are those at which a rating was first given: to
change one moves nothing.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from limosa.domain.ratings.engine.standing import Standing

RING_LEAST = 3
MADE_TOGETHER = timedelta(days=7)
NEW_ACCOUNT = timedelta(days=7)
# Within so long no more than so many, or that share of what counted before.
WINDOWS = ((timedelta(hours=1), 5, 20), (timedelta(days=1), 20, 5))


class MarkKind(StrEnum):
    """What two accounts may have in common. CARD: what a saved card is shown as, which many share
    by chance. ADDRESS: from which their people signed in before the bundle was used."""

    DEVICE = "device"
    METHOD = "method"
    CARD = "card"
    ADDRESS = "address"


# These join only accounts that were made within days of each other.
_WEAK = frozenset({MarkKind.CARD, MarkKind.ADDRESS})


@dataclass(frozen=True, slots=True)
class Mark:
    """Something of a rating's writer, as a digest."""

    kind: MarkKind
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A rating that counts as far as it goes by itself. `address`: a digest of the one from which
    it was given; empty: not known."""

    rating: int
    account: int
    account_made_at: datetime
    at: datetime
    address: str
    marks: frozenset[Mark] = frozenset()
    is_released: bool = False


def held_back(ratings: Iterable[Given]) -> dict[int, Standing]:
    """Return the ratings of a carrier and place that do not count, and why."""
    ordered = sorted(ratings, key=lambda one: (one.at, one.rating))
    held = dict.fromkeys(_repeated(ordered), Standing.REPEATED)
    left = [one for one in ordered if one.rating not in held]
    held |= dict.fromkeys(_in_rings(left), Standing.RING)
    left = [one for one in left if one.rating not in held]
    return held | dict.fromkeys(_in_bursts(left), Standing.BURST)


def _repeated(ordered: Sequence[Given]) -> Iterator[int]:
    newest = {one.account: one.rating for one in ordered}
    return (one.rating for one in ordered if newest[one.account] != one.rating)


def _in_rings(ordered: Sequence[Given]) -> Iterator[int]:
    """Yield the ratings of rings; each account has one here."""
    ring_of = _rings(ordered)
    members: dict[int, list[Given]] = defaultdict(list)
    for one in ordered:
        members[ring_of[one.rating]].append(one)
    for ring in members.values():
        held = ring if len(ring) >= RING_LEAST else ring[1:]
        yield from (one.rating for one in held if not one.is_released)


def _rings(ordered: Sequence[Given]) -> dict[int, int]:
    """Return for each rating a name of its ring, which is one of its ratings."""
    above = {one.rating: one.rating for one in ordered}

    def top(rating: int) -> int:
        while above[rating] != rating:
            above[rating] = above[above[rating]]
            rating = above[rating]
        return rating

    for one, other in _linked(ordered):
        above[top(other.rating)] = top(one.rating)
    return {one.rating: top(one.rating) for one in ordered}


def _linked(ordered: Sequence[Given]) -> Iterator[tuple[Given, Given]]:
    """Yield enough pairs to join every ring: of those with a mark in common, neighbours."""
    sharing: dict[Mark, list[Given]] = defaultdict(list)
    for one in ordered:
        for mark in one.marks:
            sharing[mark].append(one)
    for mark, ones in sharing.items():
        if mark.kind not in _WEAK:
            yield from pairwise(ones)
            continue
        by_making = sorted(ones, key=lambda one: (one.account_made_at, one.rating))
        for one, other in pairwise(by_making):
            if other.account_made_at - one.account_made_at <= MADE_TOGETHER:
                yield one, other


def _in_bursts(ordered: Sequence[Given]) -> set[int]:
    held: set[int] = set()
    for window in WINDOWS:
        for group in _groups(ordered):
            _hold_dense(group, ordered, window, held)
    return held


def _groups(ordered: Sequence[Given]) -> Iterator[list[Given]]:
    """Yield what may be one person's doing: from one address, and by new accounts."""
    by_address: dict[str, list[Given]] = defaultdict(list)
    for one in ordered:
        if one.address and not one.is_released:
            by_address[one.address].append(one)
    yield from by_address.values()
    yield [
        one for one in ordered if not one.is_released and one.at - one.account_made_at < NEW_ACCOUNT
    ]


def _hold_dense(
    group: Sequence[Given],
    ordered: Sequence[Given],
    window: tuple[timedelta, int, int],
    held: set[int],
) -> None:
    """Add to `held` the ratings of a group in each window that has more than it may.

    What is held does not count as having come before, or a burst would make room for the next.
    """
    length, most, part = window
    if len(group) <= most:
        return  # As nearly all are: one address, one rating.
    times = [one.at for one in ordered]
    times_held = [one.at for one in ordered if one.rating in held]
    first = 0
    for last, one in enumerate(group):
        while one.at - group[first].at > length:
            first += 1
        dense = group[first : last + 1]
        if len(dense) <= most:
            continue
        begun = dense[0].at
        before = bisect_left(times, begun) - bisect_left(times_held, begun)
        if len(dense) > max(most, before // part):
            for found in dense:
                if found.rating not in held:
                    held.add(found.rating)
                    insort(times_held, found.at)
