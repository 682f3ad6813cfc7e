"""A price's course says of each moment what counts then."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.promotions.engine.course import Run, course_of
from limosa.domain.promotions.engine.stacking import Gift, best

START = datetime(2027, 1, 1, tzinfo=UTC)
HOURS = 100


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    begins = draw(st.integers(-20, HOURS + 20))
    gift = Gift(code=draw(st.sampled_from("abc")), percent_off=draw(st.integers(1, 90)))
    return Run(gift, at(begins), at(begins + draw(st.integers(1, 60))))


@given(st.lists(runs(), max_size=5))
def test_each_moment_has_what_is_best_then(some: list[Run]) -> None:
    course = course_of(
        some, price_minor=6000, volume_bytes=None, starts_at=at(0), ends_at=at(HOURS)
    )
    assert (course[0].starts_at, course[-1].ends_at) == (at(0), at(HOURS))
    for one, following in pairwise(course):
        assert one.ends_at == following.starts_at
        assert one.gift != following.gift
    for hour in range(HOURS):
        (stretch,) = [one for one in course if one.starts_at <= at(hour) < one.ends_at]
        running = [one.gift for one in some if one.starts_at <= at(hour) < one.ends_at]
        assert stretch.gift == best(running, price_minor=6000, volume_bytes=None)
