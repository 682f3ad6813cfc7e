"""What a payer agrees to once the order no longer needs it is never captured, whoever asks."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.payments.models import Payment, PaymentState, Refund
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.fakes.capturing import CapturingProvider

pytestmark = pytest.mark.django_db

SOON = MOMENT + timedelta(seconds=10)
LATER = MOMENT + timedelta(hours=2)


def by_worker(_shop: Shop, _payment: Payment, now: datetime) -> None:
    Payment.objects.filter(applied_at=None).update(next_poll_at=now)
    poll_due_payments(now=now)


def by_notification(shop: Shop, payment: Payment, now: datetime) -> None:
    report = PaymentStatusReport(payment_number=payment.number, state=ProviderState.APPROVED)
    assert shop.take(shop.provider.message(report), now=now) == "approved"
    poll_due_payments(now=now)


def by_person(shop: Shop, payment: Payment, now: datetime) -> None:
    shop.ask(payment, now=now)


PATHS = pytest.mark.parametrize("hear", [by_worker, by_notification, by_person])
Hear = Callable[[Shop, Payment, datetime], None]


def check_let_go(shop: Shop, bank: CapturingProvider, payment: Payment) -> None:
    assert bank.keys == []
    assert shop.read(payment).state == PaymentState.EXPIRED
    assert not Refund.objects.exists()
    shop.check_books()


@PATHS
def test_what_is_agreed_to_after_the_order_was_paid_otherwise_is_not_captured(
    shop: Shop, bank: CapturingProvider, hear: Hear
) -> None:
    order = shop.place()
    payment = shop.start(order)
    shop.pay_from_wallet(order)
    assert shop.ask(payment) == "closed"
    bank.approve(payment.number)
    for again in range(3):
        hear(shop, payment, SOON + again * timedelta(seconds=10))
    assert Order.objects.get(number=order.number).state == OrderState.FULFILLED
    check_let_go(shop, bank, payment)


@PATHS
def test_what_was_agreed_to_before_the_order_was_paid_otherwise_is_not_captured(
    shop: Shop, bank: CapturingProvider, hear: Hear
) -> None:
    order = shop.place()
    payment = shop.start(order)
    bank.approve(payment.number)
    shop.pay_from_wallet(order)
    for again in range(3):
        hear(shop, payment, SOON + again * timedelta(seconds=10))
        # A provider that can't close a payment goes on saying that the payer agreed.
        bank.approve(payment.number)
    check_let_go(shop, bank, payment)


@PATHS
def test_what_is_agreed_to_after_the_order_was_cancelled_is_not_captured(
    shop: Shop, bank: CapturingProvider, hear: Hear
) -> None:
    order = shop.place()
    payment = shop.start(order)
    cancel_order(order_number=order.number, now=MOMENT)
    assert shop.ask(payment) == "closed"
    bank.approve(payment.number)
    hear(shop, payment, SOON)
    check_let_go(shop, bank, payment)


@PATHS
def test_what_is_agreed_to_after_the_quote_expired_is_not_captured(
    shop: Shop, bank: CapturingProvider, hear: Hear
) -> None:
    payment = shop.start(shop.place())
    assert shop.ask(payment, now=LATER) == "closed"
    bank.approve(payment.number)
    hear(shop, payment, LATER + timedelta(hours=1))
    check_let_go(shop, bank, payment)
