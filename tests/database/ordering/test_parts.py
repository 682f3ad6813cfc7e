"""A part of a payment goes back: the bundle stays, and all parts together are the whole."""

from datetime import timedelta

import pytest

from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.status_reports import DisputeOutcome
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


def paid(shop: Shop) -> Payment:
    return shop.pay(shop.place(rule=StartRule.NOW))


def give(payment: Payment, part_minor: int | None) -> Refund:
    return refund_order(
        order_number=payment.order_number, reason="staff", now=MOMENT, part_minor=part_minor
    )


def test_a_part_goes_back_and_the_bundle_stays_even_when_it_was_used(shop: Shop) -> None:
    payment = paid(shop)
    order = Order.objects.get(number=payment.order_number)
    give(payment, 4000)
    push_refunds(now=MOMENT)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert 0 < order.reversed_minor < 2500
    assert Bundle.objects.get(order_number=order.number).state == BundleState.ACTIVE
    assert shop.provider.statement() == {"CNY": payment.received_minor - 4000}
    shop.check_books()


def test_parts_and_then_the_rest_are_the_whole(shop: Shop) -> None:
    payment = paid(shop)
    for part in (1, 999, 5000, None):
        give(payment, part)
        shop.check_books()
    push_refunds(now=MOMENT)
    order = Order.objects.get(number=payment.order_number)
    assert (order.state, order.reversed_minor) == (OrderState.REFUNDED, 2500)
    assert shop.provider.statement() == {}
    shop.check_books()


def told(payment: Payment) -> dict[int, str]:
    return {
        message.parameters["amount_minor"]: message.kind
        for message in Notification.objects.filter(subscriber_id=payment.subscriber_id)
        if "refunded" in message.kind
    }


def test_a_part_is_told_as_a_part_though_the_rest_was_promised_before_it_arrived(
    shop: Shop,
) -> None:
    payment = paid(shop)
    for part in (1000, 500, None):
        give(payment, part)
    push_refunds(now=MOMENT + timedelta(seconds=9))
    assert told(payment) == {
        1000: "order_part_refunded",
        500: "order_part_refunded",
        payment.received_minor - 1500: "order_refunded",
    }


def test_what_a_lost_dispute_gave_before_counts_to_the_whole(shop: Shop) -> None:
    payment = paid(shop)
    for outcome in (DisputeOutcome.OPEN, DisputeOutcome.LOST):
        report = shop.provider.dispute(payment.number, outcome, amount_minor=4000)
        shop.take(shop.provider.message(report))
    give(payment, 500)
    give(payment, None)
    push_refunds(now=MOMENT + timedelta(seconds=9))
    assert told(payment) == {
        4000: "order_part_refunded",  # By the dispute.
        500: "order_part_refunded",
        payment.received_minor - 4500: "order_refunded",
    }


@pytest.mark.parametrize("part", [0, -1, "all", "more"])
def test_what_is_no_part_is_refused(shop: Shop, part: int | str) -> None:
    payment = paid(shop)
    sizes = {"all": payment.received_minor, "more": payment.received_minor + 1}
    with pytest.raises(RefundNotAllowedError):
        give(payment, sizes[part] if isinstance(part, str) else part)
    assert not Refund.objects.exists()
    shop.check_books()


def test_what_is_left_is_earned_to_the_end(shop: Shop) -> None:
    payment = paid(shop)
    recognize_revenue(now=MOMENT + timedelta(days=2))
    shop.check_books()
    give(payment, 4000)
    shop.check_books()
    Bundle.objects.filter(order_number=payment.order_number).update(
        state=BundleState.EXPIRED, ended_at=MOMENT
    )
    recognize_revenue(now=MOMENT + timedelta(days=4))
    assert balance_of(code="deferred_revenue:USD") == 0
    push_refunds(now=MOMENT)
    shop.check_books()


@pytest.mark.parametrize("part", [1, 899, 1250, 2499])
def test_a_part_goes_back_where_order_and_payment_share_a_currency(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    monkeypatch.setattr(shop.provider, "currencies", frozenset({"USD"}))
    payment = paid(shop)
    give(payment, part)
    shop.check_books()
    assert Order.objects.get(number=payment.order_number).reversed_minor == part
    give(payment, None)
    push_refunds(now=MOMENT)
    assert balance_of(code="tax_payable:USD") == 0
    assert shop.provider.statement() == {}
    shop.check_books()


def test_a_dispute_is_lost_in_part_where_order_and_payment_share_a_currency(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.provider, "currencies", frozenset({"USD"}))
    payment = paid(shop)
    for outcome in (DisputeOutcome.OPEN, DisputeOutcome.LOST):
        report = shop.provider.dispute(payment.number, outcome, amount_minor=1251)
        shop.take(shop.provider.message(report))
        shop.check_books()
    assert Order.objects.get(number=payment.order_number).reversed_minor == 1251
    give(payment, None)
    push_refunds(now=MOMENT)
    assert shop.provider.statement() == {}
    shop.check_books()
