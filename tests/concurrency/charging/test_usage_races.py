"""Records that arrive at once count once each, and a refund never meets a bundle in use."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.charging.engine.deduction import Deduction, deduct
from limosa.domain.charging.models import UsageRecord
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.foundation.money import Money
from limosa.foundation.volume import GB
from tests.books import check_books
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6
DEDUCT = "limosa.domain.charging.operations.record_usage.deduct"


def report(bundle: Bundle, record_id: str = "r1", used_bytes: int = GB) -> UsageReport:
    return UsageReport(
        record_id=record_id,
        iccid=bundle.esim.iccid,
        started_at=MOMENT - timedelta(minutes=1),
        ended_at=MOMENT,
        uplink_bytes=0,
        downlink_bytes=used_bytes,
    )


def sends(reported: UsageReport) -> Callable[[], str]:
    def send() -> str:
        [result] = record_usage(feed="a", reports=[reported], now=MOMENT)
        return result.status

    return send


def without_lock(rows: QuerySet[Any], **_: Any) -> QuerySet[Any]:
    return rows.all()


def test_the_same_record_many_times_at_once_counts_once() -> None:
    bundle = make_bundle()
    said = run_together([sends(report(bundle))] * THREADS)
    assert sorted(said) == ["duplicate"] * (THREADS - 1) + ["recorded"]
    bundle.refresh_from_db()
    assert bundle.used_bytes == GB
    assert usage_drifts() == []


def test_different_records_at_once_all_count_and_a_threshold_is_told_once() -> None:
    bundle = make_bundle()
    reports = [report(bundle, f"r{number}", 4 * GB) for number in range(THREADS)]
    assert run_together([sends(one) for one in reports]) == ["recorded"] * THREADS
    bundle.refresh_from_db()
    assert (bundle.used_bytes, bundle.state) == (20 * GB, BundleState.EXHAUSTED)
    assert sum(UsageRecord.objects.values_list("overrun_bytes", flat=True)) == 4 * GB
    percents = [row.parameters["percent"] for row in Notification.objects.order_by("id")]
    assert percents == [80, 100]
    assert usage_drifts() == []


def test_without_the_lock_one_record_overwrites_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both have read the bundle before either writes it."""
    bundle = make_bundle()
    both_have_read = Barrier(2)

    def deduct_together(*given: Any, **how: Any) -> Deduction:
        both_have_read.wait(timeout=10)
        return deduct(*given, **how)

    monkeypatch.setattr(DEDUCT, deduct_together)
    monkeypatch.setattr(QuerySet, "select_for_update", without_lock)
    said = run_together([sends(report(bundle, "r1")), sends(report(bundle, "r2"))])
    assert said == ["recorded", "recorded"]
    bundle.refresh_from_db()
    assert bundle.used_bytes == GB
    assert len(usage_drifts()) == 1


def bought() -> Bundle:
    """Return a bundle that was bought from the wallet and runs."""
    running = make_bundle(state=BundleState.EXPIRED)
    credit_wallet(
        subscriber_id=running.subscriber_id, amount=Money(2500, "USD"), key="gift", now=MOMENT
    )
    quote = make_quote(
        subscriber=running.subscriber,
        esim=running.esim,
        plan_code=make_plan().code,
        start_rule=StartRule.NOW,
        now=MOMENT,
    )
    order = place_order(quote=quote, now=MOMENT)
    start_payment(
        order=order,
        choice=PaymentMethodChoice(provider="wallet", method="wallet"),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )
    return Bundle.objects.get(order_number=order.number)


def refund_while_a_record_is_drawn(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ask for the money back after a record has read the bundle and before it writes it."""
    has_read, is_refunded = Event(), Event()

    def deduct_slowly(*given: Any, **how: Any) -> Deduction:
        has_read.set()
        is_refunded.wait(timeout=0.5)
        return deduct(*given, **how)

    def refund() -> str:
        assert has_read.wait(timeout=10)
        try:
            return refund_order(order_number=bundle.order_number, reason="asked", now=MOMENT).state
        finally:
            is_refunded.set()

    monkeypatch.setattr(DEDUCT, deduct_slowly)
    return run_together([sends(report(bundle)), refund])


def test_who_uses_a_bundle_while_it_is_paid_back_keeps_the_bundle_and_not_the_money(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = bought()
    said = refund_while_a_record_is_drawn(bundle, monkeypatch)
    assert said == ["recorded", "RefundNotAllowedError"]
    bundle.refresh_from_db()
    assert (bundle.state, bundle.used_bytes) == (BundleState.ACTIVE, GB)
    assert Order.objects.get().state == OrderState.FULFILLED
    check_books(statements={})


def test_without_the_lock_they_would_have_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    bundle = bought()
    monkeypatch.setattr(QuerySet, "select_for_update", without_lock)
    said = refund_while_a_record_is_drawn(bundle, monkeypatch)
    assert said == ["recorded", "requested"]
    bundle.refresh_from_db()
    assert (bundle.state, bundle.used_bytes) == (BundleState.ACTIVE, GB)
    assert Order.objects.get().state == OrderState.REFUNDED
