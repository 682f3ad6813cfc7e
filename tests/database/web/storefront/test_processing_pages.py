"""What a person sees of a payment that is being processed, and of one that was declined."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment, PaymentState
from limosa.domain.payments.status_reports import Decline
from limosa.web.console.words import DECLINES as CONSOLE_DECLINES
from limosa.web.storefront.declines import DECLINES
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_the_moment(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MOMENT)
    return MOMENT


def paying(shop: Shop, **fields: Any) -> tuple[Order, Payment]:
    order = make_order(
        subscriber=shop.person, esim=shop.esim, plan=shop.plan, exchange={"CNY": {"rate": "7.1448"}}
    )
    values: dict[str, Any] = {"state": PaymentState.PENDING, "pay_url": "weixin://pay"}
    return order, make_payment(order=order, **(values | fields))


def page(shop: Shop, name: str, order: Order) -> str:
    return shop.client.get(reverse(name, args=[order.number])).content.decode()


@pytest.mark.parametrize("name", ["pay", "order"])
def test_one_that_is_processed_is_shown_as_that_and_offers_no_other(
    shop: Shop, name: str, at_the_moment: datetime
) -> None:
    order, _ = paying(shop, processing_since=at_the_moment)
    shown = page(shop, name, order)
    assert "Your payment is being processed" in shown
    assert "don't pay again" in shown
    assert 'name="method"' not in shown
    assert reverse("pay", args=[order.number]) + '"' not in shown


def test_a_press_from_an_old_page_starts_no_second_payment(
    shop: Shop, at_the_moment: datetime
) -> None:
    order, payment = paying(shop, processing_since=at_the_moment)
    answer = shop.client.post(
        reverse("pay", args=[order.number]), {"method": "wechatpay"}, follow=True
    )
    assert "still being processed" in text_of(answer)
    assert list(Payment.objects.filter(order_number=order.number)) == [payment]


@pytest.mark.parametrize("decline", list(Decline))
@pytest.mark.parametrize("name", ["pay", "order"])
def test_a_declined_one_says_why(
    shop: Shop, name: str, decline: Decline, at_the_moment: datetime
) -> None:
    order, _ = paying(shop, decline=decline, state=PaymentState.FAILED)
    shown = page(shop, name, order)
    found = re.search(r'data-testid="declined">([^<]+)<', shown)
    assert found
    assert found[1].startswith("This payment was declined")
    assert ('name="method"' in shown) == (name == "pay")


def test_another_way_that_was_chosen_since_is_not_called_declined(
    shop: Shop, at_the_moment: datetime
) -> None:
    order, _ = paying(shop, decline=Decline.REFUSED, state=PaymentState.FAILED)
    make_payment(order=order, state=PaymentState.PENDING, pay_url="weixin://pay")
    assert "declined" not in page(shop, "pay", order)


@pytest.mark.parametrize(
    ("fields", "seen", "status", "moves"),
    [
        ({}, "", 204, False),
        ({"processing_since": MOMENT}, "", 200, True),
        ({"processing_since": MOMENT}, "processing", 204, False),
        ({"decline": "refused"}, "", 200, True),
        ({"decline": "refused"}, "refused", 204, False),
        ({"decline": "refused", "state": PaymentState.FAILED}, "processing", 200, True),
    ],
)
def test_the_waiting_page_is_loaded_again_when_its_payment_moved(
    shop: Shop,
    fields: dict[str, Any],
    seen: str,
    status: int,
    moves: bool,  # noqa: FBT001
    at_the_moment: datetime,
) -> None:
    order, _ = paying(shop, **fields)
    answer = shop.client.get(reverse("pay_status", args=[order.number]), {"seen": seen})
    assert (answer.status_code, "HX-Refresh" in answer) == (status, moves)


def test_every_reason_has_its_words() -> None:
    assert set(DECLINES) == set(CONSOLE_DECLINES) == set(Decline)
