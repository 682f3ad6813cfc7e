"""Who captures what a payer approved waits for the payment that is being applied to the order."""

from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations import apply_payment_status as applying
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.books import check_books
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.fakes.capturing import CapturingProvider
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)
_WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def bank(provider: FakeProvider, settings: Settings) -> CapturingProvider:
    del provider  # For its rates and tax.
    settings.PAYMENT_PROVIDERS = {
        "fake": f"{CapturingProvider.__module__}.{CapturingProvider.__qualname__}"
    }
    provider_for.cache_clear()
    fake = provider_for("fake")
    assert isinstance(fake, CapturingProvider)
    return fake


def place() -> Order:
    bundle = make_bundle(plan=make_plan())
    quote = make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def start(order: Order, method: str) -> Payment:
    choice = PaymentMethodChoice(provider="fake", method=method)
    return start_payment(order=order, choice=choice, payer=Payer(ip="127.0.0.1"), now=MOMENT)


def capture_while_it_is_paid(
    bank: CapturingProvider, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """Ask about an approved payment between the other one's entry and its commit."""
    order = place()
    paid, approved = start(order, "native"), start(order, "h5")
    message = bank.message(bank.pay(paid.number, at=MOMENT))
    bank.approve(approved.number)
    is_booked, has_asked = Event(), Event()
    true = vars(applying)["receive_payment"]

    def receive(*, payment: Payment, **arguments: Any) -> None:
        true(payment=payment, **arguments)
        if payment.pk == paid.pk:
            is_booked.set()
            wait_for(has_asked)

    monkeypatch.setattr(applying, "receive_payment", receive)

    def hear() -> str:
        return receive_notification(
            provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
        )

    def ask() -> str:
        assert is_booked.wait(timeout=10)
        try:
            return poll_payment(payment_number=approved.number, now=MOMENT)
        finally:
            has_asked.set()

    heard, asked = run_together([hear, ask])
    return heard, asked


def wait_for(has_asked: Event) -> None:
    """Wait until the other one has its answer, or waits for what is locked here."""
    end = monotonic() + 10
    while monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # Else one per transaction.
            cursor.execute(_WAITING)
            if cursor.fetchone() == (1,) or has_asked.is_set():
                return
        sleep(0.01)
    raise AssertionError("the other one neither waits nor ends")


def test_while_an_order_is_being_paid_nothing_else_is_captured_for_it(
    bank: CapturingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert capture_while_it_is_paid(bank, monkeypatch) == ("paid", "closed")
    assert bank.keys == []
    assert not Refund.objects.exists()
    check_books(statements={"fake": bank.statement()})


def test_without_the_lock_it_is_captured_although_the_order_has_been_paid(
    bank: CapturingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    with without_row_locks(monkeypatch):
        capture_while_it_is_paid(bank, monkeypatch)
    assert bank.keys == [0]
