"""Where a plan stands in a list, and that a discount keeps the order."""

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.shelf.engine.ordering import (
    Cost,
    Order,
    Place,
    begins_at,
    least_listed,
    most_listed,
    read_place,
    value_now,
)
from limosa.foundation.volume import GB

listed = st.integers(1, 3000)
percents = st.integers(0, 90)
places = st.builds(Place, listed, listed, st.sampled_from("abc"))


@given(listed, listed, percents)
def test_a_discount_keeps_the_order(one: int, other: int, percent: int) -> None:
    low, high = sorted([one, other])
    assert 0 < value_now(low, percent) <= value_now(high, percent)


@given(listed, percents)
def test_the_inverse_is_exact(now: int, percent: int) -> None:
    least, most = least_listed(now, percent), most_listed(now, percent)
    assert value_now(least, percent) >= now > value_now(least - 1, percent)
    assert value_now(most, percent) <= now < value_now(most + 1, percent)


@given(st.sets(st.tuples(listed, st.sampled_from("abc")), max_size=30), percents, places)
def test_reading_goes_on_exactly_after_a_place(
    plans: set[tuple[int, str]], percent: int, after: Place
) -> None:
    value, code = begins_at(after, percent)
    read = {plan for plan in plans if plan > (value, code)}
    standing = {plan for plan in plans if Place(value_now(plan[0], percent), *plan) > after}
    assert read == standing


@given(places)
def test_a_place_survives_an_address(place: Place) -> None:
    assert read_place(str(place)) == place


def test_what_is_no_place_is_none() -> None:
    for text in ("", "1", "1-2", "1-2-", "a-2-x", "1-b-x", "-1-2-x", "9" * 19 + "-1-x", "²-1-x"):
        assert read_place(text) is None


def test_what_a_promotion_makes_of_each_value() -> None:
    plain = Cost(amount_minor=2500, rate_per_gb=125_000, rate_per_day=83_333, volume_bytes=20 * GB)
    assert [plain.now(order) for order in Order] == [2500, 125_000, 83_333]
    off = Cost(
        amount_minor=2500,
        rate_per_gb=125_000,
        rate_per_day=83_333,
        volume_bytes=20 * GB,
        percent_off=10,
    )
    assert [off.now(order) for order in Order] == [2250, 112_500, 75_000]
    bonus = Cost(
        amount_minor=2500,
        rate_per_gb=125_000,
        rate_per_day=83_333,
        volume_bytes=20 * GB,
        bonus_bytes=5 * GB,
    )
    assert [bonus.now(order) for order in Order] == [2500, 100_000, 83_333]
    assert [bonus.listed(order) for order in Order] == [2500, 125_000, 83_333]
