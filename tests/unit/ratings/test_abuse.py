"""Rings and bursts are held back; what people do by themselves is not."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.ratings.engine.abuse import Given, Mark, MarkKind, held_back
from limosa.domain.ratings.engine.standing import Standing

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = count(1)


def given_at(at: timedelta = timedelta(0), **fields: object) -> Given:
    number = next(_numbers)
    defaults: dict[str, object] = {
        "rating": number,
        "account": number,
        "account_made_at": START - number * DAY - 60 * DAY,
        "at": START + at,
        "address": f"address {number}",
    }
    return Given(**(defaults | fields))  # type: ignore[arg-type]


def card(text: str, kind: MarkKind = MarkKind.METHOD) -> frozenset[Mark]:
    return frozenset({Mark(kind, text)})


def honest(people: int) -> list[Given]:
    return [given_at(number * 3 * HOUR) for number in range(people)]


def test_honest_people_are_left_alone() -> None:
    assert held_back(honest(200)) == {}


def test_of_one_account_the_newest_counts() -> None:
    ones = [given_at(number * DAY, account=7) for number in range(4)]
    held = held_back(ones)
    assert held == {one.rating: Standing.REPEATED for one in ones[:3]}


def test_ten_accounts_with_one_card_are_a_ring_and_none_counts() -> None:
    ones = [given_at(number * DAY, marks=card("a")) for number in range(10)]
    assert held_back([*honest(20), *ones]) == {one.rating: Standing.RING for one in ones}


def test_of_a_couple_with_one_card_the_first_counts() -> None:
    ones = [given_at(number * DAY, marks=card("a")) for number in range(2)]
    assert held_back(ones) == {ones[1].rating: Standing.RING}


def test_a_ring_is_joined_by_whatever_it_shares() -> None:
    ones = [
        given_at(marks=card("a")),
        given_at(DAY, marks=card("a") | card("b", MarkKind.DEVICE)),
        given_at(2 * DAY, marks=card("b", MarkKind.DEVICE)),
    ]
    assert len(held_back(ones)) == 3


def test_an_address_joins_accounts_that_were_made_together_only() -> None:
    mark = card("home", MarkKind.ADDRESS)
    apart = [
        given_at(number * DAY, marks=mark, account_made_at=START - (100 - 20 * number) * DAY)
        for number in range(5)
    ]
    assert held_back(apart) == {}
    together = [replace(one, account_made_at=START - 40 * DAY) for one in apart]
    assert set(held_back(together).values()) == {Standing.RING}
    assert len(held_back(together)) == 5


def test_last_digits_of_a_card_join_accounts_that_were_made_together_only() -> None:
    mark = card("Visa 4242", MarkKind.CARD)
    apart = [
        given_at(number * DAY, marks=mark, account_made_at=START - (100 - 20 * number) * DAY)
        for number in range(5)
    ]
    assert held_back(apart) == {}


def test_many_new_accounts_in_an_hour_are_a_burst() -> None:
    burst = [
        given_at(30 * DAY + number * timedelta(minutes=4), account_made_at=START + 29 * DAY)
        for number in range(8)
    ]
    assert held_back([*honest(40), *burst]) == {one.rating: Standing.BURST for one in burst}


def test_many_from_one_address_in_an_hour_are_a_burst_though_their_accounts_are_old() -> None:
    burst = [given_at(number * timedelta(minutes=5), address="one") for number in range(6)]
    assert {*held_back(burst).values()} == {Standing.BURST}
    assert held_back(burst[:5]) == {}


def test_a_slow_burst_over_a_day_is_one_too() -> None:
    burst = [
        given_at(number * timedelta(minutes=59), account_made_at=START - DAY)
        for number in range(24)
    ]
    assert len(held_back(burst)) == 24


def test_a_large_place_bears_more_at_once() -> None:
    exit_of_the_esims = [
        given_at(300 * 3 * HOUR + number * timedelta(minutes=5), address="exit")
        for number in range(10)
    ]
    assert len(held_back([*honest(20), *exit_of_the_esims])) == 10
    assert held_back([*honest(300), *exit_of_the_esims]) == {}


def test_a_burst_that_was_held_makes_no_room_for_the_next() -> None:
    def burst(at: timedelta, size: int) -> list[Given]:
        return [
            given_at(at + number * timedelta(seconds=1), account_made_at=START - DAY)
            for number in range(size)
        ]

    first, second = burst(timedelta(0), 300), burst(2 * DAY, 10)
    assert len(held_back([*first, *second])) == 310


def test_who_was_released_counts_and_the_others_do_not() -> None:
    ones = [given_at(number * DAY, marks=card("a")) for number in range(4)]
    released = [replace(ones[0], is_released=True), *ones[1:]]
    assert ones[0].rating not in held_back(released)
    assert len(held_back(released)) == 3
    burst = [given_at(address="one", is_released=True) for _ in range(9)]
    assert held_back(burst) == {}


@given(order=st.permutations(range(12)))
def test_the_order_in_which_rows_are_read_is_nothing(order: list[int]) -> None:
    ones = [given_at(n * HOUR / 10, address="one", rating=n, account=n) for n in range(8)]
    ones += [given_at(n * DAY, marks=card("a"), rating=n, account=n) for n in range(8, 12)]
    assert held_back([ones[number] for number in order]) == held_back(ones)


def test_a_large_place_is_read_a_few_times_not_once_for_each_address() -> None:
    reads = 0

    class Counting(Given):
        def __getattribute__(self, name: str) -> object:
            nonlocal reads
            reads += name == "at"
            return super().__getattribute__(name)

    people = [Counting(**asdict(one)) for one in honest(1_000)]
    assert held_back(people) == {}
    assert reads < 20 * len(people)
