"""Money that pays nothing goes back, or into the wallet of whoever chose that; never nowhere."""

from datetime import timedelta

import pytest

from limosa.domain.accounts.models import Subscriber, UnappliedFunds
from limosa.domain.ledger.queries import wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.payments.models import Payment, Refund
from limosa.foundation.money import Money
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wants_wallet(shop: Shop) -> None:
    Subscriber.objects.update(unapplied_funds=UnappliedFunds.WALLET)


def wallet(order: Order, currency: str = "USD") -> Money:
    return wallet_in(subscriber_id=order.subscriber_id, currency=currency)


def arrive(shop: Shop, payment: Payment, *, late: bool = False, amount: Money | None = None) -> str:
    at = MOMENT + timedelta(hours=2 if late else 0)
    shop.provider.pay(payment.number, at=at, amount=amount)
    return poll_payment(payment_number=payment.number, now=at)


def test_a_late_payment_is_in_the_wallet_at_the_rate_of_its_order(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    assert arrive(shop, payment, late=True) == "returned_late"
    assert wallet(order) == Money(2500, "USD")
    assert shop.read(payment).in_wallet
    assert not Refund.objects.exists()
    assert Notification.objects.filter(kind="money_in_wallet").count() == 1
    assert arrive(shop, payment, late=True) == "already_applied"
    assert wallet(order) == Money(2500, "USD")
    shop.check_books()


def test_a_second_payment_is_in_the_wallet(shop: Shop) -> None:
    order = shop.place()
    first, second = shop.start(order), shop.start(order, method="h5")
    assert arrive(shop, first) == "paid"
    assert arrive(shop, second) == "returned_double"
    assert wallet(order) == Money(2500, "USD")
    shop.check_books()


def test_half_of_the_amount_is_half_of_the_price(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    half = Money(payment.amount_minor // 2, "CNY")
    assert arrive(shop, payment, amount=half) == "returned_wrong_amount"
    assert wallet(order) == Money(1250, "USD")
    shop.check_books()


def test_a_currency_that_was_not_asked_for_stays_what_it_is(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    assert arrive(shop, payment, amount=Money(700, "EUR")) == "returned_wrong_amount"
    assert wallet(order, "EUR") == Money(700, "EUR")
    shop.check_books()
