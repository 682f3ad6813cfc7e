"""Which days are looked back on, and what is known of them."""

from datetime import date, timedelta

from limosa.domain.advice.engine.replaying import DayUse
from limosa.domain.advice.engine.window import (
    Ran,
    Span,
    cut,
    known_use,
    looked_back,
    paid_share,
)

TODAY = date(2026, 11, 30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_as_many_days_as_usual_or_as_a_plan_lasts_and_never_today() -> None:
    assert looked_back(today=TODAY, days_of_plan=30) == Span(ago(90), TODAY)
    assert looked_back(today=TODAY, days_of_plan=180) == Span(ago(180), TODAY)
    assert looked_back(today=TODAY, days_of_plan=3_000) == Span(ago(400), TODAY)
    assert Span(ago(90), TODAY).last == ago(1)


def test_days_begin_with_the_first_plan_or_the_first_use() -> None:
    span = Span(ago(90), TODAY)
    known = known_use(span, used={ago(20): 5, ago(18): 0, TODAY: 9}, ran=[Ran(ago(21), ago(19))])
    assert known.span == Span(ago(21), TODAY)
    assert known.used == (DayUse(ago(20), 5),)
    assert known.unknown == tuple(ago(days) for days in range(18, 0, -1))
    assert known.total_bytes == 5


def test_a_plan_that_began_before_leaves_all_days_to_be_looked_at() -> None:
    span = Span(ago(90), TODAY)
    known = known_use(span, used={ago(3): 5}, ran=[Ran(ago(200), None)])
    assert known.span == span
    assert known.unknown == ()


def test_nothing_known_is_no_day() -> None:
    known = known_use(Span(ago(90), TODAY), used={}, ran=[])
    assert (known.span.days, known.used, known.unknown) == (0, (), ())


def test_a_day_with_use_is_known_even_if_no_plan_ran() -> None:
    known = known_use(Span(ago(4), TODAY), used={ago(4): 1, ago(2): 1}, ran=[])
    assert known.unknown == (ago(3), ago(1))


def test_a_cut_leaves_nothing_of_the_days_after_it() -> None:
    known = known_use(Span(ago(4), TODAY), used={ago(4): 1, ago(2): 1}, ran=[])
    whole = cut(known, until=ago(2))
    assert whole.span == Span(ago(4), ago(2))
    assert whole.used == (DayUse(ago(4), 1),)
    assert whole.unknown == (ago(3),)


def test_what_was_paid_falls_on_days_alike() -> None:
    span = Span(ago(10), TODAY)
    assert paid_share(1000, ran=Ran(ago(10), ago(1)), span=span) == 1000
    assert paid_share(1000, ran=Ran(ago(12), ago(10)), span=span) == 333
    assert paid_share(1000, ran=Ran(ago(2), TODAY + timedelta(days=1)), span=span) == 500
    assert paid_share(1000, ran=Ran(ago(2), None), span=span) == 1000
    assert paid_share(1000, ran=Ran(ago(30), ago(11)), span=span) == 0
