"""Giving a sale back in parts gives back all of it, and never more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.undoing import Sale, Undone, undo

AMOUNTS = st.integers(min_value=1, max_value=10**9)


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    total = draw(AMOUNTS)
    tax = draw(st.integers(min_value=0, max_value=total))
    return Sale(
        total_minor=total,
        tax_minor=tax,
        earned_minor=draw(st.integers(min_value=0, max_value=total - tax)),
        undone_minor=0,
        undone_tax_minor=0,
        received_minor=draw(AMOUNTS),
        returned_minor=0,
    )


def after(sale: Sale, part_minor: int, undone: Undone) -> Sale:
    return replace(
        sale,
        earned_minor=sale.earned_minor - undone.earned_minor,
        undone_minor=sale.undone_minor + undone.total_minor,
        undone_tax_minor=sale.undone_tax_minor + undone.tax_minor,
        returned_minor=sale.returned_minor + part_minor,
    )


@given(sales())
def test_all_of_the_money_undoes_all_of_the_sale(sale: Sale) -> None:
    undone = undo(sale, part_minor=sale.received_minor)
    assert undone == Undone(
        total_minor=sale.total_minor, tax_minor=sale.tax_minor, earned_minor=sale.earned_minor
    )


@given(sales(), st.data())
def test_parts_add_up_to_the_whole(sale: Sale, data: st.DataObject) -> None:
    whole = sale
    while sale.returned_minor < sale.received_minor:
        left = sale.received_minor - sale.returned_minor
        part = data.draw(st.integers(min_value=max(left // 3, 1), max_value=left))
        undone = undo(sale, part_minor=part)
        assert undone.total_minor >= undone.tax_minor >= 0
        assert 0 <= undone.earned_minor <= undone.total_minor - undone.tax_minor
        sale = after(sale, part, undone)
        assert sale.earned_minor <= sale.open_net_minor
    assert (sale.undone_minor, sale.undone_tax_minor) == (whole.total_minor, whole.tax_minor)
    assert sale.earned_minor == 0


def test_the_net_takes_each_remainder_and_the_last_part_the_rest() -> None:
    sale = Sale(
        total_minor=100,
        tax_minor=10,
        earned_minor=30,
        undone_minor=0,
        undone_tax_minor=0,
        received_minor=3,
        returned_minor=0,
    )
    first = undo(sale, part_minor=1)
    assert first == Undone(total_minor=33, tax_minor=3, earned_minor=10)
    last = undo(after(sale, 1, first), part_minor=2)
    assert last == Undone(total_minor=67, tax_minor=7, earned_minor=20)


@pytest.mark.parametrize("tax_given_back", [39, 41])
def test_a_sale_whose_first_part_was_split_otherwise_still_ends_at_nothing(
    tax_given_back: int,
) -> None:
    sale = Sale(
        total_minor=2500,
        tax_minor=169,
        earned_minor=0,
        undone_minor=600,
        undone_tax_minor=tax_given_back,
        received_minor=16632,
        returned_minor=4000,
    )
    next_one = undo(sale, part_minor=1)
    assert next_one.total_minor >= next_one.tax_minor >= 0
    sale = after(sale, 1, next_one)
    last = undo(sale, part_minor=12631)
    assert sale.undone_minor + last.total_minor == 2500
    assert sale.undone_tax_minor + last.tax_minor == 169
