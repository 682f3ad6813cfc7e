"""The law of double entry, before the database is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ledger.engine.postings import (
    Leg,
    UnbalancedEntryError,
    check_balanced,
    drop_empty,
)
from limosa.foundation.money import Money

amounts = st.lists(st.integers(min_value=-(10**12), max_value=10**12), min_size=1, max_size=6)


def legs_of(amounts_minor: list[int], currency: str) -> list[Leg]:
    return [Leg("suspense", Money(amount, currency)) for amount in amounts_minor]


@given(amounts, amounts)
def test_legs_that_cancel_out_in_each_currency_are_an_entry(
    dollars: list[int], yuan: list[int]
) -> None:
    check_balanced(
        [
            *legs_of([*dollars, -sum(dollars)], "USD"),
            *legs_of([*yuan, -sum(yuan)], "CNY"),
        ]
    )


@given(amounts, st.integers(min_value=-(10**12), max_value=10**12).filter(bool))
def test_legs_that_are_off_by_anything_are_not(dollars: list[int], off: int) -> None:
    with pytest.raises(UnbalancedEntryError):
        check_balanced(legs_of([*dollars, -sum(dollars) + off], "USD"))


@given(st.integers(min_value=1, max_value=10**12))
def test_one_currency_never_pays_for_another(amount: int) -> None:
    with pytest.raises(UnbalancedEntryError):
        check_balanced([*legs_of([amount], "USD"), *legs_of([-amount], "CNY")])


@pytest.mark.parametrize("amounts_minor", [[], [0], [5]])
def test_fewer_than_two_legs_are_not_an_entry(amounts_minor: list[int]) -> None:
    with pytest.raises(UnbalancedEntryError):
        check_balanced(legs_of(amounts_minor, "USD"))


def test_legs_that_move_nothing_are_dropped() -> None:
    assert drop_empty(legs_of([5, 0, -5, 0], "USD")) == legs_of([5, -5], "USD")


@pytest.mark.parametrize(
    ("leg", "code"),
    [
        (Leg("clearing", Money(1, "CNY"), owner="wechatpay"), "clearing:wechatpay:CNY"),
        (Leg("wallet", Money(1, "USD"), owner="17"), "wallet:17:USD"),
        (Leg("revenue", Money(1, "USD")), "revenue:USD"),
    ],
)
def test_a_leg_names_its_account(leg: Leg, code: str) -> None:
    assert leg.account_code == code
