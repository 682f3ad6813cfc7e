"""A payer whose bank gave them their money has nothing promised to them a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ordering.engine.losing import LostMoney, lose

AMOUNTS = st.integers(min_value=0, max_value=10**9)


@given(given=AMOUNTS, owed=st.lists(AMOUNTS, max_size=4), left=AMOUNTS, data=st.data())
def test_bank_and_refunds_together_give_no_more_than_was_paid_but_for_what_had_gone_back(
    given: int, owed: list[int], left: int, data: st.DataObject
) -> None:
    paid = given + sum(owed) + left
    disputed = data.draw(st.integers(min_value=0, max_value=paid))
    money = lose(disputed_minor=disputed, left_minor=left, owed_minor=owed)
    still_owed = sum(owed) - sum(money.settled_minor)
    assert disputed + still_owed + given - money.lost_minor <= paid
    assert money.lost_minor == max(0, disputed + given - paid)


@given(disputed=AMOUNTS, owed=st.lists(AMOUNTS, max_size=4), left=AMOUNTS)
def test_the_parts_are_the_whole_and_none_is_more_than_there_is(
    disputed: int, owed: list[int], left: int
) -> None:
    money = lose(disputed_minor=disputed, left_minor=left, owed_minor=owed)
    assert money.undone_minor + sum(money.settled_minor) + money.lost_minor == disputed
    assert 0 <= money.undone_minor <= left
    assert all(0 <= settled <= due for settled, due in zip(money.settled_minor, owed, strict=True))
    assert money.lost_minor >= 0


@given(disputed=AMOUNTS, owed=st.lists(AMOUNTS, max_size=4), left=AMOUNTS)
def test_nothing_is_lost_while_something_is_owed_and_nothing_settled_while_something_is_sold(
    disputed: int, owed: list[int], left: int
) -> None:
    money = lose(disputed_minor=disputed, left_minor=left, owed_minor=owed)
    if money.lost_minor:
        assert sum(money.settled_minor) == sum(owed)
    if any(money.settled_minor):
        assert money.undone_minor == left


@pytest.mark.parametrize(
    ("disputed", "left", "owed", "parts"),
    [
        (100, 100, [], (100, (), 0)),  # nothing was promised
        (100, 0, [100], (0, (100,), 0)),  # all of it was promised
        (100, 60, [40], (60, (40,), 0)),  # a part was promised
        (50, 60, [40], (50, (0,), 0)),  # there is enough for both
        (100, 0, [], (0, (), 100)),  # all of it had gone back
        (50, 0, [30, 40], (0, (30, 20), 0)),  # one is settled in full, the other in part
    ],
)
def test_what_lost_money_stands_for(
    disputed: int, left: int, owed: list[int], parts: tuple[int, tuple[int, ...], int]
) -> None:
    undone, settled, lost = parts
    assert lose(disputed_minor=disputed, left_minor=left, owed_minor=owed) == LostMoney(
        undone_minor=undone, settled_minor=settled, lost_minor=lost
    )
