"""The same news of a payment in many threads at once makes one credit, and clean answers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ordering.models import Order, StartRule
from limosa.domain.ordering.operations.apply_payment_status import apply_payment_status
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import Payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.domain.payments.status_reports import PaymentStatusReport
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def run_together(work: Callable[[], str]) -> list[str]:
    """Run the same work in threads that start at once; a fault is its class's name."""
    barrier = Barrier(THREADS)

    def one() -> str:
        try:
            barrier.wait(timeout=10)
            return work()
        except Exception as error:  # noqa: BLE001 -- the control looks at what comes.
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return sorted(future.result() for future in [pool.submit(one) for _ in range(THREADS)])


def place() -> Order:
    bundle = make_bundle()
    quote = make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=make_plan().code,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )
    return place_order(quote=quote, now=MOMENT)


def place_and_start() -> Payment:
    return start_payment(
        order=place(),
        choice=PaymentMethodChoice(provider="fake", method="native"),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )


def apply_in_threads(report: PaymentStatusReport) -> list[str]:
    def work() -> str:
        with transaction.atomic():
            return apply_payment_status(provider_code="fake", report=report, now=MOMENT)

    return run_together(work)


def test_with_the_row_lock_one_thread_credits_and_the_others_know(provider: FakeProvider) -> None:
    payment = place_and_start()
    results = apply_in_threads(provider.pay(payment.number, at=MOMENT))
    assert results == ["already_applied"] * (THREADS - 1) + ["paid"]
    assert Bundle.objects.filter(order_number=payment.order_number).count() == 1
    assert JournalEntry.objects.filter(key=f"payment:{payment.number}").count() == 1


def test_without_it_they_run_into_each_other(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. The table's constraints still allow one credit only."""
    payment = place_and_start()
    report = provider.pay(payment.number, at=MOMENT)

    with without_row_locks(monkeypatch):
        results = apply_in_threads(report)
    assert set(results) - {"paid", "already_applied"} or results.count("paid") > 1
    assert Bundle.objects.filter(order_number=payment.order_number).count() == 1


def test_two_presses_at_once_make_one_payment(provider: FakeProvider) -> None:
    order = place()

    def press() -> str:
        return start_payment(
            order=order,
            choice=PaymentMethodChoice(provider="fake", method="native"),
            payer=Payer(ip="127.0.0.1"),
            now=MOMENT,
        ).number

    numbers = run_together(press)
    assert len(set(numbers)) == 1
    assert Payment.objects.count() == 1
