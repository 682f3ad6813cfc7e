"""A wallet's last money, wanted from several sides at once, goes to one of them."""

from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from limosa.domain.ledger.queries import wallet_drifts, wallet_in
from limosa.domain.ordering import reversible
from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.refund_top_up import refund_top_up
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.status_reports import DisputeOutcome
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.place_top_up import place_top_up
from limosa.foundation.money import Money
from tests.books import check_books
from tests.concurrency.ordering.test_order_races import hear, place, start
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def topped_up(provider: FakeProvider, order: Order) -> tuple[WalletTopUp, Payment]:
    """Return a paid top-up of the 25 dollars that an order costs, by the same person."""
    top_up = place_top_up(
        subscriber=order.subscriber, amount=Money(2500, "USD"), key="page", now=MOMENT
    )
    payment = start(top_up)  # type: ignore[arg-type]
    hear(provider.message(provider.pay(payment.number, at=MOMENT)))
    return top_up, payment


def spend(order: Order) -> str:
    return start(order, "wallet", "wallet").state


def give_back(top_up: WalletTopUp) -> str:
    return refund_top_up(number=top_up.number, reason="person", now=MOMENT).state


def check_at_rest(provider: FakeProvider) -> None:
    push_refunds(now=MOMENT)
    assert wallet_drifts() == []
    check_books(statements={"fake": provider.statement()})


def test_one_payment_told_many_times_at_once_is_one_credit(provider: FakeProvider) -> None:
    order = place()
    top_up = place_top_up(
        subscriber=order.subscriber, amount=Money(2500, "USD"), key="page", now=MOMENT
    )
    payment = start(top_up)  # type: ignore[arg-type]
    message = provider.message(provider.pay(payment.number, at=MOMENT))
    said = sorted(run_together([partial(hear, message)] * THREADS))
    assert said == ["already_applied"] * (THREADS - 1) + ["paid"]
    assert wallet_in(subscriber_id=order.subscriber_id, currency="USD") == Money(2500, "USD")
    check_at_rest(provider)


def test_the_same_page_pressed_many_times_at_once_is_one_top_up() -> None:
    person = place().subscriber

    def press() -> str:
        amount = Money(2500, "USD")
        return place_top_up(subscriber=person, amount=amount, key="page", now=MOMENT).number

    assert run_together([press] * THREADS) == [WalletTopUp.objects.get().number] * THREADS


def test_the_last_money_is_spent_or_refunded(provider: FakeProvider) -> None:
    order = place()
    top_up, _ = topped_up(provider, order)
    said = sorted(run_together([partial(spend, order), partial(give_back, top_up)]))
    assert said in (["RefundNotAllowedError", "succeeded"], ["WalletTooLowError", "requested"])
    check_at_rest(provider)


def test_a_top_up_is_refunded_once(provider: FakeProvider) -> None:
    top_up, _ = topped_up(provider, place())
    said = sorted(run_together([partial(give_back, top_up)] * 4))
    assert said == ["RefundNotAllowedError"] * 3 + ["requested"]
    assert Refund.objects.count() == 1
    check_at_rest(provider)


def test_without_the_lock_only_the_books_keep_what_is_spent_from_being_refunded(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    order = place()
    top_up, _ = topped_up(provider, order)

    def unlocked(**whose: Any) -> Money:
        found = wallet_in(**whose)

        def spend_elsewhere() -> None:
            spend(order)
            connection.close()

        other = Thread(target=spend_elsewhere)
        other.start()
        other.join()
        return found

    monkeypatch.setattr(reversible, "lock_wallet", unlocked)
    assert run_together([partial(give_back, top_up)]) == ["WalletTooLowError"]
    check_at_rest(provider)


def test_disputed_money_is_spent_or_frozen(provider: FakeProvider) -> None:
    order = place()
    top_up, payment = topped_up(provider, order)
    opened = provider.message(provider.dispute(payment.number, DisputeOutcome.OPEN))
    said = sorted(run_together([partial(spend, order), partial(hear, opened)]))
    assert said in (["WalletTooLowError", "disputed"], ["disputed", "succeeded"])
    top_up.refresh_from_db()
    assert top_up.frozen_minor == (2500 if "WalletTooLowError" in said else 0)
    check_at_rest(provider)
    hear(provider.message(provider.dispute(payment.number, DisputeOutcome.LOST)))
    check_at_rest(provider)
