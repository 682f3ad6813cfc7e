"""Of the promotions that meet at a price one counts, and a tenth of the price is always left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.promotions.engine.stacking import (
    Gift,
    best,
    discount_minor,
    most_off_minor,
    worth_minor,
)
from limosa.foundation.volume import GB

prices = st.integers(min_value=1, max_value=10**12)
volumes = st.one_of(st.none(), st.integers(min_value=1, max_value=10**15))


@st.composite
def gifts(draw: st.DrawFn) -> Gift:
    kind = draw(st.sampled_from(["percent_off", "amount_off_minor", "bonus_bytes"]))
    most = {"percent_off": 90, "amount_off_minor": 10**13, "bonus_bytes": 10**14}[kind]
    return Gift(
        code=draw(st.text("abc", min_size=1, max_size=3)),
        needs_code=draw(st.booleans()),
        **{kind: draw(st.integers(1, most))},
    )


@given(prices, gifts())
def test_a_tenth_of_the_price_is_always_left(price_minor: int, gift: Gift) -> None:
    off = discount_minor(gift, price_minor=price_minor)
    assert 0 <= off < price_minor
    assert 10 * (price_minor - off) >= price_minor


@given(prices, st.integers(min_value=0, max_value=90))
def test_a_percentage_is_at_most_one_minor_unit_below_the_exact(price: int, percent: int) -> None:
    off = discount_minor(Gift(code="p", percent_off=percent), price_minor=price)
    assert 0 <= price * percent - 100 * off < 100


@given(prices, volumes, st.lists(gifts(), max_size=6), gifts())
def test_another_promotion_never_makes_it_worse(
    price: int, volume: int | None, some: list[Gift], another: Gift
) -> None:
    def worth(gift: Gift | None) -> int:
        return worth_minor(gift, price_minor=price, volume_bytes=volume) if gift else 0

    few = worth(best(some, price_minor=price, volume_bytes=volume))
    more = worth(best([*some, another], price_minor=price, volume_bytes=volume))
    assert more == max(few, worth(another))


@given(prices, volumes, st.lists(gifts(), max_size=6), st.data())
def test_the_order_in_which_they_come_changes_nothing(
    price: int, volume: int | None, some: list[Gift], data: st.DataObject
) -> None:
    found = best(some, price_minor=price, volume_bytes=volume)
    shuffled = data.draw(st.permutations(some))
    assert best(shuffled, price_minor=price, volume_bytes=volume) == found


@given(prices, volumes, st.lists(gifts(), max_size=6))
def test_no_code_is_used_where_everybody_gets_as_much(
    price: int, volume: int | None, some: list[Gift]
) -> None:
    found = best(some, price_minor=price, volume_bytes=volume)
    if found is not None and found.needs_code:
        worth = worth_minor(found, price_minor=price, volume_bytes=volume)
        others = [one for one in some if not one.needs_code]
        assert all(
            worth_minor(one, price_minor=price, volume_bytes=volume) < worth for one in others
        )


@pytest.mark.parametrize(
    ("price_minor", "gift", "expected"),
    [
        (2500, {"percent_off": 20}, 500),
        (2499, {"percent_off": 15}, 374),
        (1, {"percent_off": 90}, 0),
        (2500, {"amount_off_minor": 500}, 500),
        (2500, {"amount_off_minor": 2500}, 2250),
        (999, {"amount_off_minor": 1000}, 899),
        (999, {"bonus_bytes": 5}, 0),
    ],
)
def test_a_discount_is_rounded_down(price_minor: int, gift: dict[str, int], expected: int) -> None:
    assert discount_minor(Gift(code="g", **gift), price_minor=price_minor) == expected  # type: ignore[arg-type]


def test_the_most_that_is_taken_off_leaves_a_tenth_rounded_up() -> None:
    assert [most_off_minor(price) for price in (1, 10, 11, 2500)] == [0, 9, 9, 2250]


@pytest.mark.parametrize(
    ("volume_bytes", "gift", "expected"),
    [
        (60 * GB, {"bonus_bytes": 10 * GB}, 1000),
        (60 * GB, {"percent_off": 10}, 600),
        (None, {"percent_off": 10}, 600),
        (None, {"bonus_bytes": 10 * GB}, 0),
    ],
)
def test_a_promotion_is_worth(
    volume_bytes: int | None, gift: dict[str, int], expected: int
) -> None:
    found = worth_minor(
        Gift(code="g", **gift),  # type: ignore[arg-type]
        price_minor=6000,
        volume_bytes=volume_bytes,
    )
    assert found == expected


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([], None),
        ([Gift(code="a", percent_off=10), Gift(code="b", percent_off=20)], "b"),
        ([Gift(code="a", bonus_bytes=6 * GB), Gift(code="b", percent_off=10)], "b"),
        ([Gift(code="a", amount_off_minor=600), Gift(code="b", percent_off=10)], "b"),
        ([Gift(code="a", bonus_bytes=6 * GB), Gift(code="b", amount_off_minor=600)], "b"),
        ([Gift(code="b", percent_off=10), Gift(code="a", percent_off=10)], "a"),
        ([Gift(code="a", percent_off=30, needs_code=True), Gift(code="b", percent_off=20)], "a"),
        ([Gift(code="a", percent_off=20, needs_code=True), Gift(code="b", percent_off=20)], "b"),
    ],
)
def test_the_one_worth_most_counts(some: list[Gift], expected: str | None) -> None:
    found = best(some, price_minor=6000, volume_bytes=60 * GB)
    assert (found.code if found else None) == expected
