"""One rating for a bundle that moved data, by who was asked; it may be changed."""

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import DailyUsage
from limosa.domain.ledger.queries import wallet_balance
from limosa.domain.ratings.engine.questions import OPEN_FOR, Question
from limosa.domain.ratings.models import RatedPlace, Rating
from limosa.domain.ratings.operations.answer_rating import answer_rating
from limosa.domain.ratings.operations.give_rating import Said, give_rating
from limosa.domain.ratings.operations.mark_insider import mark_insider
from limosa.domain.ratings.operations.report_comment import report_comment
from limosa.domain.ratings.queries import comments_of
from limosa.domain.ratings.refusals import (
    CommentNotShownError,
    NoDataMovedError,
    NothingBoughtError,
    PlaceNotCoveredError,
    RatingNotOpenError,
    TooManyReportsError,
)
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.web.console.attention import ratings_reported
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order
from tests.factories.ratings import make_asked_bundle, make_rating, make_reader, rated_plan

pytestmark = pytest.mark.django_db


def give(bundle: Any, *, at: Any = MOMENT, person: Any = None, **fields: Any) -> Rating:
    said = {
        "country": "US",
        "answers": {Question.SPEED: 4},
        "comment": "",
        "language": "en",
        "address": "203.0.113.1",
    }
    return give_rating(
        person=person or bundle.subscriber,
        order_number=bundle.order_number,
        said=Said(**(said | fields)),
        now=at,
    )


def test_a_rating_is_of_the_month_in_which_data_was_moved() -> None:
    bundle = make_asked_bundle()
    DailyUsage.objects.filter(esim=bundle.esim).update(day=date(2026, 11, 9))
    rating = give(bundle)
    assert rating.month == date(2026, 11, 1)
    assert (rating.speed, rating.coverage, rating.standing) == (4, None, "new")
    assert RatedPlace.objects.get().next_at == MOMENT


def test_to_change_it_makes_no_second_one_and_its_time_stays() -> None:
    bundle = make_asked_bundle()
    give(bundle)
    later = MOMENT + timedelta(days=3)
    again = give(bundle, at=later, answers={Question.HELP: 1}, comment=" fine\0 ")
    assert Rating.objects.count() == 1
    assert (again.speed, again.help, again.comment) == (None, 1, "fine")
    assert (again.given_at, again.changed_at) == (MOMENT, later)
    assert again.comment_state == "shown"


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        ("not asked", RatingNotOpenError),
        ("another's", RatingNotOpenError),
        ("too late", RatingNotOpenError),
        ("no bytes", NoDataMovedError),
        ("no day", NoDataMovedError),
        ("elsewhere", PlaceNotCoveredError),
    ],
)
def test_what_may_not_be_rated(case: str, refusal: type[DomainRefusal]) -> None:
    bundle, at, person, country = make_asked_bundle(), MOMENT, None, "US"
    match case:
        case "not asked":
            bundle = make_bundle()
        case "another's":
            person = make_subscriber()
        case "too late":
            at = MOMENT + OPEN_FOR + timedelta(seconds=1)
        case "no bytes":
            bundle.used_bytes = 0
            bundle.save()
        case "no day":
            DailyUsage.objects.all().delete()
        case _:
            country = "DE"
    with pytest.raises(refusal):
        give(bundle, at=at, person=person, country=country)
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"answers": {}}, {"answers": {Question.SPEED: 6}}, {"comment": "x" * 601}],
)
def test_what_is_no_rating_is_a_fault(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no rating"):
        give(make_asked_bundle(), **fields)


def test_a_plan_for_several_countries_is_rated_where_its_buyer_was() -> None:
    plan = rated_plan(code="world", countries=["US", "CA"])
    bundle = make_asked_bundle(plan=plan)
    give(bundle, country="CA")
    give(bundle, country="US")
    assert {(row.country, row.next_at) for row in RatedPlace.objects.all()} == {
        ("CA", MOMENT),
        ("US", MOMENT),
    }


def test_a_reward_is_credited_once_whatever_is_said_and_stands_on_the_rating(
    settings: Settings,
) -> None:
    settings.RATING_REWARDS = {"USD": 100}
    bundle = make_asked_bundle()
    give(bundle, answers={Question.SPEED: 1})
    rating = give(bundle, answers={Question.SPEED: 5})
    assert (rating.reward_minor, rating.reward_currency) == (100, "USD")
    assert wallet_balance(subscriber_id=bundle.subscriber_id) == [Money(100, "USD")]


@pytest.mark.parametrize("case", ["staff", "insider", "disputed", "refunded"])
def test_what_cannot_count_is_not_rewarded(case: str, settings: Settings) -> None:
    settings.RATING_REWARDS = {"USD": 100}
    bundle = make_asked_bundle(subscriber=make_operator() if case == "staff" else None)
    if case == "insider":
        person = bundle.subscriber_id
        mark_insider(subscriber_id=person, is_insider=True, reason="agency", now=MOMENT)
    elif case == "disputed":
        bundle.suspended_at = MOMENT
    elif case == "refunded":
        bundle.state, bundle.ended_at = "refunded", MOMENT
    bundle.save()
    assert give(bundle).reward_minor is None
    assert wallet_balance(subscriber_id=bundle.subscriber_id) == []


def test_a_reported_comment_is_out_of_sight_and_stays_so_when_it_is_changed() -> None:
    bundle = make_asked_bundle()
    rating = give(bundle, comment="call 555-1234")
    reader = make_reader()
    assert report_comment(rating_id=rating.pk, reporter=reader, reason="a number", now=MOMENT)
    assert not report_comment(rating_id=rating.pk, reporter=reader, reason="again", now=MOMENT)
    assert rating.reports.count() == 1
    changed = give(bundle, comment="call 555-9999")
    assert changed.comment_state == "reported"


@pytest.mark.parametrize("state", ["reported", "hidden"])
def test_what_is_out_of_sight_does_not_come_back_by_way_of_no_comment(state: str) -> None:
    bundle = make_asked_bundle()
    rating = give(bundle, comment="call 555-1234")
    Rating.objects.update(comment_state=state, public_reason="Names a person.")
    assert give(bundle).comment == ""
    assert not comments_of("t-mobile", "US").exists()
    assert not ratings_reported().exists()
    back = give(bundle, comment="call 555-1234")
    assert (back.pk, back.comment_state) == (rating.pk, "reported")
    assert back.public_reason == "Names a person."
    assert ratings_reported().get() == back


def test_only_who_has_paid_for_a_plan_reports() -> None:
    rating = make_rating(comment="fine")
    for state in ("placed", "cancelled", "refunded"):
        reporter = make_order(state=state).subscriber
        with pytest.raises(NothingBoughtError):
            report_comment(rating_id=rating.pk, reporter=reporter, reason="x", now=MOMENT)
    rating.refresh_from_db()
    assert rating.comment_state == "shown"
    assert not rating.reports.exists()


def test_a_reporter_has_at_most_three_comments_out_of_sight_at_once() -> None:
    ratings = [make_rating(comment=f"Comment {number}.") for number in range(4)]
    reader = make_reader()

    def report(rating: Rating) -> bool:
        return report_comment(rating_id=rating.pk, reporter=reader, reason="x", now=MOMENT)

    assert [report(rating) for rating in ratings[:3]] == [True] * 3
    with pytest.raises(TooManyReportsError):
        report(ratings[3])
    assert not report(ratings[0])  # Again: as before, it changes nothing.
    Rating.objects.filter(pk=ratings[1].pk).update(comment_state="kept")
    assert report(ratings[3])


def test_nobody_reports_what_is_not_there_or_is_their_own() -> None:
    rating = make_rating()
    with pytest.raises(CommentNotShownError):
        report_comment(rating_id=rating.pk, reporter=make_reader(), reason="x", now=MOMENT)
    rating = make_rating(comment="mine")
    assert rating.subscriber is not None
    with pytest.raises(CommentNotShownError):
        report_comment(rating_id=rating.pk, reporter=rating.subscriber, reason="x", now=MOMENT)


def test_the_sellers_reply_is_set_and_taken_back() -> None:
    rating = make_rating()
    assert answer_rating(rating_id=rating.pk, reply=" Thanks. ", now=MOMENT)
    assert not answer_rating(rating_id=rating.pk, reply="Thanks.", now=MOMENT)
    assert answer_rating(rating_id=rating.pk, reply="", now=MOMENT)
    with pytest.raises(ValueError, match="long"):
        answer_rating(rating_id=rating.pk, reply="x" * 1001, now=MOMENT)
