"""A payer asks their bank for the money: it is held, then given again or gone, and booked once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.ledger.queries import balance_of
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.recognize_revenue import recognize_revenue
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.refusals import RefundNotAllowedError
from limosa.domain.payments.models import Dispute, DisputeState, InboxMessage, Payment
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
OPEN, WON, LOST = DisputeOutcome.OPEN, DisputeOutcome.WON, DisputeOutcome.LOST


def hear(shop: Shop, payment: Payment, outcome: DisputeOutcome) -> str:
    message = shop.provider.message(shop.provider.dispute(payment.number, outcome))
    return receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
    )


def paid(shop: Shop) -> Payment:
    return shop.pay(shop.place(rule=StartRule.NOW))


def bundle_of(payment: Payment) -> Bundle:
    return Bundle.objects.get(order_number=payment.order_number)


def test_an_open_dispute_holds_money_and_service(shop: Shop) -> None:
    payment = paid(shop)
    assert hear(shop, payment, OPEN) == "disputed"
    assert hear(shop, payment, OPEN) == "disputed"
    assert balance_of(code="disputed:fake:CNY") == payment.received_minor
    assert bundle_of(payment).suspended_at == MOMENT
    assert Dispute.objects.get().state == DisputeState.OPEN
    assert shop.read(payment).problem == "disputed"
    assert Notification.objects.filter(kind="order_disputed").count() == 1
    shop.check_books()


def test_a_suspended_bundle_gives_no_data(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    Bundle.objects.exclude(order_number=payment.order_number).update(
        state=BundleState.EXPIRED, ended_at=MOMENT
    )
    report = UsageReport(
        record_id="1",
        iccid=shop.running.esim.iccid,
        started_at=MOMENT,
        ended_at=MOMENT,
        uplink_bytes=0,
        downlink_bytes=1000,
    )
    record_usage(feed="test", reports=[report], now=MOMENT)
    assert bundle_of(payment).used_bytes == 0


def test_nothing_is_refunded_while_a_dispute_is_open(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    for part in (None, 100):
        with pytest.raises(RefundNotAllowedError):
            refund_order(
                order_number=payment.order_number, reason="staff", now=MOMENT, part_minor=part
            )
    shop.check_books()


def test_a_dispute_that_is_won_leaves_all_as_it_was(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    assert hear(shop, payment, WON) == "dispute_won"
    assert hear(shop, payment, WON) == "already_applied"
    assert bundle_of(payment).suspended_at is None
    assert shop.read(payment).problem == ""
    assert balance_of(code="disputed:fake:CNY") == 0
    shop.check_books()


def test_a_dispute_that_is_lost_undoes_the_sale(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    assert hear(shop, payment, LOST) == "dispute_lost"
    assert hear(shop, payment, LOST) == "already_applied"
    order = Order.objects.get(number=payment.order_number)
    assert (order.state, order.reversed_minor) == (OrderState.REFUNDED, 2500)
    assert bundle_of(payment).state == BundleState.REFUNDED
    assert balance_of(code="deferred_revenue:USD") == 0
    assert balance_of(code="losses:CNY") == 0
    assert shop.provider.statement() == {}
    shop.check_books()


def test_a_dispute_of_which_only_the_end_is_heard_goes_through_both_steps(shop: Shop) -> None:
    payment = paid(shop)
    assert hear(shop, payment, LOST) == "dispute_lost"
    assert Dispute.objects.get().state == DisputeState.LOST
    shop.check_books()


def test_what_had_gone_back_before_is_a_loss(shop: Shop) -> None:
    payment = paid(shop)
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    push_refunds(now=MOMENT)
    hear(shop, payment, LOST)
    assert balance_of(code="losses:CNY") == payment.received_minor
    shop.check_books()


def test_a_part_that_had_gone_back_is_a_loss_and_the_rest_undoes_the_sale(shop: Shop) -> None:
    payment = paid(shop)
    refund_order(order_number=payment.order_number, reason="staff", now=MOMENT, part_minor=1000)
    push_refunds(now=MOMENT)
    hear(shop, payment, LOST)
    assert balance_of(code="losses:CNY") == 1000
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    shop.check_books()


def test_earning_stops_with_the_sale(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, LOST)
    recognize_revenue(now=MOMENT.replace(year=MOMENT.year + 1))
    assert balance_of(code="revenue:USD") == 0
    shop.check_books()


def test_one_about_a_payment_that_has_not_arrived_is_told_again(shop: Shop) -> None:
    payment = shop.start(shop.place())
    shop.provider.pay(payment.number, at=MOMENT)
    with pytest.raises(ProviderError) as early:  # It names the money, of which we have not heard.
        hear(shop, payment, OPEN)
    assert early.value.retryable
    assert not InboxMessage.objects.exists()
    assert not Dispute.objects.exists()


def test_one_about_nobody_is_kept_in_the_inbox(shop: Shop) -> None:
    payment = paid(shop)
    Payment.objects.update(transaction_id="of somebody else")
    assert hear(shop, payment, OPEN) == "unknown_payment"
    assert not Dispute.objects.exists()


def test_another_dispute_waits_for_the_end_of_the_one_before(shop: Shop) -> None:
    """Providers tell in any order: the end of the first may come after the second's beginning."""
    payment = paid(shop)
    hear(shop, payment, OPEN)
    second = replace(shop.provider.dispute(payment.number, OPEN), reference="D-2")
    message = shop.provider.message(second)
    with pytest.raises(ProviderError) as told:
        receive_notification(
            provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
        )
    assert told.value.retryable
    assert Dispute.objects.count() == 1
    hear(shop, payment, WON)
    receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
    )
    assert Dispute.objects.get(reference="D-2").state == DisputeState.OPEN


def test_what_was_not_delivered_yet_waits_for_the_end_of_the_dispute(shop: Shop) -> None:
    """Neither is it delivered, nor paid back, nor does it end the worker's round."""
    shop.pause()
    payment = paid(shop)
    hear(shop, payment, OPEN)
    a_day_later = MOMENT + timedelta(days=1)
    assert deliver_waiting_orders(now=a_day_later) == 0
    shop.pause(is_paused=False)
    assert deliver_waiting_orders(now=a_day_later) == 0
    assert not Bundle.objects.filter(order_number=payment.order_number).exists()
    hear(shop, payment, WON)
    assert deliver_waiting_orders(now=a_day_later) == 1
    assert bundle_of(payment).suspended_at is None
    shop.check_books()


@pytest.mark.parametrize(("amount_minor", "currency"), [(99_999_900, "CNY"), (2400, "EUR")])
@pytest.mark.parametrize("outcome", [WON, LOST])
def test_one_of_another_amount_or_currency_is_recorded_and_handled(
    shop: Shop, outcome: DisputeOutcome, amount_minor: int, currency: str
) -> None:
    payment = paid(shop)
    for step in (OPEN, outcome):
        report = shop.provider.dispute(
            payment.number, step, amount_minor=amount_minor, currency=currency
        )
        shop.take(shop.provider.message(report))
        shop.check_books()
        assert Dispute.objects.get().currency == currency
    order = Order.objects.get(number=payment.order_number)
    is_lost = outcome is LOST
    assert order.state == (OrderState.REFUNDED if is_lost else OrderState.FULFILLED)
    assert (bundle_of(payment).state == BundleState.REFUNDED) == is_lost
    assert balance_of(code=f"disputed:fake:{currency}") == 0
    beyond = amount_minor - payment.received_minor if currency == "CNY" and is_lost else 0
    assert balance_of(code="losses:CNY") == beyond


def decide_in_part(shop: Shop, payment: Payment, lost_minor: int, **held: Any) -> str:
    report = shop.provider.dispute(payment.number, LOST, lost_minor=lost_minor, **held)
    return shop.take(shop.provider.message(report))


@pytest.mark.parametrize("is_heard_of", [True, False])
def test_one_that_is_lost_in_part_undoes_that_part_and_the_rest_comes_back(
    shop: Shop, *, is_heard_of: bool
) -> None:
    payment = paid(shop)
    if is_heard_of:
        hear(shop, payment, OPEN)
    assert decide_in_part(shop, payment, 6500) == "dispute_lost"
    assert decide_in_part(shop, payment, 6500) == "already_applied"
    order = Order.objects.get(number=payment.order_number)
    assert (order.state, order.reversed_minor) == (
        OrderState.FULFILLED,
        2500 * 6500 // payment.received_minor,
    )
    bundle = bundle_of(payment)
    assert (bundle.state == BundleState.REFUNDED, bundle.suspended_at) == (False, None)
    assert balance_of(code="clearing:fake:CNY") == payment.received_minor - 6500
    assert balance_of(code="disputed:fake:CNY") == balance_of(code="losses:CNY") == 0
    message = Notification.objects.get(kind="order_part_refunded")
    assert message.parameters["amount_minor"] == 6500
    shop.check_books()


def test_what_a_part_leaves_can_be_refunded_once_more_and_no_more(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    decide_in_part(shop, payment, 6500)
    refund = refund_order(order_number=payment.order_number, reason="staff", now=MOMENT)
    assert refund.amount_minor == payment.received_minor - 6500
    push_refunds(now=MOMENT)
    assert Order.objects.get(number=payment.order_number).reversed_minor == 2500
    assert shop.provider.statement() == {}
    shop.check_books()


def test_one_of_which_nothing_is_lost_is_won(shop: Shop) -> None:
    payment = paid(shop)
    hear(shop, payment, OPEN)
    assert decide_in_part(shop, payment, 0) == "dispute_won"
    assert Dispute.objects.get().state == DisputeState.WON
    assert Order.objects.get(number=payment.order_number).reversed_minor == 0
    shop.check_books()


def test_one_that_is_lost_for_more_than_was_held_takes_more(shop: Shop) -> None:
    payment = paid(shop)
    shop.take(shop.provider.message(shop.provider.dispute(payment.number, OPEN, amount_minor=500)))
    decide_in_part(shop, payment, payment.received_minor + 7, amount_minor=500)
    assert Order.objects.get(number=payment.order_number).state == OrderState.REFUNDED
    assert balance_of(code="losses:CNY") == 7
    shop.check_books()


def test_a_part_of_another_currency_stands_for_the_same_part_of_the_payment(shop: Shop) -> None:
    payment = paid(shop)
    held: dict[str, Any] = {"amount_minor": 2400, "currency": "EUR"}
    shop.take(shop.provider.message(shop.provider.dispute(payment.number, OPEN, **held)))
    decide_in_part(shop, payment, 600, **held)
    order = Order.objects.get(number=payment.order_number)
    assert (order.state, order.reversed_minor) == (
        OrderState.FULFILLED,
        624,
    )  # Rounded down, twice.
    assert shop.read(payment).refunded_minor == payment.received_minor // 4
    shop.check_books()
