"""A payment that was made and not decided: nobody pays twice for it; and why one was declined."""

from datetime import timedelta

import pytest

from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.refusals import OrderNotPayableError, PaymentProcessingError
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.queries import processing_payment
from limosa.domain.payments.status_reports import Decline
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(minutes=5)
TWO_DAYS_LATER = MOMENT + timedelta(days=2)


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def news_of(order: Order) -> list[Notification]:
    return list(Notification.objects.filter(parameters__order_number=order.number))


def processed(shop: Shop) -> tuple[Order, Payment]:
    order = shop.place()
    payment = shop.start(order)
    shop.provider.process(payment.number)
    assert shop.ask(payment) == "processing"
    return order, shop.read(payment)


@pytest.mark.parametrize("told", [True, False], ids=["told", "asked"])
def test_an_order_whose_payment_is_processed_takes_no_other(shop: Shop, *, told: bool) -> None:
    order = shop.place()
    payment = shop.start(order)
    report = shop.provider.process(payment.number)
    if told:
        assert shop.take(shop.provider.message(report)) == "processing"
    else:
        assert shop.ask(payment) == "processing"
    for provider, method in (("fake", "native"), ("fake", "h5"), ("wallet", "wallet")):
        with pytest.raises(PaymentProcessingError):
            shop.start(order, provider, method)
    assert Payment.objects.count() == 1
    assert processing_payment(order.number) == payment


@pytest.mark.parametrize("paid_after", [{"seconds": 10}, {"hours": 47}], ids=["began", "came"])
def test_the_money_that_comes_days_later_pays_the_order(
    shop: Shop, paid_after: dict[str, float]
) -> None:
    order, payment = processed(shop)
    for hours in (1, 12, 36):
        poll_due_payments(now=MOMENT + timedelta(hours=hours))
        assert state_of(order) == OrderState.PLACED
    report = shop.provider.pay(payment.number, at=MOMENT + timedelta(**paid_after))
    shop.take(shop.provider.message(report), now=TWO_DAYS_LATER)
    assert state_of(order) == OrderState.FULFILLED
    assert processing_payment(order.number) is None
    shop.check_books()


def test_one_that_is_declined_in_the_end_leaves_the_order_to_be_paid_otherwise(shop: Shop) -> None:
    order, payment = processed(shop)
    report = shop.provider.decline(payment.number, Decline.INSUFFICIENT_FUNDS)
    assert shop.take(shop.provider.message(report)) == "closed"
    payment = shop.read(payment)
    assert (payment.state, payment.decline) == (PaymentState.FAILED, Decline.INSUFFICIENT_FUNDS)
    assert processing_payment(order.number) is None
    assert [told.kind for told in news_of(order)] == ["payment_not_accepted"]
    shop.pay(order)
    assert state_of(order) == OrderState.FULFILLED
    shop.check_books()


def test_other_open_payments_are_closed_at_their_next_look(shop: Shop) -> None:
    order = shop.place()
    first, second = shop.start(order), shop.start(order, method="h5")
    shop.provider.process(first.number)
    shop.ask(first)
    shop.ask(second)
    assert shop.read(second).state == PaymentState.EXPIRED
    assert shop.read(first).is_processing
    assert state_of(order) == OrderState.PLACED


def test_a_charge_is_not_made_beside_one_that_began_meanwhile(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    payment = shop.start(order)
    look = "limosa.domain.ordering.operations.start_payment._check_payable"

    def then_it_begins(*_: object) -> None:
        shop.provider.process(payment.number)
        shop.ask(payment)

    monkeypatch.setattr(look, then_it_begins)
    with pytest.raises(OrderNotPayableError):
        shop.pay_from_wallet(order)
    assert state_of(order) == OrderState.PLACED


@pytest.mark.parametrize("stays_open", [True, False])
def test_old_news_of_processing_changes_nothing_that_was_decided(
    shop: Shop, *, stays_open: bool
) -> None:
    order = shop.place()
    payment = shop.start(order)
    old = shop.provider.message(shop.provider.process(payment.number))
    shop.provider.decline(payment.number, Decline.REFUSED, stays_open=stays_open)
    shop.ask(payment)
    decided = shop.read(payment)
    shop.take(old)
    if not stays_open:
        assert shop.read(payment).state == decided.state == PaymentState.FAILED
    shop.ask(payment)  # What was believed for a while is put right by the next question.
    assert processing_payment(order.number) is None
    assert shop.read(payment).decline == Decline.REFUSED
    assert len(news_of(order)) == stays_open


def test_a_declined_try_is_kept_with_its_reason_until_it_is_paid(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    shop.provider.decline(payment.number, Decline.CARD_EXPIRED, stays_open=True)
    assert shop.ask(payment) == "declined"
    assert shop.ask(payment) == "no_news"
    payment = shop.read(payment)
    assert (payment.state, payment.decline) == (PaymentState.PENDING, Decline.CARD_EXPIRED)
    assert news_of(order) == []  # They are at the payment's page, which says so.
    shop.provider.pay(payment.number, at=LATER)
    assert shop.ask(payment, now=LATER) == "paid"
    assert state_of(order) == OrderState.FULFILLED
