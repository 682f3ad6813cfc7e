"""What can happen to one order, or one wallet, at the same moment, has one outcome."""

from functools import partial
from threading import Barrier
from typing import Any

import pytest

from limosa.domain.esims.models import Bundle
from limosa.domain.ledger.operations import post_entry as posting
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.queries import wallet_drifts, wallet_in
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.ordering.operations import apply_payment_status
from limosa.domain.ordering.operations.apply_payment_status import Applied
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.deliver_waiting_orders import deliver_waiting_orders
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.refund_order import refund_order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments.models import InboxMessage, Payment, Refund
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from limosa.foundation.money import Money
from tests.books import check_books
from tests.concurrency.together import run_together
from tests.concurrency.unlocked import without_row_locks
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.fakes.provider import FakeProvider, Message

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def quote_for(bundle: Bundle) -> Quote:
    return make_quote(
        subscriber=bundle.subscriber,
        esim=bundle.esim,
        plan_code=bundle.plan_id,
        start_rule=StartRule.AFTER_CURRENT,
        now=MOMENT,
    )


def place() -> Order:
    return place_order(quote=quote_for(make_bundle(plan=make_plan())), now=MOMENT)


def start(order: Order, provider_code: str = "fake", method: str = "native") -> Payment:
    return start_payment(
        order=order,
        choice=PaymentMethodChoice(provider=provider_code, method=method),
        payer=Payer(ip="127.0.0.1"),
        now=MOMENT,
    )


def hear(message: Message) -> str:
    return receive_notification(
        provider_code="fake", headers=message.headers, body=message.body, now=MOMENT
    )


def give_back(provider: FakeProvider) -> None:
    push_refunds(now=MOMENT)
    check_books(statements={"fake": provider.statement()})


def test_one_notification_many_times_at_once_is_one_credit(provider: FakeProvider) -> None:
    payment = start(place())
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    said = sorted(run_together([partial(hear, message)] * THREADS))
    assert said == ["already_applied"] * (THREADS - 1) + ["paid"]
    assert Bundle.objects.filter(order_number=payment.order_number).count() == 1
    assert InboxMessage.objects.count() == 1
    assert Notification.objects.filter(kind="payment_credited").count() == 1
    check_books(statements={"fake": provider.statement()})


def test_notification_and_question_at_once_are_one_credit(provider: FakeProvider) -> None:
    payment = start(place())
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    said = run_together(
        [lambda: hear(message), lambda: poll_payment(payment_number=payment.number, now=MOMENT)]
    )
    assert sorted(said) == ["already_applied", "paid"]
    check_books(statements={"fake": provider.statement()})


def pay_twice(provider: FakeProvider) -> list[str]:
    """Pay one order by two payments whose news comes at the same moment."""
    order = place()
    payments = [start(order, method=method) for method in ("native", "h5")]
    messages = [provider.message(provider.pay(payment.number, at=MOMENT)) for payment in payments]
    return run_together([partial(hear, message) for message in messages])


def test_of_two_payments_of_one_order_one_pays_and_the_other_goes_back(
    provider: FakeProvider,
) -> None:
    assert sorted(pay_twice(provider)) == ["paid", "returned_double"]
    assert Bundle.objects.count() == 2  # The one that ran before, and the one that was bought.
    give_back(provider)
    assert sum(provider.statement().values()) == Payment.objects.get(pays_order=True).amount_minor


def test_without_the_lock_only_the_table_stops_the_second_one(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have seen the order unpaid before either pays it."""
    both_have_seen = Barrier(2)
    verdict = "limosa.domain.ordering.operations.apply_payment_status._verdict"

    def see_together(*_: Any, **__: Any) -> str:
        both_have_seen.wait(timeout=10)
        return Applied.PAID

    monkeypatch.setattr(verdict, see_together)
    with without_row_locks(monkeypatch):
        assert sorted(pay_twice(provider)) == ["IntegrityError", "paid"]
    assert Payment.objects.filter(pays_order=True).count() == 1


def test_who_pays_while_the_order_is_cancelled_has_a_bundle_or_the_money(
    provider: FakeProvider,
) -> None:
    payment = start(place())
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    heard, is_cancelled = run_together(
        [
            lambda: hear(message),
            lambda: cancel_order(order_number=payment.order_number, now=MOMENT),
        ]
    )
    assert (heard, is_cancelled) in {("paid", "False"), ("returned_late", "True")}
    give_back(provider)


def test_one_order_is_paid_back_once_though_many_ask(provider: FakeProvider) -> None:
    payment = start(place())
    hear(provider.message(provider.pay(payment.number, at=MOMENT)))

    def ask_back() -> str:
        return refund_order(order_number=payment.order_number, reason="asked", now=MOMENT).state

    said = run_together([ask_back] * THREADS)
    assert sorted(said) == ["RefundNotAllowedError"] * (THREADS - 1) + ["requested"]
    assert sorted(run_together([lambda: push_refunds(now=MOMENT)] * 4)) == ["0", "0", "0", "1"]
    assert Refund.objects.count() == 1
    give_back(provider)
    assert provider.statement() == {}


def test_two_workers_deliver_an_order_once(provider: FakeProvider) -> None:
    order = place()
    supplier = order.quote.plan.supplier
    supplier.is_paused = True
    supplier.save()
    hear(provider.message(provider.pay(start(order).number, at=MOMENT)))
    supplier.is_paused = False
    supplier.save()
    run_together([lambda: deliver_waiting_orders(now=MOMENT)] * 4)
    assert Bundle.objects.filter(order_number=order.number).count() == 1
    check_books(statements={"fake": provider.statement()})


def test_one_quote_pressed_many_times_at_once_is_one_order() -> None:
    quote = quote_for(make_bundle(plan=make_plan()))
    numbers = run_together([lambda: place_order(quote=quote, now=MOMENT).number] * THREADS)
    assert numbers == [Order.objects.get().number] * THREADS


def orders_of_one_person(number: int) -> list[Order]:
    """Return orders of 25 dollars each, of a person whose wallet holds 25 dollars."""
    bundle = make_bundle(plan=make_plan())
    credit_wallet(
        subscriber_id=bundle.subscriber_id, amount=Money(2500, "USD"), key="gift", now=MOMENT
    )
    return [place_order(quote=quote_for(bundle), now=MOMENT) for _ in range(number)]


def spend_at_once(orders: list[Order]) -> list[str]:
    def spend(order: Order) -> str:
        return start(order, "wallet", "wallet").state

    return run_together([partial(spend, order) for order in orders])


def test_a_wallet_is_spent_once(provider: FakeProvider) -> None:
    orders = orders_of_one_person(4)
    assert sorted(spend_at_once(orders)) == ["WalletTooLowError"] * 3 + ["succeeded"]
    states = sorted(Order.objects.values_list("state", flat=True))
    assert states == [OrderState.FULFILLED, *[OrderState.PLACED] * 3]
    wallet = wallet_in(subscriber_id=orders[0].subscriber_id, currency="USD")
    assert wallet == Money(0, "USD")
    check_books(statements={})


def test_without_the_condition_only_the_table_keeps_a_wallet_above_zero(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. No bonus is looked for beside the money, which would lock the wallet."""
    orders = orders_of_one_person(2)
    unguarded = posting._MOVE_WALLET.replace("AND balance_minor >= %(debit)s", "")
    monkeypatch.setattr(posting, "_MOVE_WALLET", unguarded)
    monkeypatch.setattr(apply_payment_status, "use_bonus", lambda **_: 0)
    assert sorted(spend_at_once(orders)) == ["IntegrityError", "succeeded"]
    check_books(statements={})


def test_the_first_money_of_a_new_wallet_from_two_sides_is_added_up() -> None:
    bundle = make_bundle()

    def give(key: str) -> bool:
        amount = Money(100, "USD")
        return credit_wallet(subscriber_id=bundle.subscriber_id, amount=amount, key=key, now=MOMENT)

    keys = [*[f"gift-{number}" for number in range(5)], "gift-0"]
    said = run_together([partial(give, key) for key in keys])
    assert sorted(said) == ["False", *["True"] * 5]
    assert wallet_in(subscriber_id=bundle.subscriber_id, currency="USD") == Money(500, "USD")
    assert wallet_drifts() == []
