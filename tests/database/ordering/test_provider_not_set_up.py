"""A channel that was taken out of the settings stops nobody else's payments and refunds."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.poll_due_payments import poll_due_payments
from limosa.domain.ordering.operations.poll_payment import poll_payment
from limosa.domain.ordering.operations.push_refunds import push_refunds
from limosa.domain.payments.models import RefundState
from limosa.domain.payments.operations.save_methods import save_methods
from tests.database.ordering.shop import Shop
from tests.factories import MOMENT
from tests.factories.payments import make_payment, make_refund

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(minutes=1)


def test_its_payment_is_left_and_the_others_are_asked_for(shop: Shop, settings: Settings) -> None:
    assert "gone" not in settings.PAYMENT_PROVIDERS
    gone = make_payment(provider="gone", next_poll_at=MOMENT)
    order = shop.place()
    shop.provider.pay(shop.start(order).number, at=MOMENT)
    assert poll_due_payments(now=LATER) == 2
    assert Order.objects.get(pk=order.pk).state == OrderState.FULFILLED
    assert poll_payment(payment_number=gone.number, now=LATER) == "no_answer"
    gone.refresh_from_db()
    assert gone.next_poll_at is not None
    assert gone.next_poll_at > LATER


def test_its_refund_is_left_and_the_others_go(shop: Shop) -> None:
    lost = make_payment(provider="gone", state="succeeded", save_wanted=True)
    left = make_refund(payment=lost, next_poll_at=MOMENT - timedelta(hours=1))
    late = shop.start(shop.place())
    paid = shop.provider.pay(late.number, at=MOMENT + timedelta(hours=2))
    assert shop.take(shop.provider.message(paid)) == "returned_late"
    assert push_refunds(now=LATER) == 2
    assert late.refunds.get().state == RefundState.SUCCEEDED
    assert save_methods(now=LATER) == 0
    left.refresh_from_db()
    assert left.state == RefundState.REQUESTED
    assert left.next_poll_at is not None
    assert left.next_poll_at > LATER
    assert list(lost.calls.values_list("outcome", flat=True)) == [
        "error: gone is not set up",
        "error: gone is not set up",
    ]
