"""What a promotion takes off, and what it is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.promotions.engine.discount import discount_minor, worth_minor
from limosa.foundation.volume import GB

prices = st.integers(min_value=1, max_value=10**12)


@given(prices, st.integers(min_value=0, max_value=90))
def test_something_is_always_left_to_pay(price_minor: int, percent_off: int) -> None:
    assert 0 <= discount_minor(price_minor, percent_off) < price_minor


@given(prices, st.integers(min_value=0, max_value=90))
def test_a_discount_is_at_most_one_minor_unit_below_the_exact(price: int, percent: int) -> None:
    exact_hundredths = price * percent
    assert 0 <= exact_hundredths - 100 * discount_minor(price, percent) < 100


@pytest.mark.parametrize(
    ("price_minor", "percent_off", "expected"),
    [(2500, 20, 500), (2499, 15, 374), (1, 90, 0), (999, 0, 0)],
)
def test_a_discount_is_rounded_down(price_minor: int, percent_off: int, expected: int) -> None:
    assert discount_minor(price_minor, percent_off) == expected


@pytest.mark.parametrize(
    ("volume_bytes", "percent_off", "bonus_bytes", "expected"),
    [
        (60 * GB, 0, 10 * GB, 1000),
        (60 * GB, 10, 0, 600),
        (None, 10, 0, 600),
        (None, 0, 10 * GB, 0),
    ],
)
def test_a_promotion_is_worth(
    volume_bytes: int | None, percent_off: int, bonus_bytes: int, expected: int
) -> None:
    assert expected == worth_minor(
        price_minor=6000,
        volume_bytes=volume_bytes,
        percent_off=percent_off,
        bonus_bytes=bonus_bytes,
    )
