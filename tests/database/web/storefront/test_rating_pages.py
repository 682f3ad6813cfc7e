"""A person rates in a few taps; everybody reads what counts, and nobody reads what was reported."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from limosa.domain.ratings.models import Rating
from limosa.domain.track_record.operations.measure_service import measure_service
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.ratings import (
    make_asked_bundle,
    make_demo_rating,
    make_rated_place,
    make_rating,
    make_reader,
    rated_plan,
)
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
PLACE = "/ratings/t-mobile/US/"


def page_of(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


@pytest.fixture
def place() -> None:
    make_rated_place(carrier=make_carrier(name="T-Mobile"))


def test_from_the_first_page_three_taps_are_enough(client: Client) -> None:
    bundle = make_asked_bundle(at=timezone.now())
    client.force_login(bundle.subscriber)
    tap = re.search(r'href="(/orders/[^"]+/rating/\?speed=4)"', page_of("/", client))
    assert tap
    form = page_of(tap[1], client)
    assert re.search(r'name="speed" value="4" checked', form)
    said = client.post(
        tap[1], {"country": "US", "speed": "4", "coverage": "5", "comment": ""}, follow=True
    )
    assert "Your rating is saved" in said.content.decode()
    rating = Rating.objects.get()
    assert (rating.speed, rating.coverage, rating.help) == (4, 5, None)
    assert "?speed=4" not in page_of("/", client)


def test_a_rating_is_changed_on_the_same_page(client: Client) -> None:
    bundle = make_asked_bundle(at=timezone.now())
    rating = make_rating(bundle=bundle, speed=2, given_at=timezone.now())
    client.force_login(bundle.subscriber)
    path = f"/orders/{bundle.order_number}/rating/"
    assert re.search(r'name="speed" value="2" checked', page_of(path, client))
    client.post(path, {"country": "US", "speed": "5"})
    rating.refresh_from_db()
    assert (rating.speed, rating.coverage) == (5, None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"country": "US"}, "one is enough"),
        ({"country": "DE", "speed": "4"}, "not for that place"),
        ({"country": "US", "speed": "9"}, "one of the five steps"),
        ({"country": "US", "speed": "4", "comment": "x" * 601}, "at most 600"),
    ],
)
def test_a_form_says_what_is_missing(fields: dict[str, str], told: str, client: Client) -> None:
    bundle = make_asked_bundle(at=timezone.now())
    client.force_login(bundle.subscriber)
    said = client.post(f"/orders/{bundle.order_number}/rating/", fields)
    assert said.status_code == 422
    assert told in said.content.decode()
    assert not Rating.objects.exists()


def test_nobody_rates_what_is_anothers_or_was_not_asked_about(client: Client) -> None:
    bundle = make_asked_bundle(at=timezone.now())
    path = f"/orders/{bundle.order_number}/rating/"
    assert client.get(path).status_code == 302
    client.force_login(make_subscriber())
    assert client.get(path).status_code == 404
    assert client.post(path, {"country": "US", "speed": "1"}).status_code == 404


def test_after_three_months_the_page_says_that_it_is_over(client: Client) -> None:
    bundle = make_asked_bundle(at=timezone.now() - timedelta(days=91))
    client.force_login(bundle.subscriber)
    path = f"/orders/{bundle.order_number}/rating/"
    assert "time to rate this plan is over" in page_of(path, client)
    assert "can't be rated" in page_of_post(client, path)


def page_of_post(client: Client, path: str) -> str:
    answer = client.post(path, {"country": "US", "speed": "4"}, follow=True)
    return unescape(answer.content.decode())


def test_where_a_plan_is_for_several_places_the_form_asks_where(client: Client) -> None:
    plan = rated_plan(code="north", countries=["US", "CA"])
    bundle = make_asked_bundle(at=timezone.now(), plan=plan)
    client.force_login(bundle.subscriber)
    form = page_of(f"/orders/{bundle.order_number}/rating/", client)
    assert '<option value="CA">Canada</option>' in form
    assert '<option value="US" selected>United States</option>' in form  # By the eSIM's clock.


def test_places_are_in_the_order_of_the_language(client: Client) -> None:
    plan = rated_plan(code="east", countries=["US", "JP", "KR"])
    bundle = make_asked_bundle(at=timezone.now(), plan=plan)
    client.force_login(bundle.subscriber)
    path = f"/orders/{bundle.order_number}/rating/"
    for language, codes in (("en", ["JP", "KR", "US"]), ("zh-hans", ["KR", "US", "JP"])):
        bundle.subscriber.language = language
        bundle.subscriber.save()
        assert re.findall(r'<option value="([A-Z]+)"', page_of(path, client)) == codes


@pytest.mark.usefixtures("place")
def test_the_figures_stand_on_the_list_the_place_and_the_plan() -> None:
    make_plan(code="month", carrier=make_carrier(name="T-Mobile"))
    assert 'href="/ratings/t-mobile/US/"' in page_of("/ratings/")
    for path in (PLACE, "/plans/month/"):
        page = page_of(path)
        assert "3.8" in page
        assert "from 12 verified buyers" in page


def test_what_few_rated_has_no_page(client: Client) -> None:
    make_rated_place(count=9, written=9)
    comment = make_rating(comment="One of few.")
    client.force_login(make_subscriber())
    assert client.get(f"/ratings/comments/{comment.pk}/report/").status_code == 404
    assert Client().get(PLACE).status_code == 404
    assert "ten people" in page_of("/ratings/")
    make_plan(code="month")
    assert "verified" not in page_of("/plans/month/")


@pytest.mark.usefixtures("place")
def test_comments_are_escaped_and_marked() -> None:
    make_rating(comment="<script>alert(1)</script>", standing="free")
    make_rating(comment="Rewarded.", reward_minor=100, reward_currency="USD")
    make_demo_rating(comment="Shipped.")
    raw = Client().get(PLACE).content.decode()
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert(1)" in raw
    page = unescape(raw)
    assert "not counted: the plan was free" in page
    assert "rewarded with $1.00" in page
    assert "demo data" in page


@pytest.mark.usefixtures("place")
def test_a_reported_comment_is_out_of_sight_at_once(client: Client) -> None:
    rating = make_rating(comment="Call me at 555-1234")
    path = f"/ratings/comments/{rating.pk}/report/"
    assert client.get(path).status_code == 302
    client.force_login(make_reader())
    assert "555-1234" in page_of(path, client)
    assert client.post(path, {"reason": ""}).status_code == 422
    client.post(path, {"reason": "a number"})
    assert "555-1234" not in page_of(PLACE)
    assert "out of sight until we have reviewed" in page_of(PLACE)
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("place")
def test_who_may_not_report_is_told_why_before_they_write_a_reason(client: Client) -> None:
    ratings = [make_rating(comment=f"Comment {number}.") for number in range(4)]
    paths = [f"/ratings/comments/{rating.pk}/report/" for rating in ratings]
    client.force_login(make_subscriber())
    for said in (client.get(paths[0], follow=True), client.post(paths[0], {"reason": "x"})):
        assert "Comment 0." in page_of(PLACE), said
    assert "have bought a plan" in unescape(client.get(paths[0], follow=True).content.decode())
    client.force_login(make_reader())
    for path in paths[:3]:
        client.post(path, {"reason": "x"})
    said = client.get(paths[3], follow=True)
    assert "not yet reviewed the comments that you reported" in unescape(said.content.decode())
    assert "Comment 3." in page_of(PLACE)


@pytest.mark.usefixtures("place")
def test_a_comment_that_was_reviewed_says_so_and_is_not_reported_again(client: Client) -> None:
    rating = make_rating(
        comment="Nobody answered.", comment_state="kept", public_reason="An opinion."
    )
    page = page_of(PLACE)
    assert "Nobody answered." in page
    assert "reviewed and shown" in page
    assert "Moderation: An opinion." in page
    path = f"/ratings/comments/{rating.pk}/report/"
    assert path not in page
    client.force_login(make_subscriber())
    assert client.post(path, {"reason": "again"}).status_code == 404


@pytest.mark.usefixtures("place")
def test_a_hidden_comment_leaves_its_public_reason_and_a_reply_stands() -> None:
    make_rating(
        comment="rude words",
        comment_state="hidden",
        public_reason="Insults somebody.",
        reply="We are sorry.",
        replied_at=timezone.now(),
    )
    page = page_of(PLACE)
    assert "rude words" not in page
    assert "Hidden by moderation: Insults somebody." in page
    assert "We are sorry." in page


@pytest.mark.usefixtures("place")
def test_comments_are_paged() -> None:
    for number in range(25):
        make_demo_rating(comment=f"Comment {number:02}.")
    first = page_of(PLACE)
    assert "Comment 24." in first
    assert "Comment 04." not in first
    older = re.search(r'href="(\?before=\d+)"', first)
    assert older
    assert "Comment 04." in page_of(PLACE + older[1])


def test_facts_say_their_count_or_that_it_is_not_enough() -> None:
    now = timezone.now()
    assert page_of("/facts/").count("Not enough yet") == 5
    for _ in range(12):
        make_case(opened_at=now - timedelta(hours=6))
    measure_service(now=now)
    page = page_of("/facts/")
    assert page.count("Not enough yet") == 4
    assert "6 hours" in page
    assert "median of 12 cases" in page
