"""What days of use cost with a plan: against every other choice of days to buy on."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.advice.engine.replaying import (
    Cause,
    DayUse,
    Purchase,
    Terms,
    replay,
    whole_until,
)
from limosa.foundation.money import Money
from limosa.foundation.period import Validity, ValidityUnit

FIRST = date(2026, 1, 30)
HORIZON = 6


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def used(*sizes: int) -> list[DayUse]:
    """Return days with use; a zero is a day without."""
    return [DayUse(on(number), size) for number, size in enumerate(sizes) if size]


def terms(volume: int | None = 10, *, days: int = 3, price: int = 700, fast: int = 0) -> Terms:
    return Terms(
        code="plan",
        price=Money(price, "USD"),
        validity=Validity(days, ValidityUnit.DAY),
        volume_bytes=volume,
        fast_bytes=fast,
    )


def carries(bought_on: Sequence[int], sizes: Sequence[int], *, volume: int, days: int) -> bool:
    """Whether plans bought on these days give all that is used, from whichever ends first.

    Written apart from the rule: it looks at every plan on every day.
    """
    left = [[begin, volume] for begin in sorted(bought_on)]
    for day, size in enumerate(sizes):
        wanted = size
        for one in left:
            if one[0] <= day < one[0] + days:
                taken = min(wanted, one[1])
                one[1] -= taken
                wanted -= taken
        if wanted:
            return False
    return True


def fewest(sizes: Sequence[int], *, volume: int, days: int) -> int:
    """Return how many plans are needed at least, over all choices of days to buy them on."""
    most = sum(-(-size // volume) for size in sizes)
    for count in range(most + 1):
        for choice in combinations_with_replacement(range(len(sizes)), count):
            if carries(choice, sizes, volume=volume, days=days):
                return count
    raise AssertionError


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=HORIZON),
    st.integers(3, 12),
    st.integers(1, HORIZON),
    st.sampled_from([("JPY", 700), ("USD", 2599), ("KWD", 1234)]),
)
def test_no_other_choice_of_days_costs_less(
    sizes: list[int], volume: int, days: int, price: tuple[str, int]
) -> None:
    currency, amount = price
    plan = Terms(
        code="plan",
        price=Money(amount, currency),
        validity=Validity(days, ValidityUnit.DAY),
        volume_bytes=volume,
    )
    needed = fewest(sizes, volume=volume, days=days)
    assert replay(plan, used(*sizes)).cost == Money(needed * amount, currency)


@given(
    st.lists(st.integers(0, 9), max_size=60),
    st.one_of(st.none(), st.integers(1, 30)),
    st.integers(1, 40),
    st.integers(0, 30),
)
def test_day_by_day_it_is_the_same(
    sizes: list[int], volume: int | None, days: int, fast: int
) -> None:
    """Against a counter that is moved one byte at a time."""
    running, left, bought, slow = 0, 0, 0, 0
    for size in sizes:
        is_slow = False
        for _byte in range(size):
            if running <= 0 or (volume is not None and left == 0):
                bought, running, left = bought + 1, days, fast if volume is None else volume
            if left:
                left -= 1
            else:
                is_slow = True
        slow += is_slow
        running -= 1
    found = replay(terms(volume, days=days, fast=fast), used(*sizes))
    assert (found.count, found.slow_days) == (bought, slow)
    if volume is not None:
        assert found.left_bytes == (0 if not bought else left)
    first = 1 if bought else 0
    assert found.count == first + found.ended + found.used_up


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((4, 4, 4), [(0, 3, 1, Cause.FIRST), (2, 5, 1, Cause.USED_UP)]),
        ((4, 0, 0, 4), [(0, 3, 1, Cause.FIRST), (3, 6, 1, Cause.ENDED)]),
        ((10, 0, 0, 4), [(0, 3, 1, Cause.FIRST), (3, 6, 1, Cause.USED_UP)]),
        ((25, 5, 1), [(0, 3, 3, Cause.FIRST), (2, 5, 1, Cause.USED_UP)]),
        ((0, 0, 1), [(2, 5, 1, Cause.FIRST)]),
        ((), []),
    ],
)
def test_it_is_bought_when_data_is_needed_and_none_is_there(
    sizes: tuple[int, ...], expected: list[tuple[int, int, int, Cause]]
) -> None:
    purchases = replay(terms(), used(*sizes)).purchases
    assert list(purchases) == [
        Purchase(on(day), on(end), count, cause) for day, end, count, cause in expected
    ]


def test_unlimited_data_is_slow_beyond_its_fair_use_until_the_next_one() -> None:
    found = replay(terms(None, fast=10), used(6, 4, 1, 3, 20))
    assert [purchase.day for purchase in found.purchases] == [on(0), on(3)]
    assert (found.slow_days, found.ended, found.used_up, found.left_bytes) == (2, 1, 0, None)


def test_a_month_is_a_month_of_the_calendar() -> None:
    plan = Terms(
        code="plan",
        price=Money(1, "USD"),
        validity=Validity(1, ValidityUnit.MONTH),
        volume_bytes=100,
    )
    assert replay(plan, used(1)).ends_on == date(2026, 2, 28)


def plans_end(sizes: tuple[int, ...], until: int) -> date:
    return whole_until(replay(terms(), used(*sizes)), on(until))


def test_only_whole_plans_are_counted() -> None:
    assert plans_end((4, 0, 0, 4), 5) == on(3)
    assert plans_end((4, 0, 0, 4), 6) == on(6)
    assert plans_end((4, 0, 0, 10), 5) == on(5)
    assert plans_end((), 5) == on(5)
