"""The rules of bonuses: spent last, back first, taken back with what they were given for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.wallets.engine.bonuses import (
    Grant,
    Lot,
    Split,
    TakenBack,
    Tier,
    best_tier,
    draw,
    end_after_standstill,
    refundable,
    split,
    split_back,
    taken_back,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
minor = st.integers(0, 10**9)
tiers = st.lists(
    st.builds(
        Tier,
        least_minor=st.integers(1, 10**5),
        bonus_minor=st.integers(1, 10**5),
        valid_days=st.none() | st.integers(1, 400),
    ),
    max_size=6,
)


@st.composite
def grants(draw_: st.DrawFn) -> Grant:
    amount = draw_(st.integers(1, 10**6))
    granted = draw_(st.integers(1, amount))
    left = draw_(st.integers(0, granted))
    gone = draw_(st.integers(0, granted - left))
    return Grant(amount_minor=amount, granted_minor=granted, left_minor=left, gone_minor=gone)


@given(minor, minor, minor)
def test_bonus_is_spent_last(total: int, money: int, bonus: int) -> None:
    found = split(total, money_minor=money, bonus_minor=bonus)
    if found is None:
        assert money + bonus < total
        return
    assert found.money_minor + found.bonus_minor == total
    assert 0 <= found.money_minor <= money
    assert 0 <= found.bonus_minor <= bonus
    assert found.bonus_minor == 0 or found.money_minor == money, "money was left, and bonus used"


@given(minor, minor, minor, st.data())
def test_a_part_that_goes_back_leaves_all_as_if_the_price_had_been_lower(
    total: int, money: int, bonus: int, data: st.DataObject
) -> None:
    paid = split(total, money_minor=money, bonus_minor=bonus)
    if paid is None:
        return
    part = data.draw(st.integers(0, total))
    back = split_back(part, bonus_minor=paid.bonus_minor)
    assert split(total - part, money_minor=money, bonus_minor=bonus) == Split(
        paid.money_minor - back.money_minor, paid.bonus_minor - back.bonus_minor
    )


@given(tiers, minor, minor)
def test_adding_more_never_gives_less(offered: list[Tier], one: int, other: int) -> None:
    less, more = (best_tier(offered, amount_minor=amount) for amount in sorted((one, other)))
    assert (less.bonus_minor if less else 0) <= (more.bonus_minor if more else 0)


def test_the_tier_that_gives_most_is_taken_and_of_equal_ones_the_lasting() -> None:
    offered = [
        Tier(least_minor=2000, bonus_minor=100),
        Tier(least_minor=5000, bonus_minor=500, valid_days=30),
        Tier(least_minor=5000, bonus_minor=500),
        Tier(least_minor=5000, bonus_minor=500, valid_days=90),
        Tier(least_minor=10_000, bonus_minor=1500),
    ]
    assert best_tier(offered, amount_minor=1999) is None
    assert best_tier(offered, amount_minor=2000) == offered[0]
    assert best_tier(offered, amount_minor=9999) == offered[2]
    assert best_tier(offered, amount_minor=10_000) == offered[4]


@given(st.lists(st.tuples(st.integers(1, 1000), st.none() | st.integers(0, 9)), max_size=6))
def test_what_ends_first_is_drawn_first_and_exactly_what_is_asked(
    left: list[tuple[int, int | None]],
) -> None:
    lots = [
        Lot(
            id=number,
            left_minor=minor_left,
            expires_at=None if days is None else NOON + timedelta(days=days),
        )
        for number, (minor_left, days) in enumerate(left)
    ]
    whole = sum(lot.left_minor for lot in lots)
    for part in {0, whole // 3, whole}:
        drawn = draw(lots, part_minor=part)
        assert sum(taken for _, taken in drawn) == part
        ends = [lots[number].expires_at or datetime.max.replace(tzinfo=UTC) for number, _ in drawn]
        assert ends == sorted(ends)
        for number, taken in drawn[:-1]:
            assert taken == lots[number].left_minor, "a later one was begun before"


def test_of_those_that_end_together_the_oldest_is_drawn_first() -> None:
    lots = [Lot(id=number, left_minor=5, expires_at=NOON) for number in (3, 1, 2)]
    assert draw(lots, part_minor=7) == [(1, 5), (2, 2)]
    forever = [Lot(id=number, left_minor=5) for number in (3, 1, 2)]
    assert draw([*forever, lots[0]], part_minor=12) == [(3, 5), (1, 5), (2, 2)]


FIFTY = {"amount_minor": 5000, "granted_minor": 500}


@pytest.mark.parametrize(
    ("left", "gone", "reversed_minor", "back"),
    [
        (500, 0, 0, TakenBack(0, 0)),
        (500, 0, 5000, TakenBack(500, 0)),
        (500, 0, 1, TakenBack(1, 0)),
        (500, 0, 2500, TakenBack(250, 0)),
        (100, 0, 2500, TakenBack(100, 150)),
        (0, 0, 5000, TakenBack(0, 500)),
        (250, 250, 2500, TakenBack(0, 0)),
        (0, 500, 5000, TakenBack(0, 0)),
    ],
)
def test_a_bonus_goes_back_in_proportion_rounded_up(
    left: int, gone: int, reversed_minor: int, back: TakenBack
) -> None:
    grant = Grant(**FIFTY, left_minor=left, gone_minor=gone)
    assert taken_back(grant, reversed_minor=reversed_minor) == back


@given(grants(), st.data())
def test_never_more_is_taken_back_than_was_given(grant: Grant, data: st.DataObject) -> None:
    back = taken_back(grant, reversed_minor=data.draw(st.integers(0, grant.amount_minor)))
    assert 0 <= back.left_minor <= grant.left_minor
    assert back.spent_minor >= 0
    assert back.left_minor + back.spent_minor + grant.gone_minor <= grant.granted_minor


@given(grants(), minor, st.data())
def test_what_is_refunded_leaves_enough_for_the_bonus_that_was_spent(
    grant: Grant, held: int, data: st.DataObject
) -> None:
    before = data.draw(st.integers(0, grant.amount_minor))

    def needed(part: int) -> int:
        return part + taken_back(grant, reversed_minor=before + part).spent_minor

    most = refundable(grant, reversed_minor=before, held_minor=held)
    assert 0 <= most <= min(held, grant.amount_minor - before)
    if most:
        assert needed(most) <= held
    if most < min(held, grant.amount_minor - before):
        assert needed(most + 1) > held, "more could have gone back"


def test_a_refund_gives_back_less_by_the_bonus_that_was_spent() -> None:
    spent = Grant(**FIFTY, left_minor=0, gone_minor=0)
    assert refundable(spent, reversed_minor=0, held_minor=5000) == 4545
    assert taken_back(spent, reversed_minor=4545) == TakenBack(0, 455)
    unspent = Grant(**FIFTY, left_minor=500, gone_minor=0)
    assert refundable(unspent, reversed_minor=0, held_minor=5000) == 5000
    assert refundable(spent, reversed_minor=0, held_minor=0) == 0


def test_time_in_which_it_could_not_be_used_does_not_count() -> None:
    day = timedelta(days=1)
    assert end_after_standstill(None, since=NOON, now=NOON + day) is None
    assert end_after_standstill(NOON + day, since=NOON, now=NOON + 3 * day) == NOON + 4 * day
    assert end_after_standstill(NOON + day, since=NOON, now=NOON - day) == NOON + day
