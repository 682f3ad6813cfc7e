"""What is published is computed from what counts, and the guard notices anything else."""

from datetime import timedelta

import pytest

from limosa.domain.ordering.models import Order
from limosa.domain.ratings.models import Insider, RatedPlace, Rating, RatingPrior
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.operations.weigh_all_ratings import weigh_all_ratings
from limosa.domain.ratings.places import make_due
from limosa.domain.ratings.queries import best_published, published, published_page
from limosa.domain.support.models import Finding, GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from tests.factories import MOMENT
from tests.factories.catalog import make_carrier
from tests.factories.ratings import make_demo_rating, make_rated_place, make_rating

pytestmark = pytest.mark.django_db


def publish(people: int, **fields: object) -> RatedPlace:
    for _ in range(people):
        make_demo_rating(**fields)
    make_due(carrier="t-mobile", country="US", now=MOMENT)
    publish_due_places(now=MOMENT)
    return RatedPlace.objects.get()


def findings() -> list[tuple[str, int | None, int | None]]:
    run_guards(now=MOMENT, kinds=[GuardKind.RATINGS], whole=True)
    open_ones = Finding.objects.filter(gone_at=None)
    return [(row.problem, row.has, row.due) for row in open_ones]


def test_nine_are_hidden_and_ten_are_shown() -> None:
    publish(9)
    assert published("t-mobile", "US") is None
    publish(1)
    shown = published("t-mobile", "US")
    assert shown is not None
    assert (shown.count, shown.is_demo) == (10, True)
    assert {mean.name for mean in shown.questions} == {"speed", "coverage", "setup", "help"}


def test_a_question_that_few_answered_is_not_shown() -> None:
    publish(9)
    publish(3, help=None)
    shown = published("t-mobile", "US")
    assert shown is not None
    assert {mean.name for mean in shown.questions} == {"speed", "coverage", "setup"}


def test_old_ratings_weigh_less_and_then_nothing() -> None:
    publish(10, speed=5)
    long_ago = MOMENT.date().replace(year=2024, month=1, day=1)
    place = publish(10, speed=1, month=long_ago)
    assert place.sums["speed"]["count"] == 10
    assert place.sums["speed"]["mean"] == (10 * 5000 + 5 * 3500) // 15


def test_a_month_with_enough_people_is_shown_by_itself() -> None:
    place = publish(10)
    publish(4, month=MOMENT.date().replace(month=10, day=1))
    place.refresh_from_db()
    assert [month["month"] for month in place.months] == ["2026-11-01"]


def test_each_place_is_published_anew_after_an_hour() -> None:
    publish(10)
    assert publish_due_places(now=MOMENT + timedelta(minutes=59)) == 0
    assert publish_due_places(now=MOMENT + timedelta(minutes=61)) == 1


def test_the_mean_of_all_is_that_of_all_places() -> None:
    publish(10, speed=5, coverage=1)
    means = weigh_all_ratings(now=MOMENT)
    assert (means["speed"], means["coverage"], means["overall"]) == (5000, 1000, 3000)
    assert RatingPrior.objects.get().means == means


UNCOUNTED = ("free", "staff", "partner", "excluded")


def _uncounted(why: str) -> Rating:
    """Return a rating of all fives that does not count."""
    fives = dict.fromkeys(("speed", "coverage", "setup", "help"), 5)
    if why == "free":
        return make_rating(own_minor=0, **fives)
    if why == "excluded":
        return make_rating(ruling="excluded", public_reason="x", **fives)
    rating = make_rating(was_staff=why == "staff", **fives)
    if why == "partner":
        assert rating.subscriber is not None
        Insider.objects.create(subscriber=rating.subscriber, reason="x", marked_at=MOMENT)
    return rating


@pytest.mark.parametrize("why", UNCOUNTED)
def test_what_is_not_counted_moves_no_figure_not_even_by_way_of_the_mean_of_all(why: str) -> None:
    before = publish(12, speed=4)
    weigh_all_ratings(now=MOMENT)
    prior = RatingPrior.objects.get().means
    publish(0)
    settled = published("t-mobile", "US")
    rating = _uncounted(why)
    publish(0)
    assert weigh_all_ratings(now=MOMENT) == prior
    publish(0)
    rating.refresh_from_db()
    after = RatedPlace.objects.get()
    shown = published("t-mobile", "US")
    assert rating.standing == why
    assert (after.count, after.written) == (before.count, before.written + 1)
    assert settled is not None
    assert shown is not None
    assert (shown.overall, shown.questions) == (settled.overall, settled.questions)


def test_a_figure_moves_without_a_rating_once_the_mean_of_all_is_known() -> None:
    before = publish(12, **dict.fromkeys(("speed", "coverage", "setup", "help"), 4))
    weigh_all_ratings(now=MOMENT)
    after = publish(0)
    means = before.sums["overall"]["mean"], after.sums["overall"]["mean"]
    assert means == (round((12 * 4000 + 5 * 3500) / 17), 4000)


def test_the_guard_finds_nothing_in_what_was_computed() -> None:
    publish(12)
    publish(3, month=MOMENT.date().replace(month=4, day=1), setup=None)
    assert findings() == []


def test_the_guard_finds_a_figure_that_somebody_edited() -> None:
    place = publish(12)
    due = place.sums["speed"]["total"]
    place.sums["speed"]["total"] = due + 1
    place.save()
    assert findings() == [("sums", due + 1, due)]


def test_the_guard_finds_a_rating_that_somebody_let_count() -> None:
    publish(12)
    Rating.objects.filter(pk=Rating.objects.latest("id").pk).update(speed=5)
    assert [problem for problem, _, _ in findings()] == ["sums"]


def test_the_guard_finds_what_counts_though_its_money_went_back_unless_it_is_too_old() -> None:
    make_rated_place(sums={}, next_at=MOMENT + timedelta(minutes=30))
    long_ago = MOMENT.date().replace(year=2024, month=1, day=1)
    rating = make_rating(month=long_ago, speed=None, coverage=None, setup=None)
    assert rating.bundle is not None
    orders = Order.objects.filter(number=rating.bundle.order_number)
    orders.update(state="refunded", closed_at=MOMENT - timedelta(hours=3))
    assert findings() == []
    Rating.objects.update(month=MOMENT.date().replace(day=1))
    assert "refunded" in {problem for problem, _, _ in findings()}


def test_the_guard_finds_what_is_not_published_in_time() -> None:
    make_rated_place(next_at=MOMENT - timedelta(hours=2))
    assert findings()[0][0] == "late"


def test_the_list_has_the_places_with_the_most_people_first_and_pages() -> None:
    for number in range(35):
        make_rated_place(carrier=make_carrier(f"carrier-{number}"), count=12, written=40 + number)
    make_rated_place(carrier=make_carrier("large"), count=30, written=40)
    make_rated_place(carrier=make_carrier("small"), count=9, written=9)
    first, after = published_page(after="")
    second, end = published_page(after=after)
    assert first[0].carrier == "large"
    assert (len(first), len(second), end) == (30, 6, "")
    assert not {row.carrier for row in first} & {row.carrier for row in second}
    assert [row.carrier for row in best_published(most=1)] == ["large"]
    make_rated_place(carrier=make_carrier("north"), country="CA", count=12)
    assert [row.carrier for row in best_published(most=9, country="CA")] == ["north"]
