"""A person's timeline holds everything once, newest first, page by page."""

from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.engine.move_life import NOT_INSTALLED
from limosa.domain.esims.models import EsimState
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import OrderState
from limosa.foundation.money import Money
from limosa.web.console.esim_badges import EsimBadge, badges_of
from limosa.web.console.timeline import Moment, timeline_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.autorenewal import WORDING, make_consent
from tests.factories.charging import make_daily_usage
from tests.factories.esims import make_bundle, make_esim, make_installation, make_move
from tests.factories.notifications import make_notification
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment, make_refund
from tests.factories.support import make_case

pytestmark = pytest.mark.django_db
AHEAD = MOMENT + timedelta(days=2)


def make_busy_person(*, orders: int = 1) -> Subscriber:
    person = make_subscriber(date_joined=MOMENT - timedelta(days=90))
    esim = make_esim(subscriber=person)
    make_bundle(esim=esim, state="expired")
    make_daily_usage(esim=esim)
    credit_wallet(
        subscriber_id=person.pk, amount=Money(500, "USD"), key=f"gift:{person.pk}", now=MOMENT
    )
    for number in reversed(range(orders)):
        at = MOMENT - timedelta(days=number)
        order = make_order(esim=esim, state=OrderState.FULFILLED, created_at=at)
        payment = make_payment(order=order, state="succeeded", created_at=at)
        later = at + timedelta(minutes=1)
        make_refund(payment=payment, state="succeeded", requested_at=at, finished_at=later)
        make_notification(subscriber=person, created_at=later)
        make_case(
            order=order,
            opened_at=later,
            answer="Hi.",
            answered_at=later,
            answered_by=person,
            reply="Thanks.",
            replied_at=later,
            closed_at=at + timedelta(hours=1),
        )
    return person


def titles(moments: list[Moment]) -> list[str]:
    return [moment.title for moment in moments]


def test_all_that_happened_is_there_newest_first() -> None:
    page = timeline_of(make_busy_person(), before=AHEAD)
    assert sorted(titles(page.moments)) == sorted(
        [
            "Signed up",
            "Bundle ended",
            "Data used",
            "Wallet",
            "Order placed",
            "Paid",
            "Credited",
            "Payment started",
            "Refund requested",
            "Refund completed",
            "Message",
            "Case opened",
            "Case answered",
            "Reply to our answer",
            "Case closed",
        ]
    )
    times = [moment.at for moment in page.moments]
    assert times == sorted(times, reverse=True)
    assert page.next_before is None


def test_a_refund_is_asked_for_before_its_order_is_refunded() -> None:
    order = make_order(state=OrderState.REFUNDED, created_at=MOMENT, closed_at=MOMENT)
    make_refund(payment=make_payment(order=order, state="succeeded"), requested_at=MOMENT)
    told = titles(timeline_of(order.subscriber, before=AHEAD).moments)
    assert told.index("Refunded") < told.index("Refund requested")  # Newest first.


def test_what_happened_to_others_is_not_there() -> None:
    make_busy_person()
    page = timeline_of(make_subscriber(date_joined=MOMENT), before=AHEAD)
    assert titles(page.moments) == ["Signed up"]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_follow_each_other_without_gap_or_repeat(size: int) -> None:
    person = make_busy_person(orders=3)
    whole = timeline_of(person, before=AHEAD, size=1000).moments
    read: list[Moment] = []
    before = AHEAD
    while True:
        page = timeline_of(person, before=before, size=size)
        read += page.moments
        if page.next_before is None:
            break
        before = page.next_before
    assert sorted(titles(read)) == sorted(titles(whole))


def test_the_number_of_statements_does_not_grow_with_the_person(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for person in (make_busy_person(), make_busy_person(orders=6)):
        with django_assert_num_queries(13):
            timeline_of(person, before=AHEAD)


def test_what_was_agreed_to_is_told_with_its_words_and_its_end() -> None:
    consent = make_consent()
    make_consent(
        esim=consent.esim, withdraws=consent, by_link=True, given_at=MOMENT + timedelta(days=1)
    )
    order = make_order(esim=consent.esim, agreed_at=MOMENT, created_at=MOMENT)
    told = timeline_of(order.subscriber, before=AHEAD).moments
    assert "Order placed by auto-renew" in titles(told)
    [over] = [moment for moment in told if moment.title == "Auto-renew: consent over"]
    assert "not signed in" in over.detail
    [agreed] = [moment for moment in told if moment.title == "Auto-renew: agreed to"]
    assert "$30.00" in agreed.detail
    assert WORDING in agreed.detail


def test_what_devices_reported_is_told() -> None:
    row = make_installation(
        state="deleted", downloaded_at=MOMENT, installed_at=MOMENT, enabled_at=MOMENT
    )
    moments = timeline_of(row.esim.subscriber, before=AHEAD).moments
    told = {moment.title for moment in moments if moment.title.startswith("eSIM ")}
    assert told == {
        "eSIM downloaded",
        "eSIM installed",
        "eSIM switched on",
        "eSIM deleted from the device",
    }


@pytest.mark.parametrize(
    ("state", "badge"),
    [
        ("downloaded", EsimBadge("downloaded", is_on=False)),
        ("enabled", EsimBadge("switched on", is_on=True)),
        ("deleted", EsimBadge("deleted from the device", is_on=False)),
    ],
)
def test_a_badge_says_what_was_reported_last(state: str, badge: EsimBadge) -> None:
    esim = make_installation(state=state).esim
    assert badges_of([esim])[esim.pk] == badge
    make_move(esim=esim)
    assert badges_of([esim])[esim.pk].text == f"{badge.text} · being moved"


def test_a_badge_without_reports_says_what_the_network_saw() -> None:
    ready, used, gone = (make_esim(state=state) for state in EsimState)
    badges = badges_of([ready, used, gone])
    assert badges[ready.pk] == EsimBadge("not installed yet", is_on=False)
    assert badges[used.pk] == EsimBadge("installed", is_on=True)
    assert badges[gone.pk] == EsimBadge("deleted", is_on=False)


def test_a_move_that_was_not_installed_in_time_is_told_as_such() -> None:
    move = make_move(state="given_up", problem=NOT_INSTALLED)
    moments = timeline_of(move.esim.subscriber, before=AHEAD).moments
    assert "Move not installed in time" in titles(moments)
    assert "Move given up" not in titles(moments)


@pytest.mark.parametrize(
    ("state", "ends_as"),
    [("waiting", []), ("done", ["Moved to another device"]), ("given_up", ["Move given up"])],
)
def test_a_move_is_told_with_how_it_ended(state: str, ends_as: list[str]) -> None:
    move = make_move(state=state)
    moments = timeline_of(move.esim.subscriber, before=AHEAD).moments
    of_move = [moment for moment in moments if move.number in moment.detail]
    assert sorted(titles(of_move)) == sorted(["Move to another device begun", *ends_as])
    tails = f"…{move.old_iccid[-4:]} → …{move.iccid[-4:]}"
    assert all(tails in moment.detail for moment in of_move)


def test_moments_are_told_in_the_language_of_the_page() -> None:
    person = make_busy_person()
    with translation.override("zh-hans"):
        page = timeline_of(person, before=AHEAD)
    assert len(page.moments) == 15
