"""Amounts: whole minor units, one currency at a time, and nothing lost in a division."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.foundation.money import (
    BASIS_POINTS,
    CurrencyMismatchError,
    Money,
    convert,
    exponent,
    share,
    tax_included,
)

amounts = st.integers(min_value=-(10**15), max_value=10**15)
totals = st.integers(min_value=0, max_value=10**15)
currencies = st.sampled_from(["USD", "CNY", "JPY", "KWD", "EUR"])
rates = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(10_000), places=4)


@given(amounts, amounts, currencies)
def test_what_is_added_can_be_taken_away(first: int, second: int, currency: str) -> None:
    added = Money(first, currency) + Money(second, currency)
    assert added == Money(first + second, currency)
    assert added - Money(second, currency) == Money(first, currency)
    assert added + -added == Money(0, currency)


def test_two_currencies_never_meet() -> None:
    with pytest.raises(CurrencyMismatchError):
        Money(1, "USD") + Money(1, "CNY")
    with pytest.raises(CurrencyMismatchError):
        Money(1, "USD") - Money(1, "CNY")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money(2500, "USD"), "25.00"),
        (Money(-1, "CNY"), "-0.01"),
        (Money(500, "JPY"), "500"),
        (Money(1234, "KWD"), "1.234"),
    ],
)
def test_major_units_have_the_digits_of_the_currency(amount: Money, shown: str) -> None:
    assert str(amount.to_decimal()) == shown
    assert len(shown.partition(".")[2]) == exponent(amount.currency)


@pytest.mark.parametrize(
    ("amount", "to_currency", "rate", "expected"),
    [
        (Money(2500, "USD"), "CNY", "7.1448", 17862),
        (Money(1, "USD"), "CNY", "0.5", 1),  # Half a minor unit goes up,
        (Money(-1, "USD"), "CNY", "0.5", -1),  # away from zero.
        (Money(1, "USD"), "CNY", "0.4999", 0),
        (Money(2500, "USD"), "JPY", "155.25", 3881),  # 3881.25: no decimals in yen.
        (Money(3881, "JPY"), "USD", "0.0064", 2484),
        (Money(1000, "KWD"), "USD", "3.2500", 325),
    ],
)
def test_a_conversion(amount: Money, to_currency: str, rate: str, expected: int) -> None:
    converted = convert(amount, to_currency=to_currency, rate=Decimal(rate))
    assert converted == Money(expected, to_currency)


@given(totals, currencies, currencies, rates)
def test_a_conversion_is_off_by_at_most_half_a_minor_unit(
    total_minor: int, currency: str, other: str, rate: Decimal
) -> None:
    amount = Money(total_minor, currency)
    converted = convert(amount, to_currency=other, rate=rate).to_decimal()
    half = Decimal("0.5").scaleb(-exponent(other))
    assert abs(converted - amount.to_decimal() * rate) <= half


@given(totals, st.integers(min_value=0, max_value=5 * BASIS_POINTS))
def test_the_tax_in_a_total_is_the_tax_on_the_net(total_minor: int, rate: int) -> None:
    tax_minor = tax_included(total_minor, rate_basis_points=rate)
    assert 0 <= tax_minor <= total_minor
    # net × rate = tax, where the tax is rounded by at most half a unit.
    net_minor = total_minor - tax_minor
    assert 2 * abs(net_minor * rate - tax_minor * BASIS_POINTS) <= BASIS_POINTS + rate


@pytest.mark.parametrize(
    ("total_minor", "rate", "expected"),
    [
        (2500, 725, 169),
        (2500, 0, 0),
        (0, 725, 0),
        (1, 725, 0),
        (3, 10_000, 2),
        (11_000, 1000, 1000),
    ],
)
def test_a_tax(total_minor: int, rate: int, expected: int) -> None:
    assert tax_included(total_minor, rate_basis_points=rate) == expected


@given(totals, amounts, amounts)
def test_a_share_is_between_nothing_and_all(total_minor: int, part: int, whole: int) -> None:
    assert 0 <= share(total_minor, part=part, whole=whole) <= total_minor


@given(totals, totals, totals, st.integers(min_value=1, max_value=10**15))
def test_a_larger_part_is_never_a_smaller_share(
    total_minor: int, part: int, more: int, whole: int
) -> None:
    smaller = share(total_minor, part=part, whole=whole)
    assert smaller <= share(total_minor, part=part + more, whole=whole)


@given(totals, st.integers(min_value=1, max_value=10**15), st.data())
def test_the_parts_of_a_whole_lose_at_most_one_unit(
    total_minor: int, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(min_value=0, max_value=whole))
    one = share(total_minor, part=part, whole=whole)
    other = share(total_minor, part=whole - part, whole=whole)
    assert total_minor - 1 <= one + other <= total_minor
    assert share(total_minor, part=whole, whole=whole) == total_minor
