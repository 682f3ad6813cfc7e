"""The cheapest plans of many, without living through each of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.advice.engine.assuming import BYTES_A_DAY, assumed_days
from limosa.domain.advice.engine.choosing import (
    RENEWALS_MAX,
    SLOWER_MAX,
    choose,
    is_worth_telling,
    least_minor,
)
from limosa.domain.advice.engine.replaying import DayUse, Terms, replay
from limosa.domain.shelf.engine.suiting import Use, suits
from limosa.foundation.money import CurrencyMismatchError, Money
from limosa.foundation.period import Validity, ValidityUnit

FIRST = date(2026, 2, 1)

validities = st.builds(Validity, st.integers(1, 40), st.just(ValidityUnit.DAY)) | st.builds(
    Validity, st.integers(1, 3), st.just(ValidityUnit.MONTH)
)
many_terms = st.lists(
    st.tuples(st.integers(1, 400), validities, st.none() | st.integers(1, 60), st.integers(1, 60)),
    max_size=12,
).map(
    lambda rows: [
        Terms(
            code=f"plan-{number}",
            price=Money(price, "KWD"),
            validity=validity,
            volume_bytes=volume,
            fast_bytes=fast if volume is None else 0,
        )
        for number, (price, validity, volume, fast) in enumerate(rows)
    ]
)
many_days = st.lists(st.integers(0, 9), max_size=70).map(
    lambda sizes: [
        DayUse(FIRST + timedelta(days=number), size) for number, size in enumerate(sizes) if size
    ]
)


@given(many_terms, many_days, st.integers(1, 4), st.integers(0, 3), st.integers(0, 20))
def test_it_is_what_living_through_all_of_them_gives(
    plans: list[Terms], days: list[DayUse], most: int, slow: int, renewals: int
) -> None:
    found = choose(plans, days, most=most, slow_days_max=slow, renewals_max=renewals)
    lived = [replay(plan, days) for plan in plans] if days else []
    all_of_them = [one for one in lived if one.count - 1 <= renewals]
    carried = [one for one in all_of_them if one.slow_days <= slow]
    carried.sort(key=lambda one: (one.cost.amount_minor, one.slow_days, one.count, one.terms.code))
    assert found.carried == carried[:most]
    least = carried[0].cost.amount_minor if carried else 10**9
    cheaper = [one for one in all_of_them if one.slow_days > slow and one.cost.amount_minor < least]
    assert len(found.slower) == min(len(cheaper), SLOWER_MAX)
    assert all(one in cheaper for one in found.slower)
    often = [one for one in lived if one not in all_of_them and one.slow_days <= slow]
    assert found.too_often == sum(one.cost.amount_minor < least for one in often)


@given(many_terms, many_days)
def test_no_plan_costs_less_than_its_least(plans: list[Terms], days: list[DayUse]) -> None:
    total = sum(day.used_bytes for day in days)
    for plan in plans:
        if days:
            least = least_minor(plan, total_bytes=total, days=len(days))
            assert least <= replay(plan, days).cost.amount_minor


def test_prices_in_two_currencies_are_never_compared() -> None:
    month = Validity(1, ValidityUnit.MONTH)
    plans = [
        Terms(code=code, price=Money(1, code), validity=month, volume_bytes=1)
        for code in ("USD", "EUR")
    ]
    with pytest.raises(CurrencyMismatchError):
        choose(plans, [DayUse(FIRST, 1)], most=3)


@pytest.mark.parametrize(
    ("cost", "before", "expected"),
    [(90, 100, True), (91, 100, False), (100, 100, False), (0, 0, False), (110, 100, False)],
)
def test_a_tenth_is_worth_telling(cost: int, before: int, *, expected: bool) -> None:
    assert is_worth_telling(Money(cost, "JPY"), instead_of=Money(before, "JPY")) is expected


@pytest.mark.parametrize("use", BYTES_A_DAY)
def test_what_is_assumed_is_what_plans_say_they_are_for(use: Use) -> None:
    """A plan with less than that a day is for a smaller use."""
    days = assumed_days(use, days=7, begins_on=FIRST)
    assert [day.day for day in days] == [FIRST + timedelta(days=number) for number in range(7)]
    week = Validity(7, ValidityUnit.DAY)
    total = sum(day.used_bytes for day in days)
    order = list(Use)
    found = suits(volume_bytes=total - 1, validity=week).use
    assert order.index(found) <= order.index(use)


def test_what_would_be_bought_again_and_again_is_no_advice() -> None:
    week, month = Validity(7, ValidityUnit.DAY), Validity(1, ValidityUnit.MONTH)
    small = Terms(code="small", price=Money(1, "USD"), validity=week, volume_bytes=10)
    large = Terms(code="large", price=Money(99, "USD"), validity=month, volume_bytes=1000)
    days = [DayUse(FIRST + timedelta(days=number), 10) for number in range(20)]
    found = choose([small, large], days, most=4)
    assert [one.terms.code for one in found.carried] == ["large"]
    assert found.too_often == 1
    assert RENEWALS_MAX < 19
    found = choose([small, large], days, most=4, renewals_max=19)
    assert [one.terms.code for one in found.carried] == ["small", "large"]
    assert found.too_often == 0
    assert choose([small], days, most=4).too_often == 1
