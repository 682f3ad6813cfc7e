"""What is wrong with a line of a settlement and what we have of the same thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.engine.comparison import (
    DifferenceKind,
    Ours,
    Theirs,
    difference,
    is_booked,
    movement,
    our_movement,
)
from limosa.domain.payments.status_reports import SettlementKind
from limosa.foundation.money import Money

YUAN = Money(16632, "CNY")
LESS = Money(16631, "CNY")
DOLLARS = Money(16632, "USD")

# line, amount | ours: state ("<": it came back), amount | what is wrong
TABLE = """
payment          166.32  succeeded 166.32   -
payment          166.31  succeeded 166.32   amount
payment          $166.32 succeeded 166.32   currency
payment          166.32  pending   166.32   state
payment          166.32  failed    166.32   state
payment          166.32  expired   166.32   state
payment          166.32  -         -        missing_here
payment again    166.32  succeeded 166.32   twice
payment again    166.32  -         -        missing_here
-                -       succeeded 166.32   missing_there
-                -       pending   166.32   -
refund           166.32  succeeded 166.32   -
refund           166.31  succeeded 166.32   amount
refund           166.32  sent      166.32   state
refund           166.32  failed    166.32   state
refund           166.32  -         -        missing_here
refund again     166.32  succeeded 166.32   twice
refund           166.32  failed<   166.32   -
refund           166.31  settled<  166.32   amount
refund_reversal  166.32  failed<   166.32   -
refund_reversal  166.32  settled<  166.32   -
refund_reversal  166.31  failed<   166.32   amount
refund_reversal  166.32  succeeded 166.32   state
refund_reversal  166.32  failed    166.32   state
refund_reversal  166.32  -         -        missing_here
refund_reversal+ 166.32  failed<   166.32   twice
dispute          166.32  open      166.32   -
dispute          166.32  lost      166.32   -
dispute          166.31  open      166.32   amount
dispute          166.32  -         -        missing_here
dispute_reversal 166.32  won       166.32   -
dispute_reversal 166.32  open      166.32   state
dispute_reversal 166.32  lost      166.32   state
other            166.32  -         -        other
"""
AMOUNTS = {"166.32": YUAN, "166.31": LESS, "$166.32": DOLLARS}
ROWS = [row.replace(" again", "+").split() for row in TABLE.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_table_of_differences(row: list[str]) -> None:
    line, amount, state, our_amount, wrong = row
    theirs = ours = None
    kind = SettlementKind(line.rstrip("+")) if line != "-" else SettlementKind.PAYMENT
    if line != "-":
        theirs = Theirs(kind=kind, amount=AMOUNTS[amount], is_again=line.endswith("+"))
    if state != "-":
        amount_of_ours, came_back = AMOUNTS[our_amount], state.endswith("<")
        ours = Ours(kind=kind, state=state.rstrip("<"), amount=amount_of_ours, came_back=came_back)
    expected = None if wrong == "-" else DifferenceKind(wrong)
    assert difference(theirs, ours) == expected


kinds = st.sampled_from(sorted(SettlementKind))
amounts = st.builds(Money, st.integers(1, 3), st.sampled_from(["CNY", "USD"]))
states = st.sampled_from(["created", "pending", "succeeded", "failed", "open", "won", "lost"])
their_sides = st.builds(Theirs, kind=kinds, amount=amounts, is_again=st.booleans())


@given(their_sides, states, amounts, st.booleans())
def test_two_sides_without_a_difference_moved_the_same_money(
    theirs: Theirs,
    state: str,
    amount: Money,
    came_back: bool,  # noqa: FBT001 -- drawn
) -> None:
    ours = Ours(kind=theirs.kind, state=state, amount=amount, came_back=came_back)
    if difference(theirs, ours) is None:
        assert movement(theirs.kind, theirs.amount) == our_movement(ours)
        assert is_booked(ours)


@given(their_sides)
def test_a_line_that_we_know_nothing_of_is_always_a_difference(theirs: Theirs) -> None:
    assert difference(theirs, None) in {DifferenceKind.MISSING_HERE, DifferenceKind.OTHER}
