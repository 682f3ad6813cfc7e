"""Giving a sale back in parts gives back all of it, and never more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.reversal import Reversal, Sale, reverse

AMOUNTS = st.integers(min_value=1, max_value=10**9)


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    total = draw(AMOUNTS)
    tax = draw(st.integers(min_value=0, max_value=total))
    return Sale(
        total_minor=total,
        tax_minor=tax,
        recognized_minor=draw(st.integers(min_value=0, max_value=total - tax)),
        reversed_minor=0,
        reversed_tax_minor=0,
        received_minor=draw(AMOUNTS),
        returned_minor=0,
    )


def after(sale: Sale, part_minor: int, reversal: Reversal) -> Sale:
    return replace(
        sale,
        recognized_minor=sale.recognized_minor - reversal.recognized_minor,
        reversed_minor=sale.reversed_minor + reversal.total_minor,
        reversed_tax_minor=sale.reversed_tax_minor + reversal.tax_minor,
        returned_minor=sale.returned_minor + part_minor,
    )


@given(sales())
def test_all_of_the_money_undoes_all_of_the_sale(sale: Sale) -> None:
    reversal = reverse(sale, part_minor=sale.received_minor)
    assert reversal == Reversal(
        total_minor=sale.total_minor,
        tax_minor=sale.tax_minor,
        recognized_minor=sale.recognized_minor,
    )


@given(sales(), st.data())
def test_parts_add_up_to_the_whole(sale: Sale, data: st.DataObject) -> None:
    whole = sale
    while sale.returned_minor < sale.received_minor:
        left = sale.received_minor - sale.returned_minor
        part = data.draw(st.integers(min_value=max(left // 3, 1), max_value=left))
        reversal = reverse(sale, part_minor=part)
        assert reversal.total_minor >= reversal.tax_minor >= 0
        assert 0 <= reversal.recognized_minor <= reversal.total_minor - reversal.tax_minor
        sale = after(sale, part, reversal)
        assert sale.recognized_minor <= sale.open_net_minor
    assert (sale.reversed_minor, sale.reversed_tax_minor) == (whole.total_minor, whole.tax_minor)
    assert sale.recognized_minor == 0


def test_the_net_takes_each_remainder_and_the_last_part_the_rest() -> None:
    sale = Sale(
        total_minor=100,
        tax_minor=10,
        recognized_minor=30,
        reversed_minor=0,
        reversed_tax_minor=0,
        received_minor=3,
        returned_minor=0,
    )
    first = reverse(sale, part_minor=1)
    assert first == Reversal(total_minor=33, tax_minor=3, recognized_minor=10)
    last = reverse(after(sale, 1, first), part_minor=2)
    assert last == Reversal(total_minor=67, tax_minor=7, recognized_minor=20)


@pytest.mark.parametrize("tax_given_back", [39, 41])
def test_a_sale_whose_first_part_was_split_otherwise_still_ends_at_nothing(
    tax_given_back: int,
) -> None:
    sale = Sale(
        total_minor=2500,
        tax_minor=169,
        recognized_minor=0,
        reversed_minor=600,
        reversed_tax_minor=tax_given_back,
        received_minor=16632,
        returned_minor=4000,
    )
    next_one = reverse(sale, part_minor=1)
    assert next_one.total_minor >= next_one.tax_minor >= 0
    sale = after(sale, 1, next_one)
    last = reverse(sale, part_minor=12631)
    assert sale.reversed_minor + last.total_minor == 2500
    assert sale.reversed_tax_minor + last.tax_minor == 169
