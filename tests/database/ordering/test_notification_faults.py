"""Notifications that come twice, late, early or wrong: each has one documented result.

The table is docs/reference/notification-faults.md; after each case the books are even.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from limosa.domain.esims.models import Bundle
from limosa.domain.ordering.models import Order, OrderState, StartRule
from limosa.domain.ordering.operations.ask_provider import ask_provider
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.ordering.operations.receive_notification import receive_notification
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.payments import registry
from limosa.domain.payments.models import InboxMessage, Payment, Refund
from limosa.domain.payments.port import (
    NotificationRefusedError,
    PaymentFact,
    RefundFact,
    RefundOutcome,
)
from tests.books import check_books
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_rates
from tests.factories.esims import make_bundle
from tests.fakes.provider import FakeProvider

pytestmark = pytest.mark.django_db

SOON = MOMENT + timedelta(minutes=2)
AFTER_QUOTE = MOMENT + timedelta(minutes=40)
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "notification-faults.md"


class Case:
    """An order with its payment, and the provider that takes the money."""

    def __init__(self, provider: FakeProvider) -> None:
        self.provider = provider
        bundle = make_bundle()
        quote = make_quote(
            subscriber=bundle.subscriber,
            esim=bundle.esim,
            plan_code=make_plan().code,
            start_rule=StartRule.AFTER_CURRENT,
            now=MOMENT,
        )
        self.order = place_order(quote=quote, now=MOMENT)
        self.payment = self.start("native")

    def start(self, method: str) -> Payment:
        return start_payment(
            order=self.order,
            provider_code="fake",
            method=method,
            payer_ip="127.0.0.1",
            now=MOMENT,
        )

    def pay(self, payment: Payment | None = None, *, at: datetime = SOON) -> PaymentFact:
        return self.provider.pay((payment or self.payment).number, at=at)

    def tell(
        self, fact: PaymentFact | RefundFact, *, at: datetime = SOON, message_id: str = "m1"
    ) -> str:
        body = json.dumps(fact.to_json() | {"message_id": message_id}).encode()
        return receive_notification(
            provider_code="fake", headers={"signature": "good"}, body=body, now=at
        )

    @property
    def state(self) -> str:
        self.order.refresh_from_db()
        return self.order.state

    def check(self, *, now: datetime = AFTER_QUOTE) -> None:
        push_refunds(now=now)
        check_books(provider="fake", net_minor=self.provider.net_minor)


@pytest.fixture
def case() -> Iterator[Case]:
    registry.provider_for.cache_clear()
    make_rates()
    with override_settings(PAYMENT_PROVIDERS={"fake": "tests.fakes.provider.FakeProvider"}):
        provider = registry.provider_for("fake")
        assert isinstance(provider, FakeProvider)
        yield Case(provider)
    registry.provider_for.cache_clear()


def test_twice(case: Case) -> None:
    fact = case.pay()
    assert case.tell(fact) == "paid"
    assert case.tell(fact) == "already_applied"
    assert case.tell(fact, message_id="m2") == "already_applied"
    assert InboxMessage.objects.count() == 2
    assert Bundle.objects.filter(order_number=case.order.number).count() == 1
    case.check()


def test_late_though_paid_in_time(case: Case) -> None:
    assert case.tell(case.pay(at=SOON), at=AFTER_QUOTE) == "paid"
    assert case.state == OrderState.FULFILLED
    case.check()


def test_after_the_order_was_cancelled(case: Case) -> None:
    fact = case.pay()
    cancel_order(order_number=case.order.number, now=SOON)
    assert case.tell(fact, at=AFTER_QUOTE) == "returned_late"
    assert case.state == OrderState.CANCELLED
    case.check()
    assert Refund.objects.get().amount_minor == fact.amount_minor


def test_before_the_return_page(case: Case) -> None:
    assert case.tell(case.pay()) == "paid"
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "already_applied"
    case.check()


def test_after_the_return_page_has_asked(case: Case) -> None:
    fact = case.pay()
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "paid"
    assert case.tell(fact) == "already_applied"
    case.check()


def test_paid_after_the_quotes_end(case: Case) -> None:
    assert case.tell(case.pay(at=AFTER_QUOTE), at=AFTER_QUOTE) == "returned_late"
    assert case.state == OrderState.PLACED
    case.check()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"amount_minor": 1}, id="wrong amount"),
        pytest.param({"currency": "USD"}, id="wrong currency"),
        pytest.param({"merchant": "somebody"}, id="wrong merchant"),
    ],
)
def test_one_that_differs_is_not_believed_and_the_provider_is_asked(
    case: Case, change: dict[str, object]
) -> None:
    fact = case.pay()
    assert case.tell(replace(fact, **change)) == "differs_ask_again"  # type: ignore[arg-type]
    assert case.state == OrderState.PLACED
    case.payment.refresh_from_db()
    assert case.payment.next_ask_at == SOON
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "paid"
    case.check()


def test_the_provider_itself_took_another_amount(case: Case) -> None:
    case.provider.pay(case.payment.number, at=SOON, amount_minor=5)
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "returned_wrong_amount"
    assert case.state == OrderState.PLACED
    case.check()


def test_a_wrong_signature_stores_nothing(case: Case) -> None:
    fact = case.pay()
    body = json.dumps(fact.to_json() | {"message_id": "m1"}).encode()
    with pytest.raises(NotificationRefusedError):
        receive_notification(
            provider_code="fake", headers={"signature": "bad"}, body=body, now=SOON
        )
    assert not InboxMessage.objects.exists()
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "paid"
    case.check()


def test_of_an_unknown_payment(case: Case) -> None:
    fact = replace(case.pay(), payment_number="SOMETHINGELSE")
    assert case.tell(fact) == "unknown_payment"
    assert InboxMessage.objects.get().result == "unknown_payment"
    assert ask_provider(payment_number=case.payment.number, now=SOON) == "paid"
    case.check()


def test_paid_twice_by_two_payments(case: Case) -> None:
    second = case.start("h5")
    assert case.tell(case.pay()) == "paid"
    assert case.tell(case.pay(second), message_id="m2") == "returned_double"
    case.check()
    assert Refund.objects.get().payment_id == second.pk


def test_of_a_refund_twice(case: Case) -> None:
    case.tell(case.pay(at=AFTER_QUOTE), at=AFTER_QUOTE)
    refund = Refund.objects.get()
    fact = case.provider.refunds.setdefault(
        refund.number,
        RefundFact(
            refund_number=refund.number,
            payment_number=case.payment.number,
            outcome=RefundOutcome.SUCCEEDED,
            amount_minor=refund.amount_minor,
            currency="CNY",
        ),
    )
    assert case.tell(fact, at=AFTER_QUOTE, message_id="r1") == "refunded"
    assert case.tell(fact, at=AFTER_QUOTE, message_id="r2") == "already_applied"
    case.check()


def test_the_checker_sees_books_that_are_not_even(case: Case) -> None:
    case.tell(case.pay())
    with pytest.raises(AssertionError):
        check_books(provider="fake", net_minor=case.provider.net_minor + 1)
    Order.objects.update(earned_minor=1)
    with pytest.raises(AssertionError):
        case.check()


def test_the_page_lists_the_results(case: Case) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for result in (
        *("paid", "already_applied", "returned_late", "returned_double", "returned_wrong_amount"),
        *("differs_ask_again", "unknown_payment", "refunded"),
    ):
        assert f"`{result}`" in page
