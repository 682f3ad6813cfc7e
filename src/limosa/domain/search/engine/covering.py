"""The cheapest plans that together reach several places."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

# With more places, the effort would grow beyond what a page may cost.
PLACES_MAX = 4


@dataclass(frozen=True, slots=True)
class Reach:
    """A plan's price, and which of the wanted places it reaches."""

    plan: str
    amount_minor: int
    places: frozenset[str]


def subsets(places: Iterable[str]) -> list[frozenset[str]]:
    """Return every set of some of the places, the smallest first."""
    every = sorted(set(places))
    return [
        frozenset(some) for count in range(1, len(every) + 1) for some in combinations(every, count)
    ]


def cheapest_set(places: Iterable[str], plans: Iterable[Reach]) -> tuple[Reach, ...] | None:
    """Return the plans that reach all places for the lowest sum; None if some place is out of
    reach, or if there are more than PLACES_MAX.

    Of equal sums the one with fewer plans. Exact as long as `plans` has the cheapest of those that
    reach each of the `subsets`.
    """
    wanted = frozenset(places)
    if not wanted or len(wanted) > PLACES_MAX:
        return None
    offers = sorted(plans, key=lambda one: (one.amount_minor, one.plan))
    best: dict[frozenset[str], tuple[Reach, ...]] = {frozenset(): ()}
    for some in subsets(wanted):
        possible = [
            (*best[some - offer.places], offer)
            for offer in offers
            if offer.places & some and some - offer.places in best
        ]
        if possible:
            best[some] = min(possible, key=_cost)
    return best.get(wanted)


def _cost(plans: tuple[Reach, ...]) -> tuple[int, int]:
    return sum(one.amount_minor for one in plans), len(plans)
