"""A refund that somebody made at the provider is believed after asking, and booked as ours are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.reconcile import reconcile
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.payments.models import InboxMessage, Payment, Refund, RefundState
from limosa.domain.payments.status_reports import DisputeOutcome, RefundOutcome, RefundStatusReport
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def paid(shop: Shop) -> Payment:
    return shop.pay(shop.place(rule=StartRule.NOW))


def hear(shop: Shop, report: RefundStatusReport) -> str:
    return shop.take(shop.provider.message(report))


def bundle_of(payment: Payment) -> Bundle:
    return Bundle.objects.get(order_number=payment.order_number)


def test_nothing_is_believed_before_the_provider_was_asked(shop: Shop) -> None:
    payment = paid(shop)
    report = shop.provider.refund_by_hand(payment.number, 4000)
    assert hear(shop, report) == "refund_by_hand"
    assert hear(shop, report) == "differs_ask_again"
    refund = Refund.objects.get()
    assert (refund.state, refund.by_hand, refund.reference) == (RefundState.FOUND, True, "hand-1")
    assert shop.read(payment).refunded_minor == 0
    assert balance_of(code="clearing:fake:CNY") == payment.received_minor


def test_one_that_the_provider_does_not_know_is_never_booked(shop: Shop) -> None:
    payment = paid(shop)
    report = shop.provider.refund_by_hand(payment.number, 4000)
    del shop.provider._refunds["hand-1"]
    hear(shop, report)
    push_refunds(now=MOMENT)
    refund = Refund.objects.get()
    assert (refund.state, refund.next_poll_at) == (RefundState.FOUND, None)
    shop.check_books()


def test_a_part_undoes_as_much_of_the_sale_and_leaves_the_bundle(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, shop.provider.refund_by_hand(payment.number, 4000))
    push_refunds(now=MOMENT)
    refund, order = Refund.objects.get(), Order.objects.get(number=payment.order_number)
    assert (refund.state, refund.reversed_minor) == (RefundState.SUCCEEDED, 4000)
    assert (order.state, order.reversed_minor > 0) == (OrderState.FULFILLED, True)
    assert bundle_of(payment).state == BundleState.ACTIVE
    assert shop.read(payment).problem == "refund_by_hand"
    assert Notification.objects.filter(kind="order_part_refunded").count() == 1
    shop.check_books()


def test_all_of_it_ends_the_bundle(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, shop.provider.refund_by_hand(payment.number, payment.received_minor))
    push_refunds(now=MOMENT)
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    assert bundle_of(payment).state == BundleState.REFUNDED
    assert Notification.objects.filter(kind="order_refunded").count() == 1
    assert shop.provider.statement() == {}
    shop.check_books()


def test_what_we_had_promised_is_paid_by_it_and_not_given_twice(shop: Shop) -> None:
    payment = paid(shop)
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    hear(shop, shop.provider.refund_by_hand(payment.number, payment.received_minor))
    by_hand = Refund.objects.get(by_hand=True)
    Refund.objects.exclude(pk=by_hand.pk).update(next_poll_at=MOMENT + timedelta(hours=1))
    push_refunds(now=MOMENT)
    ours = Refund.objects.get(by_hand=False)
    assert (ours.state, ours.settled_minor) == (RefundState.SETTLED, payment.received_minor)
    push_refunds(now=MOMENT + timedelta(hours=2))
    assert shop.provider.statement() == {}
    shop.check_books()


def test_what_is_beyond_all_of_it_is_a_loss(shop: Shop) -> None:
    payment = paid(shop)
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    hear(shop, shop.provider.refund_by_hand(payment.number, 500))
    push_refunds(now=MOMENT)
    assert balance_of(code="losses:CNY") == 500
    shop.check_books()


def test_one_that_comes_back_is_owed_again(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, shop.provider.refund_by_hand(payment.number, payment.received_minor))
    push_refunds(now=MOMENT)
    back = shop.provider.end_refund("hand-1", RefundOutcome.FAILED)
    assert hear(shop, back) == "differs_ask_again"
    push_refunds(now=MOMENT)
    refund = Refund.objects.get()
    assert (refund.state, refund.owed_minor) == (RefundState.FAILED, payment.received_minor)
    shop.check_books()


def test_it_waits_while_the_payment_is_disputed_and_a_lost_dispute_tells_it(shop: Shop) -> None:
    payment = paid(shop)
    for outcome in (DisputeOutcome.OPEN, DisputeOutcome.LOST):
        shop.take(shop.provider.message(shop.provider.dispute(payment.number, outcome)))
    reversal = RefundStatusReport(
        refund_number="",
        payment_number="",
        outcome=RefundOutcome.SUCCEEDED,
        reference="reversal",
        transaction_id=shop.read(payment).transaction_id,
        amount_minor=payment.received_minor,
        currency="CNY",
    )
    hear(shop, reversal)
    shop.provider._refunds["reversal"] = reversal
    push_refunds(now=MOMENT)
    del shop.provider._refunds["reversal"]
    assert Refund.objects.get().state == RefundState.FOUND
    shop.check_books()


def test_one_of_a_payment_that_has_not_arrived_is_told_again(shop: Shop) -> None:
    order = shop.place(rule=StartRule.NOW)
    payment = shop.start(order)
    shop.provider.pay(payment.number, at=MOMENT)
    report = shop.provider.refund_by_hand(payment.number, 100)
    named = RefundStatusReport(
        refund_number="",
        payment_number=payment.number,
        outcome=report.outcome,
        reference=report.reference,
        amount_minor=100,
        currency="CNY",
    )
    with pytest.raises(ProviderError) as told:
        hear(shop, named)
    assert told.value.retryable
    assert not Refund.objects.exists()


def test_one_that_names_only_the_money_waits_while_a_payment_may_still_arrive(shop: Shop) -> None:
    payment = shop.start(shop.place(rule=StartRule.NOW))
    shop.provider.pay(payment.number, at=MOMENT)
    report = shop.provider.refund_by_hand(payment.number, 100)
    with pytest.raises(ProviderError) as told:
        hear(shop, report)
    assert told.value.retryable
    assert not InboxMessage.objects.exists()
    assert shop.ask(payment) == "paid"
    assert hear(shop, report) == "refund_by_hand"
    push_refunds(now=MOMENT)
    assert shop.read(payment).refunded_minor == 100
    shop.check_books()


def test_one_of_nobody_we_know_is_kept_and_does_nothing(shop: Shop) -> None:
    payment = paid(shop)
    report = shop.provider.refund_by_hand(payment.number, 100)
    del shop.provider._refunds["hand-1"]
    stranger = RefundStatusReport(
        refund_number="",
        payment_number="",
        outcome=report.outcome,
        reference="hand-1",
        transaction_id="somebody-else",
        amount_minor=100,
        currency="CNY",
    )
    assert hear(shop, stranger) == "unknown_refund"
    assert not Refund.objects.exists()


@pytest.mark.parametrize("name", ["our number", "the money alone"])
def test_a_settlement_brings_one_that_nobody_told_us_of(
    shop: Shop, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(shop)
    shop.provider.refund_by_hand(payment.number, 4000)
    if name == "the money alone":
        *others, line = shop.provider.lines()
        line = replace(line, payment_number="", transaction_id=payment.transaction_id)
        monkeypatch.setattr(shop.provider, "lines", lambda: [*others, line])
    settlement = reconcile(
        provider_code="fake",
        day=(MOMENT + timedelta(hours=8)).date(),
        now=MOMENT + timedelta(days=2),
    )
    refund = Refund.objects.get()
    assert (refund.state, refund.by_hand) == (RefundState.SUCCEEDED, True)
    assert settlement.differences.filter(state="open").count() == 0
    shop.check_books()
