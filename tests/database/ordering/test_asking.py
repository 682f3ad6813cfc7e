"""Payments that nobody tells us of are asked for, and orders that nobody pays are cancelled."""

from datetime import datetime, timedelta

import pytest

from limosa.domain.ledger.operations.post_entry import WalletTooLowError
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.refusals import OrderNotPayableError
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db
QUOTE_END = MOMENT + timedelta(minutes=30)
CLOSING = QUOTE_END + timedelta(seconds=5)


def after(seconds: float) -> datetime:
    return MOMENT + timedelta(seconds=seconds)


def state_of(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def silent(_number: str) -> PaymentStatusReport:
    raise ProviderError("no answer", retryable=True)


def lost(_request: object) -> str:
    raise ProviderError("no answer", retryable=True)


def test_who_has_paid_is_found_by_the_first_question(shop: Shop) -> None:
    order = shop.place()
    shop.provider.pay(shop.start(order).number, at=after(10))
    assert poll_due_payments(now=after(14)) == 0
    assert poll_due_payments(now=after(15)) == 1
    assert state_of(order) == OrderState.FULFILLED
    assert poll_due_payments(now=after(1000)) == 0
    shop.check_books()


def test_the_questions_come_close_together_first_and_then_seldom(shop: Shop) -> None:
    shop.start(shop.place())
    asked = [second for second in range(0, 1801, 5) if poll_due_payments(now=after(second))]
    assert asked == [15, 30, 45, 60, 90, 120, 180, 300, 600, 1200]


def test_one_that_does_not_answer_is_asked_again_when_the_lease_is_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    payment = shop.start(order)
    shop.provider.pay(payment.number, at=after(10))
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "query", silent)
        assert poll_due_payments(now=after(15)) == 1
        assert poll_due_payments(now=after(44)) == 0
        assert poll_payment(payment_number=payment.number, now=after(44)) == "no_answer"
    assert poll_due_payments(now=after(73)) == 0
    assert poll_due_payments(now=after(74)) == 1
    assert state_of(order) == OrderState.FULFILLED
    assert list(payment.calls.order_by("id").values_list("call", "outcome")) == [
        ("create", "created"),
        ("query", "error: no answer"),
        ("query", "error: no answer"),
        ("query", "succeeded"),
    ]


def test_one_that_is_not_paid_is_closed_at_the_provider_and_its_order_cancelled(
    shop: Shop,
) -> None:
    order = shop.place()
    payment = shop.start(order)
    poll_due_payments(now=after(1200))
    poll_due_payments(now=CLOSING - timedelta(seconds=1))
    assert (shop.read(payment).state, state_of(order)) == (PaymentState.PENDING, OrderState.PLACED)
    poll_due_payments(now=CLOSING)
    assert (shop.read(payment).state, state_of(order)) == (
        PaymentState.EXPIRED,
        OrderState.CANCELLED,
    )
    assert shop.provider.query(payment_handle(payment)).state is ProviderState.CLOSED
    shop.check_books()


def test_who_pays_in_the_last_moment_is_credited_by_the_question_that_closes(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    poll_due_payments(now=after(1200))
    shop.provider.pay(payment.number, at=QUOTE_END - timedelta(seconds=1))
    poll_due_payments(now=CLOSING)
    assert state_of(order) == OrderState.FULFILLED
    shop.check_books()


def test_who_pays_between_the_question_and_the_close_is_credited(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    payment = shop.start(order)

    def close(handle: PaymentHandle) -> None:
        shop.provider.pay(handle.number, at=QUOTE_END)
        raise ProviderError("paid", retryable=False)

    monkeypatch.setattr(shop.provider, "close", close)
    assert poll_payment(payment_number=payment.number, now=CLOSING) == "paid"
    assert state_of(order) == OrderState.FULFILLED
    shop.check_books()


def test_who_pays_after_the_close_gets_all_of_it_back(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    poll_due_payments(now=CLOSING)
    shop.provider.pay(payment.number, at=CLOSING + timedelta(minutes=10))
    assert poll_due_payments(now=CLOSING + timedelta(minutes=59)) == 0
    assert poll_due_payments(now=CLOSING + timedelta(hours=1)) == 1
    paid = shop.read(payment)
    assert (paid.state, paid.problem, paid.pays_order) == (PaymentState.SUCCEEDED, "late", False)
    assert push_refunds(now=CLOSING + timedelta(hours=1)) == 1
    assert state_of(order) == OrderState.CANCELLED
    assert shop.provider.statement() == {}
    shop.check_books()


def test_a_closed_one_is_watched_for_a_day_and_then_let_go(shop: Shop) -> None:
    payment = shop.start(shop.place())
    asked = [hour for hour in range(60) if poll_due_payments(now=CLOSING + timedelta(hours=hour))]
    assert asked == list(range(25))
    assert shop.read(payment).next_poll_at is None


def test_one_that_the_provider_never_heard_of_is_closed_too(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "create", lost)
        with pytest.raises(ProviderError):
            shop.start(order)
    assert Payment.objects.get().state == PaymentState.CREATED
    monkeypatch.setattr(shop.provider, "close", lambda _number: None)
    poll_due_payments(now=CLOSING)
    assert Payment.objects.get().state == PaymentState.EXPIRED
    assert state_of(order) == OrderState.CANCELLED


def test_pressing_again_after_no_answer_takes_up_the_same_payment(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    with monkeypatch.context() as patch:
        patch.setattr(shop.provider, "create", lost)
        with pytest.raises(ProviderError):
            shop.start(order)
    payment = shop.start(order)
    assert (Payment.objects.get().number, payment.state) == (payment.number, PaymentState.PENDING)


def test_an_order_is_not_cancelled_while_its_provider_is_silent(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.place()
    shop.start(order)
    monkeypatch.setattr(shop.provider, "query", silent)
    poll_due_payments(now=CLOSING + timedelta(hours=1))
    assert state_of(order) == OrderState.PLACED


def test_an_order_that_nobody_began_to_pay_is_cancelled(shop: Shop) -> None:
    order = shop.place()
    poll_due_payments(now=CLOSING - timedelta(seconds=1))
    assert state_of(order) == OrderState.PLACED
    poll_due_payments(now=CLOSING)
    assert state_of(order) == OrderState.CANCELLED
    with pytest.raises(OrderNotPayableError):
        shop.start(Order.objects.get())


def test_a_wallet_that_was_too_low_holds_no_order_open(shop: Shop) -> None:
    order = shop.place()
    with pytest.raises(WalletTooLowError):
        shop.start(order, "wallet", "wallet")
    poll_due_payments(now=CLOSING)
    assert state_of(order) == OrderState.CANCELLED
    assert Payment.objects.get().state == PaymentState.CANCELLED


def test_cancelling_closes_what_is_open_at_the_provider(shop: Shop) -> None:
    order = shop.place()
    payment = shop.start(order)
    assert cancel_order(order_number=order.number, now=after(5))
    assert not cancel_order(order_number=order.number, now=after(6))
    assert poll_due_payments(now=after(6)) == 1
    assert shop.read(payment).state == PaymentState.EXPIRED
    assert shop.provider.query(payment_handle(payment)).state is ProviderState.CLOSED


def test_a_paid_order_can_not_be_cancelled(shop: Shop) -> None:
    order = shop.place()
    shop.pay(order)
    assert not cancel_order(order_number=order.number, now=after(5))
    assert state_of(order) == OrderState.FULFILLED


def test_the_other_open_payment_of_a_paid_order_is_closed(shop: Shop) -> None:
    order = shop.place()
    other = shop.start(order, method="h5")
    shop.pay(order)
    poll_due_payments(now=after(15))
    assert shop.read(other).state == PaymentState.EXPIRED
    assert shop.provider.query(payment_handle(other)).state is ProviderState.CLOSED
    shop.check_books()


def test_one_that_stays_pending_for_days_is_asked_on_and_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.provider, "close", lambda _payment: None)  # An eCheck is under way.
    payment = shop.start(shop.place())
    shop.ask(payment, now=QUOTE_END + timedelta(hours=23))
    assert shop.read(payment).problem == ""
    shop.ask(payment, now=QUOTE_END + timedelta(hours=25))
    waiting = shop.read(payment)
    assert waiting.problem == "pending_long"
    assert waiting.next_poll_at == QUOTE_END + timedelta(hours=31)
    shop.ask(payment, now=QUOTE_END + timedelta(days=5))
    assert shop.read(payment).next_poll_at is not None
    shop.provider.pay(payment.number, at=MOMENT)
    assert poll_due_payments(now=QUOTE_END + timedelta(days=6)) == 1
    # Its order was cancelled meanwhile, or its quote is over: the money is applied all the same.
    assert shop.read(payment).applied_at is not None
    assert shop.read(payment).problem != "pending_long"
    shop.check_books()


def test_one_that_ends_after_days_of_pending_is_shown_no_longer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = shop.start(shop.place())
    with monkeypatch.context() as patched:
        patched.setattr(shop.provider, "close", lambda _payment: None)
        shop.ask(payment, now=QUOTE_END + timedelta(hours=25))
    assert shop.read(payment).problem == "pending_long"
    shop.ask(payment, now=QUOTE_END + timedelta(hours=31))
    assert (shop.read(payment).problem, shop.read(payment).next_poll_at) == ("", None)
