"""A payer whose bank gave them their money has nothing promised to them a second time."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ledger.engine.postings import Leg, check_balanced
from limosa.domain.ordering.engine import bookings
from limosa.domain.ordering.engine.losing import LostMoney, decide, lose
from limosa.domain.ordering.engine.reversal import Reversal, Sale, reverse
from limosa.foundation.money import Money

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
    assert money.reversed_minor + sum(money.settled_minor) + money.lost_minor == disputed
    assert 0 <= money.reversed_minor <= left
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
        assert money.reversed_minor == left


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
    reversal, settled, lost = parts
    assert lose(disputed_minor=disputed, left_minor=left, owed_minor=owed) == LostMoney(
        reversed_minor=reversal, settled_minor=settled, lost_minor=lost
    )


@given(held=AMOUNTS, lost=AMOUNTS)
def test_what_is_held_is_what_comes_back_and_what_is_lost(held: int, lost: int) -> None:
    decided = decide(held_minor=held, lost_minor=lost)
    assert held + decided.further_minor == lost + decided.returned_minor
    assert min(decided.returned_minor, decided.further_minor) == 0
    assert decided.returned_minor <= held


CURRENCIES = st.sampled_from(["JPY", "USD", "KWD"])  # With 0, 2 and 3 decimals.


def sum_of(entries: list[list[Leg]]) -> dict[str, int]:
    """Return the sum of all legs by account and currency, checking each entry by itself."""
    sums: Counter[str] = Counter()
    for legs in entries:
        check_balanced(legs)
        for leg in legs:
            sums[f"{leg.kind}:{leg.amount.currency}"] += leg.amount.amount_minor
    return {account: minor for account, minor in sums.items() if minor}


@given(
    currency=CURRENCIES,
    total=st.integers(min_value=1, max_value=10**9),
    data=st.data(),
)
def test_a_dispute_decided_for_any_amount_balances_and_undoes_nothing_twice(
    currency: str, total: int, data: st.DataObject
) -> None:
    tax = data.draw(st.integers(min_value=0, max_value=total - 1))
    refunded = data.draw(st.integers(min_value=0, max_value=total))  # It has gone back before.
    held = data.draw(st.integers(min_value=1, max_value=2 * total))
    lost = data.draw(st.integers(min_value=1, max_value=2 * total))

    def money(minor: int) -> Money:
        return Money(minor, currency)

    def source(minor: int) -> bookings.FundsSource:
        return bookings.FundsSource(provider="paypal", subscriber_id=1, received=money(minor))

    def reversal(sale: Sale, part: int, place: str) -> tuple[Reversal, list[Leg]]:
        parts = reverse(sale, part_minor=part)
        legs = bookings.reversal(
            source(part),
            total=money(parts.total_minor),
            tax_minor=parts.tax_minor,
            recognized_minor=parts.recognized_minor,
            place=place,
        )
        return parts, legs

    sale = Sale(
        total_minor=total,
        tax_minor=tax,
        recognized_minor=0,
        reversed_minor=0,
        reversed_tax_minor=0,
        received_minor=total,
        returned_minor=0,
    )
    entries = [bookings.paid(source(total), total=money(total), tax_minor=tax)]
    if refunded:
        first, legs = reversal(sale, refunded, bookings.REFUNDS_PAYABLE)
        entries += [legs, bookings.refund_done(source(refunded))]
        sale = replace(
            sale,
            reversed_minor=first.total_minor,
            reversed_tax_minor=first.tax_minor,
            returned_minor=refunded,
        )
    entries.append(bookings.withdrawn(source(held)))
    decided = decide(held_minor=held, lost_minor=lost)
    entries.append(bookings.reinstated(source(decided.returned_minor)))
    entries.append(bookings.withdrawn(source(decided.further_minor)))
    gone = lose(disputed_minor=lost, left_minor=total - refunded, owed_minor=[])
    reversed_minor = refunded
    if gone.reversed_minor:
        second, legs = reversal(sale, gone.reversed_minor, bookings.DISPUTED)
        entries.append(legs)
        reversed_minor += second.total_minor
    entries.append(bookings.lost(source(gone.lost_minor)))
    sums = sum_of(entries)
    assert reversed_minor == min(total, refunded + lost)
    assert sums.get(f"disputed:{currency}", 0) == sums.get(f"refunds_payable:{currency}", 0) == 0
    assert sums.get(f"clearing:{currency}", 0) == total - refunded - lost
    kept = sums.get(f"deferred_revenue:{currency}", 0) + sums.get(f"tax_payable:{currency}", 0)
    assert -kept == total - reversed_minor
    assert sums.get(f"losses:{currency}", 0) == max(0, refunded + lost - total)
