"""The cheapest plans that together reach several places."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.search.engine.covering import PLACES_MAX, Reach, cheapest_set, subsets

PLACES = ["CA", "JP", "MX", "US"]
PLANS = st.lists(
    st.builds(
        lambda amount, places: (amount, frozenset(places)),
        st.integers(1, 50),
        st.sets(st.sampled_from([*PLACES, "FR"]), min_size=1),
    ),
    max_size=8,
).map(lambda rows: [Reach(f"plan-{n}", amount, of) for n, (amount, of) in enumerate(rows)])


def by_trying_all(places: set[str], plans: list[Reach]) -> tuple[int, int] | None:
    sums = [
        (sum(one.amount_minor for one in some), len(some))
        for count in range(1, len(plans) + 1)
        for some in combinations(plans, count)
        if places <= frozenset().union(*(one.places for one in some))
    ]
    return min(sums, default=None)


@given(st.sets(st.sampled_from(PLACES), min_size=1), PLANS)
def test_the_set_is_the_cheapest_there_is(places: set[str], plans: list[Reach]) -> None:
    found = cheapest_set(places, plans)
    told = None if found is None else (sum(one.amount_minor for one in found), len(found))
    assert told == by_trying_all(places, plans)
    assert found is None or len(set(found)) == len(found)


@given(st.sets(st.sampled_from(PLACES), min_size=1), PLANS)
def test_the_cheapest_for_each_subset_are_enough(places: set[str], plans: list[Reach]) -> None:
    enough = []
    for some in subsets(places):
        reaching = [one for one in plans if some <= one.places]
        enough += sorted(reaching, key=lambda one: (one.amount_minor, one.plan))[:1]
    fewer, every = cheapest_set(places, enough), cheapest_set(places, plans)
    assert (fewer is None) == (every is None)
    if fewer and every:
        assert sum(one.amount_minor for one in fewer) == sum(one.amount_minor for one in every)


def test_more_places_than_can_be_tried_have_no_answer() -> None:
    every = Reach("all", 1, frozenset("ABCDE"))
    assert cheapest_set("ABCDE", [every]) is None
    assert cheapest_set("ABCDE"[:PLACES_MAX], [every]) == (every,)
    assert cheapest_set([], [every]) is None
