"""A capture goes by another key only once the one before is known as refused.

A provider repeats its answer to a key that it knows. So after a refusal the same key would repeat
it for ever; and after no answer another key could take the money a second time.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations import poll_payment
from limosa.domain.payments.handles import payment_handle
from limosa.domain.payments.models import Payment
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import Decline, PaymentStatusReport, ProviderState
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.fakes.capturing import CapturingProvider

pytestmark = pytest.mark.django_db
Capture = Callable[[PaymentHandle], PaymentStatusReport]


def agreed(shop: Shop, bank: CapturingProvider) -> Payment:
    payment = shop.start(shop.place())
    bank.approve(payment.number)
    return payment


def state_of(payment: Payment) -> str:
    return Order.objects.get(number=payment.order_number).state


def test_after_a_refusal_the_next_capture_has_a_key_of_its_own_and_takes_the_money(
    shop: Shop, bank: CapturingProvider
) -> None:
    payment = agreed(shop, bank)
    refused_by = payment_handle(shop.read(payment))
    bank.declines = Decline.INSUFFICIENT_FUNDS
    assert shop.ask(payment) == "declined"
    assert shop.read(payment).captures_refused == 1
    bank.declines = None
    bank.approve(payment.number)
    # By the key of before it would go on for ever.
    assert bank.capture(refused_by).decline == Decline.INSUFFICIENT_FUNDS
    assert shop.ask(payment) == "paid"
    assert bank.keys == [0, 0, 1]
    assert state_of(payment) == OrderState.FULFILLED
    shop.check_books()


def without_an_answer(shop: Shop, bank: CapturingProvider, capture: Capture) -> Payment:
    """Lose the answer to a first capture, and capture again while it is under way."""
    payment = agreed(shop, bank)
    bank.is_slow = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "capture", capture)
        assert shop.ask(payment) == "no_answer"
    assert shop.ask(payment) == "paid"
    bank.arrive()
    return payment


@pytest.mark.parametrize("lost", ["capture_later", "capture_silently"])
def test_a_capture_without_an_answer_keeps_its_key_and_the_money_is_taken_once(
    shop: Shop, bank: CapturingProvider, lost: str
) -> None:
    payment = without_an_answer(shop, bank, getattr(bank, lost))
    assert bank.keys == [0, 0]
    assert len(bank.taken) == 1
    assert shop.read(payment).captures_refused == 0
    shop.check_books()


@pytest.mark.parametrize("lost", ["capture_later", "capture_silently"])
def test_with_another_key_it_would_be_taken_twice(
    shop: Shop, bank: CapturingProvider, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a capture without an answer counts as refused."""
    true = vars(poll_payment)["capture_at_provider"]

    def capture(*, payment: Payment, **arguments: Any) -> Any:
        try:
            return true(payment=payment, **arguments)
        except ProviderError:
            payments = Payment.objects.filter(pk=payment.pk)
            payments.update(captures_refused=F("captures_refused") + 1)
            raise

    monkeypatch.setattr(poll_payment, "capture_at_provider", capture)
    without_an_answer(shop, bank, getattr(bank, lost))
    assert sorted(bank.keys) == [0, 1]
    assert len(bank.taken) == 2
    with pytest.raises(AssertionError):
        shop.check_books()


def test_who_asks_beside_another_counts_the_same_refusal_once(
    shop: Shop, bank: CapturingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = agreed(shop, bank)
    bank.declines = Decline.REFUSED
    alone = bank.capture

    def beside_another(handle: PaymentHandle) -> PaymentStatusReport:
        monkeypatch.setattr(bank, "capture", alone)
        bank.approve(payment.number)
        shop.ask(payment)
        return alone(handle)

    monkeypatch.setattr(bank, "capture", beside_another)
    shop.ask(payment)
    assert bank.keys == [0, 0]
    assert shop.read(payment).captures_refused == 1


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (ProviderState.PENDING, 1),
        (ProviderState.APPROVED, 1),
        (ProviderState.FAILED, 1),
        (ProviderState.CLOSED, 1),
        (ProviderState.PROCESSING, 0),
        (ProviderState.UNKNOWN, 0),
    ],
)
def test_only_an_answer_that_took_nothing_counts_as_a_refusal(
    shop: Shop,
    bank: CapturingProvider,
    monkeypatch: pytest.MonkeyPatch,
    state: ProviderState,
    counted: int,
) -> None:
    payment = agreed(shop, bank)
    answer = PaymentStatusReport(payment_number=payment.number, state=state)
    monkeypatch.setattr(bank, "capture", lambda _handle: answer)
    shop.ask(payment)
    assert shop.read(payment).captures_refused == counted


def test_a_refusal_in_the_providers_own_words_counts(
    shop: Shop, bank: CapturingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: PaymentHandle) -> PaymentStatusReport:
        raise ProviderError("no", retryable=False)

    payment = agreed(shop, bank)
    monkeypatch.setattr(bank, "capture", refuse)
    assert shop.ask(payment) == "no_answer"
    assert shop.read(payment).captures_refused == 1
