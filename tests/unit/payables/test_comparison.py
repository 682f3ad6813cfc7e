"""A supplier's statement against our books, about one order: what differs, and what settles it."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payables.engine.comparison import (
    ChargeProblem,
    Compared,
    differences,
    may_still_come,
    ours_in,
    theirs_in,
)
from limosa.foundation.money import Money

CURRENCIES = ("USD", "EUR")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def side(lines: list[int], *, cost: int | None = 810, credit: int | None = None) -> Compared:
    return Compared(
        is_ours=True,
        lines=tuple(usd(minor) for minor in lines),
        cost=None if cost is None else usd(cost),
        credit=None if credit is None else usd(credit),
    )


STORIES: dict[str, tuple[Compared, list[tuple[str, int]]]] = {
    "charged as booked": (side([810]), []),
    "charged, given back, and booked back": (side([810, -810], credit=810), []),
    "never charged, since it was cancelled": (side([], credit=810), []),
    "off by a cent": (side([811]), [("rounding", 1)]),
    "off by two cents": (side([812]), [("amount", 2)]),
    "cheaper": (side([700]), [("amount", -110)]),
    "charged twice": (side([810, 810]), [("twice", 810)]),
    "charged twice, a cent each": (side([1, 1], cost=1), [("twice", 1)]),
    "charged twice, and one given back": (side([810, 810, -810]), []),
    "never charged": (side([]), [("not_charged", -810)]),
    "no cost was booked": (side([810], cost=None), [("not_booked", 810)]),
    "given back, not booked back": (side([810, -810]), [("credit_not_booked", -810)]),
    "booked back, not given back": (side([810], credit=810), [("not_credited", 810)]),
    "given back a cent, not booked back": (side([1, -1], cost=1), [("credit_not_booked", -1)]),
    "in another currency": (
        Compared(is_ours=True, lines=(Money(750, "EUR"),), cost=usd(810)),
        [("currency", 750), ("currency", -810)],
    ),
    "not ours": (Compared(is_ours=False, lines=(usd(5),)), [("unknown", 5)]),
    "not ours, and booked": (
        Compared(is_ours=False, lines=(usd(5),), corrected={"USD": 5}),
        [],
    ),
    "not ours, booked, and found to be ours": (
        Compared(is_ours=False, corrected={"USD": 5}),
        [("explained", -5)],
    ),
    "not charged yet": (replace(side([]), is_due=False), []),
    "not given back yet": (replace(side([810], credit=810), is_due=False), []),
    "wrong at once": (replace(side([900]), is_due=False), [("amount", 90)]),
}


@pytest.mark.parametrize(("compared", "found"), STORIES.values(), ids=STORIES)
def test_what_differs(compared: Compared, found: list[tuple[str, int]]) -> None:
    said = [(one.problem.value, one.delta_minor) for one in differences(compared)]
    assert said == found


money = st.builds(Money, st.integers(-2000, 2000), st.sampled_from(CURRENCIES))
paid = st.builds(Money, st.integers(1, 2000), st.sampled_from(CURRENCIES))


@st.composite
def compareds(draw: st.DrawFn) -> Compared:
    is_ours = draw(st.booleans())
    cost = draw(st.none() | paid) if is_ours else None
    return Compared(
        is_ours=is_ours,
        lines=tuple(draw(st.lists(money, max_size=5))),
        cost=cost,
        credit=cost if cost and draw(st.booleans()) else None,
        corrected=draw(st.dictionaries(st.sampled_from(CURRENCIES), st.integers(-99, 99))),
        is_due=draw(st.booleans()),
    )


def settled(compared: Compared) -> Compared:
    """Return it once each difference is agreed to."""
    corrected = defaultdict(int, compared.corrected)
    for one in differences(compared):
        corrected[one.currency] += one.delta_minor
    return replace(compared, corrected=dict(corrected))


@given(st.lists(compareds(), max_size=8))
def test_once_all_is_resolved_the_account_equals_the_statement(sides: list[Compared]) -> None:
    due = [replace(one, is_due=True) for one in sides]
    after = [settled(one) for one in due]
    assert [found for one in after for found in differences(one)] == []
    for currency in CURRENCIES:
        ours = sum(ours_in(one, currency) for one in after)
        assert ours == sum(theirs_in(one, currency) for one in due)


@given(compareds())
def test_what_agrees_is_not_told_and_what_differs_is(compared: Compared) -> None:
    found = {one.currency for one in differences(compared)}
    differ = {c for c in CURRENCIES if theirs_in(compared, c) != ours_in(compared, c)}
    assert found == (set() if may_still_come(compared) else differ)


@given(compareds(), st.randoms())
def test_the_order_of_lines_does_not_matter(compared: Compared, random: object) -> None:
    lines = list(compared.lines)
    random.shuffle(lines)  # type: ignore[attr-defined]
    assert differences(replace(compared, lines=tuple(lines))) == differences(compared)


@given(compareds())
def test_a_rounding_is_a_rounding(compared: Compared) -> None:
    for one in differences(compared):
        if one.problem is ChargeProblem.ROUNDING:
            assert abs(one.delta_minor) == 1
            assert len([line for line in compared.lines if line.amount_minor > 0]) == 1
