"""A reserve that is granted while a renewal is credited never stays beside the new plan, and
workers that meet at an ended bundle grant one."""

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db.models import Model, QuerySet
from pytest_django.fixtures import Settings

from limosa.domain.charging.models import Reserve
from limosa.domain.charging.operations import grant_reserve as granting
from limosa.domain.charging.operations.grant_due_reserves import grant_due_reserves
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.rows import insert_row_once
from limosa.foundation.money import Money
from limosa.foundation.volume import MB
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4
WAIT_SECONDS = 1.0


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.RESERVE_BYTES = 20 * MB


def ended() -> Bundle:
    return make_bundle(
        plan=make_plan(),
        state=BundleState.EXPIRED,
        starts_at=MOMENT - timedelta(days=30),
        ends_at=MOMENT,
        ended_at=MOMENT,
    )


def renewal(bundle: Bundle) -> Order:
    """Return an order that its person can pay from the wallet."""
    person = bundle.subscriber
    credit_wallet(subscriber_id=person.pk, amount=Money(10_000, "USD"), key="gift", now=MOMENT)
    quote = make_quote(
        subscriber=person,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def race(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Have a renewal be credited after a worker has found that a reserve is due, and before it
    grants it, if the lock lets it; return the reserve's state and the new bundle's."""
    order = renewal(bundle)
    found, credited = Event(), Event()

    def insert(row: Model) -> bool:
        found.set()
        credited.wait(WAIT_SECONDS)
        return insert_row_once(row)

    def pay() -> str:
        found.wait(WAIT_SECONDS)
        choice = PaymentMethodChoice(provider="wallet", method="wallet")
        start_payment(order=order, choice=choice, payer=Payer(ip="127.0.0.1"), now=MOMENT)
        credited.set()
        return "paid"

    monkeypatch.setattr(granting, "insert_row_once", insert)
    run_together([lambda: str(grant_due_reserves(now=MOMENT)), pay])
    new = Bundle.objects.get(order_number=order.number)
    return Reserve.objects.get(bundle=bundle).state, new.state


def without_lock(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
    return rows.all()


def test_without_the_lock_a_reserve_stays_beside_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = ended()
    monkeypatch.setattr(QuerySet, "select_for_update", without_lock)
    assert race(bundle, monkeypatch) == ("open", "active")


def test_with_the_lock_the_renewal_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert race(ended(), monkeypatch) == ("renewed", "active")


def test_workers_that_meet_at_an_ended_bundle_grant_one_reserve() -> None:
    ended()
    run_together([lambda: str(grant_due_reserves(now=MOMENT))] * WORKERS)
    grant_due_reserves(now=MOMENT)
    assert Reserve.objects.count() == 1
