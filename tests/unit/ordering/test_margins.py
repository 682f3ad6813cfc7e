"""What is left of sales: exact where every part has a rate, and not said where one has none."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.margins import DatedRate, Margin, Part, part_of, totals
from limosa.foundation.money import Money

DAY = date(2026, 11, 20)
RATES = {
    ("EUR", "USD"): DatedRate(Decimal("1.1605"), DAY),
    ("JPY", "KWD"): DatedRate(Decimal("0.0020207"), DAY),
}


def margin(
    sold: Money, *, fees: tuple[Part, ...] = (), costs: tuple[Part, ...] = (), orders: int = 1
) -> Margin:
    return Margin(
        plan="japan", supplier="wholesale", orders=orders, sold=sold, fees=fees, costs=costs
    )


def dollars(minor: int) -> Part:
    return part_of(Money(minor, "USD"), currency="USD", rates={})


def test_the_sales_own_currency_needs_no_rate() -> None:
    assert dollars(810) == Part(Money(810, "USD"), Money(810, "USD"), None)


@pytest.mark.parametrize(
    ("booked", "currency", "worth"),
    [
        (Money(810, "EUR"), "USD", 940),
        (Money(-810, "EUR"), "USD", -940),
        (Money(1000, "JPY"), "KWD", 2021),
    ],
)
def test_another_currency_is_converted_and_keeps_its_rate(
    booked: Money, currency: str, worth: int
) -> None:
    part = part_of(booked, currency=currency, rates=RATES)
    assert part == Part(booked, Money(worth, currency), RATES[booked.currency, currency])


def test_without_a_rate_nothing_is_guessed() -> None:
    part = part_of(Money(810, "USD"), currency="EUR", rates=RATES)
    assert part == Part(Money(810, "USD"), None, None)
    for row in (
        margin(Money(2000, "EUR"), fees=(part,)),
        margin(Money(2000, "EUR"), costs=(part,)),
    ):
        assert (row.margin, row.basis_points) == (None, None)
    assert margin(Money(2000, "EUR"), fees=(part,)).cost == Money(0, "EUR")


@pytest.mark.parametrize(
    ("sold", "cost", "basis_points"),
    [
        (2331, 810, 6525),
        (2000, 2100, -500),
        (2000, 2001, -5),
        (3, 1, 6667),
        (3, 5, -6667),
        (20000, 19999, 1),
        (20000, 20001, -1),
        (1, 0, 10000),
        (0, 10, None),
        (-1, 10, None),
    ],
)
def test_percents_are_of_what_was_sold(sold: int, cost: int, basis_points: int | None) -> None:
    assert margin(Money(sold, "USD"), costs=(dollars(cost),)).basis_points == basis_points


@pytest.mark.parametrize(
    ("row", "is_empty"),
    [
        (margin(Money(0, "USD"), orders=0), True),
        (margin(Money(0, "USD"), orders=1), False),
        (margin(Money(0, "USD"), orders=0, fees=(dollars(1),)), False),
        (margin(Money(0, "USD"), orders=0, costs=(dollars(-1),)), False),
    ],
)
def test_a_row_without_a_sale_and_without_a_posting_is_empty(row: Margin, is_empty: bool) -> None:  # noqa: FBT001 -- pytest's
    assert row.is_empty is is_empty


amounts = st.integers(-(10**9), 10**9)


@given(st.lists(st.tuples(st.sampled_from(["USD", "EUR"]), amounts, amounts, amounts)))
def test_a_total_is_the_sum_of_its_rows(drawn: list[tuple[str, int, int, int]]) -> None:
    rows = [
        margin(
            Money(sold, currency),
            fees=(part_of(Money(fee, currency), currency=currency, rates={}),),
            costs=(part_of(Money(cost, currency), currency=currency, rates={}),),
        )
        for currency, sold, fee, cost in drawn
    ]
    for total in totals(rows):
        own = [one for one in drawn if one[0] == total.sold.currency]
        assert (total.plan, total.supplier, total.orders) == ("", "", len(own))
        assert total.margin is not None
        assert total.margin.amount_minor == sum(sold - fee - cost for _, sold, fee, cost in own)
    assert [total.sold.currency for total in totals(rows)] == sorted({one[0] for one in drawn})
