"""What is planted does not move a published rating: not a burst, nor a person with ten accounts,
nor staff, nor a refunded order, nor what was free."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.accounts.models import KnownDevice, SecurityEvent, Subscriber
from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order, Quote
from limosa.domain.payments.models import SavedMethod
from limosa.domain.ratings.engine.questions import Question
from limosa.domain.ratings.models import RatedPlace, Rating
from limosa.domain.ratings.operations.give_rating import Said, give_rating
from limosa.domain.ratings.operations.mark_insider import mark_insider
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.queries import published
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber
from tests.factories.esims import make_device
from tests.factories.ratings import make_asked_bundle

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(days=2)
MINUTE = timedelta(minutes=1)


def rate(bundle: Bundle, answer: int, *, at: Any = MOMENT, address: str = "") -> Rating:
    said = Said(
        country="US",
        answers=dict.fromkeys(Question, answer),
        comment="",
        language="en",
        address=address,
    )
    return give_rating(
        person=bundle.subscriber, order_number=bundle.order_number, said=said, now=at
    )


@pytest.fixture
def honest() -> dict[str, Any]:
    """Twelve buyers who give 2 or 3 over two days; return what is published of them."""
    for number in range(12):
        at = MOMENT - timedelta(days=2) + number * timedelta(hours=4)
        bundle = make_asked_bundle(at=at, joined_days=50 + 20 * number)
        rate(bundle, 2 + number % 2, at=at, address=f"203.0.113.{number}")
    return sums()


def sums() -> dict[str, Any]:
    RatedPlace.objects.update(next_at=LATER)
    publish_due_places(now=LATER)
    assert published("t-mobile", "US") is not None
    return dict(RatedPlace.objects.get().sums)


def standings() -> set[str]:
    """Return how the fives stand, which only who plants them gives."""
    return set(Rating.objects.filter(speed=5).values_list("standing", flat=True))


def test_the_control_honest_fives_do_move_it(honest: dict[str, Any]) -> None:
    for number in range(3):
        bundle = make_asked_bundle(joined_days=400 + 20 * number)
        rate(bundle, 5, at=MOMENT + number * timedelta(hours=5), address=f"198.51.100.{number}")
    assert sums() != honest
    assert standings() == {"counts"}


def test_a_burst_of_new_accounts_does_not(honest: dict[str, Any]) -> None:
    for number in range(30):
        bundle = make_asked_bundle(joined_days=2)
        rate(bundle, 5, at=MOMENT + number * MINUTE, address=f"198.51.100.{number}")
    assert sums() == honest
    assert standings() == {"burst"}


def test_a_burst_from_one_address_does_not(honest: dict[str, Any]) -> None:
    for number in range(30):
        bundle = make_asked_bundle(joined_days=100 + 20 * number)
        rate(bundle, 5, at=MOMENT + number * MINUTE, address=f"2001:db8::{number:x}")
    assert sums() == honest
    assert standings() == {"burst"}


def _one_card(person: Subscriber) -> None:
    SavedMethod.objects.create(
        public_id=f"P{person.pk}",
        subscriber=person,
        provider="stripe",
        reference="pm_1",
        label="Visa •••• 4242",
        consented_at=MOMENT,
    )


def _one_phone(person: Subscriber) -> None:
    make_device(subscriber=person, eid="89049032000000000000000000000042")


def _one_browser(person: Subscriber) -> None:
    KnownDevice.objects.create(subscriber=person, digest="same", seen_at=MOMENT)


def _one_home(person: Subscriber) -> None:
    SecurityEvent.objects.create(
        subscriber=person,
        kind="signed_in",
        at=MOMENT - timedelta(days=20),
        address="198.51.100.7",
    )


@pytest.mark.parametrize("share", [_one_card, _one_phone, _one_browser, _one_home])
def test_one_person_with_ten_accounts_does_not(
    share: Callable[[Subscriber], None], honest: dict[str, Any]
) -> None:
    for number in range(10):
        at = MOMENT + number * timedelta(hours=4)
        person = make_subscriber(date_joined=MOMENT - timedelta(days=30, hours=number))
        share(person)
        rate(make_asked_bundle(subscriber=person), 5, at=at, address=f"198.51.100.{number}")
    assert sums() == honest
    assert standings() == {"ring"}


def test_one_account_with_ten_bundles_counts_once(honest: dict[str, Any]) -> None:
    person = make_subscriber(date_joined=MOMENT - timedelta(days=900))
    for number in range(10):
        rate(make_asked_bundle(subscriber=person), 5, at=MOMENT + number * timedelta(hours=4))
    assert sums()["speed"]["count"] == honest["speed"]["count"] + 1


def test_staff_do_not_nor_who_was_on_the_staff(honest: dict[str, Any]) -> None:
    long_ago = MOMENT - timedelta(days=500)
    rate(make_asked_bundle(subscriber=make_operator(date_joined=long_ago)), 5)
    former = make_subscriber(date_joined=long_ago)
    SecurityEvent.objects.create(subscriber=former, kind="staff_added", at=long_ago)
    rate(make_asked_bundle(subscriber=former), 5, at=MOMENT + MINUTE)
    later = make_subscriber(date_joined=long_ago)
    rate(make_asked_bundle(subscriber=later), 5, at=MOMENT + 2 * MINUTE)
    later.staff_role, later.is_staff = "support", True
    later.save()
    assert sums() == honest
    assert standings() == {"staff"}


def test_partners_do_not(honest: dict[str, Any]) -> None:
    partner = make_subscriber(date_joined=MOMENT - timedelta(days=500))
    rate(make_asked_bundle(subscriber=partner), 5)
    assert sums() != honest
    assert mark_insider(subscriber_id=partner.pk, is_insider=True, reason="agency", now=MOMENT)
    assert sums() == honest
    assert standings() == {"partner"}


def test_refunded_orders_do_not_though_they_are_refunded_later(honest: dict[str, Any]) -> None:
    whole, part, disputed = (make_asked_bundle(joined_days=300 + 30 * n) for n in range(3))
    for number, bundle in enumerate((whole, part, disputed)):
        rate(bundle, 5, at=MOMENT + number * timedelta(hours=3))
    assert sums() != honest
    Order.objects.filter(number=whole.order_number).update(state="refunded", closed_at=LATER)
    Order.objects.filter(number=part.order_number).update(reversed_minor=2400)
    Bundle.objects.filter(pk=disputed.pk).update(suspended_at=LATER)
    assert sums() == honest
    assert standings() == {"refunded", "disputed"}


def test_free_bundles_do_not(honest: dict[str, Any]) -> None:
    person = make_subscriber(date_joined=MOMENT - timedelta(days=700))
    gift = MOMENT - timedelta(days=40)
    credit_wallet(subscriber_id=person.pk, amount=Money(2500, "USD"), key="gift", now=gift)
    rate(make_asked_bundle(subscriber=person, pays="wallet"), 5)
    discounted = make_asked_bundle(joined_days=800)
    quotes = Quote.objects.filter(order__number=discounted.order_number)
    quotes.update(discount_minor=2499, total_minor=1, tax_minor=0)
    rate(discounted, 5, at=MOMENT + MINUTE)
    assert sums() == honest
    assert standings() == {"free"}


def test_a_wallet_of_ones_own_money_counts(honest: dict[str, Any]) -> None:
    rate(make_asked_bundle(joined_days=700, pays="wallet"), 5)
    assert sums() != honest
