"""A rate between two currencies, by way of the euro."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine.exchange import cross_rate

published = st.decimals(min_value="0.0001", max_value="99999", places=4)


@pytest.mark.parametrize(
    ("from_per_euro", "to_per_euro", "expected"),
    [
        ("1.1172", "7.9819", "7.1446"),
        ("1", "1.1172", "1.1172"),
        ("1.1172", "1", "0.89509"),
        ("1", "1.00005", "1.0001"),  # exactly half: away from zero
        ("1", "1.00004999", "1.0000"),
        ("20275.17", "7.4326", "0.00036659"),  # rupiah to yuan
        ("175.69", "7.4326", "0.042305"),  # yen to yuan
        ("7.4326", "20275.17", "2727.8705"),
    ],
)
def test_a_rate_has_four_decimals_or_five_digits_rounded_half_up(
    from_per_euro: str, to_per_euro: str, expected: str
) -> None:
    assert str(cross_rate(Decimal(from_per_euro), Decimal(to_per_euro))) == expected


@given(published, published)
def test_no_amount_is_off_by_more_than_a_part_in_twenty_thousand(
    from_per_euro: Decimal, to_per_euro: Decimal
) -> None:
    error = cross_rate(from_per_euro, to_per_euro) * from_per_euro - to_per_euro
    assert abs(error) <= Decimal("0.00005") * to_per_euro
