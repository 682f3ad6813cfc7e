"""A method is saved when the person asked for it, and charged by a press, once."""

from dataclasses import replace

import pytest

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.refusals import (
    OrderNotPayableError,
    PayerNeededError,
    PaymentMethodNotOfferedError,
)
from limosa.domain.payments.models import Payment, PaymentState, ProviderCall, SavedMethod
from limosa.domain.payments.operations.save_methods import save_methods
from limosa.domain.payments.requests import SAVED, Payer, PaymentHandle, PaymentMethodChoice
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    SavedMethodReport,
)
from limosa.foundation.errors import ProviderError
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db
CARD = SavedMethodReport(reference="token-1", label="Visa •••• 4242")


def press(order: Order, choice: PaymentMethodChoice) -> Payment:
    return start_payment(order=order, choice=choice, payer=Payer(ip="127.0.0.1"), now=MOMENT)


@pytest.fixture
def card(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> SavedMethod:
    """A card that was saved with the payment before."""
    monkeypatch.setattr(shop.provider, "saved_method", lambda _payment: CARD)
    payment = press(shop.place(), PaymentMethodChoice(provider="fake", method="native", save=True))
    message = shop.provider.message(shop.provider.pay(payment.number, at=MOMENT))
    shop.take(message)
    assert save_methods(now=MOMENT) == 1
    assert save_methods(now=MOMENT) == 0
    return SavedMethod.objects.get()


def charge(shop: Shop, monkeypatch: pytest.MonkeyPatch, state: ProviderState) -> None:
    def capture(payment: PaymentHandle) -> PaymentStatusReport:
        assert payment.saved_reference == CARD.reference
        if state is ProviderState.SUCCEEDED:
            return shop.provider.pay(payment.number, at=MOMENT)
        return PaymentStatusReport(payment_number=payment.number, state=state)

    monkeypatch.setattr(shop.provider, "capture", capture)


def saved_way(card: SavedMethod) -> PaymentMethodChoice:
    return PaymentMethodChoice(provider="fake", method=SAVED, saved_id=card.public_id)


def test_a_card_is_saved_as_its_label_and_charged_by_one_press(
    shop: Shop, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (card.label, card.consented_at) == (CARD.label, MOMENT)
    charge(shop, monkeypatch, ProviderState.SUCCEEDED)
    order = shop.place()
    payment = press(order, saved_way(card))
    assert payment.state == PaymentState.SUCCEEDED
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    shop.check_books()


def test_a_bank_that_wants_to_see_the_person_charges_nothing(
    shop: Shop, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(shop, monkeypatch, ProviderState.PAYER_NEEDED)
    order = shop.place()
    with pytest.raises(PayerNeededError):
        press(order, saved_way(card))
    assert Payment.objects.get(order_number=order.number).state == PaymentState.FAILED
    shop.pay(order)  # In the provider's own window.
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    shop.check_books()


def test_a_charge_without_an_answer_is_asked_for_and_not_made_twice(
    shop: Shop, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_the_answer(payment: PaymentHandle) -> PaymentStatusReport:
        shop.provider.pay(payment.number, at=MOMENT)
        raise ProviderError("no answer", retryable=True)

    monkeypatch.setattr(shop.provider, "capture", lose_the_answer)
    order = shop.place()
    with pytest.raises(ProviderError):
        press(order, saved_way(card))
    payment = Payment.objects.get(order_number=order.number)
    assert payment.state == PaymentState.PENDING
    assert payment.next_poll_at is not None
    shop.ask(payment)
    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    shop.check_books()


def test_a_press_that_another_overtook_does_not_charge_the_card_again(
    shop: Shop, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked at the order before the other press had paid, and made its payment after that."""
    charge(shop, monkeypatch, ProviderState.SUCCEEDED)
    order = shop.place()
    seen_unpaid = Order.objects.select_related("quote__plan", "subscriber").get(pk=order.pk)
    press(order, saved_way(card))
    charge(shop, monkeypatch, ProviderState.FAILED)
    with pytest.raises(OrderNotPayableError):
        press(seen_unpaid, saved_way(card))
    second = Payment.objects.order_by("-id")[0]
    assert (second.order_number, second.state) == (order.number, PaymentState.FAILED)
    calls = ProviderCall.objects.filter(payment=second)
    assert list(calls.values_list("call", flat=True)) == ["create"]
    shop.check_books()


def test_nobody_charges_the_card_of_somebody_else(shop: Shop, card: SavedMethod) -> None:
    SavedMethod.objects.update(subscriber=make_subscriber())
    with pytest.raises(PaymentMethodNotOfferedError):
        press(shop.place(), saved_way(card))


def test_a_removed_card_is_not_charged(shop: Shop, card: SavedMethod) -> None:
    SavedMethod.objects.update(removed_at=MOMENT)
    with pytest.raises(PaymentMethodNotOfferedError):
        press(shop.place(), saved_way(card))


def test_a_payment_that_left_nothing_is_not_asked_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.provider, "saved_method", lambda _payment: None)
    payment = press(shop.place(), PaymentMethodChoice(provider="fake", method="native", save=True))
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=MOMENT)))
    assert [save_methods(now=MOMENT), shop.read(payment).save_wanted] == [0, False]


def test_the_same_card_saved_again_is_one_card(
    shop: Shop, card: SavedMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    SavedMethod.objects.update(removed_at=MOMENT)
    renamed = replace(CARD, label="Visa •••• 4242, 12/30")
    monkeypatch.setattr(shop.provider, "saved_method", lambda _payment: renamed)
    payment = press(shop.place(), PaymentMethodChoice(provider="fake", method="native", save=True))
    shop.take(shop.provider.message(shop.provider.pay(payment.number, at=MOMENT)))
    save_methods(now=MOMENT)
    again = SavedMethod.objects.get()
    assert (again.pk, again.label, again.removed_at) == (card.pk, renamed.label, None)
