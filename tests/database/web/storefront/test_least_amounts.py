"""A channel is not offered for less than it takes, and the page says so."""

import pytest
from django.urls import reverse

from limosa.domain.ordering.models import Order
from limosa.domain.ordering.operations.start_payment import start_payment
from limosa.domain.ordering.refusals import AmountTooSmallError
from limosa.domain.payments.models import Payment
from limosa.domain.payments.requests import Payer, PaymentMethodChoice
from tests.database.web.storefront.shop import ChannelInHand, Shop, pay_from_wallet, press_pay
from tests.database.web.storefront.test_home_page import text_of
from tests.database.web.storefront.test_order_pages import order_by
from tests.factories import MOMENT
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db
PRICE_IN_FEN = 178_62  # of the shop's plan, at the shop's rate


@pytest.fixture
def channel_from(monkeypatch: pytest.MonkeyPatch) -> object:
    """Set the least amount of the channel."""

    def least(fen: int) -> None:
        monkeypatch.setattr(ChannelInHand, "least_minor", {"CNY": fen})

    return least


def test_exactly_the_least_amount_is_taken(shop: Shop, channel_from: object) -> None:
    channel_from(PRICE_IN_FEN)  # type: ignore[operator]
    order = order_by(shop)
    assert Payment.objects.get(order_number=order.number).amount_minor == PRICE_IN_FEN


def test_below_it_a_press_is_refused_before_there_is_an_order(
    shop: Shop, channel_from: object
) -> None:
    make_plan(code="year", name={"en": "1 year"}, prices={"USD": 90_00}, carrier=shop.plan.carrier)
    channel_from(PRICE_IN_FEN + 1)  # type: ignore[operator]
    fields = press_pay(shop, shop.renew_path, plan="month-20", method="wechatpay")
    page = text_of(shop.client.post(shop.renew_path, fields))
    assert "This amount is below the minimum for this payment method." in page
    assert not Order.objects.exists()


def test_the_checkout_leaves_out_what_takes_no_plan(shop: Shop, channel_from: object) -> None:
    assert 'value="wechatpay"' in shop.client.get(shop.renew_path).content.decode()
    channel_from(10**9)  # type: ignore[operator]
    assert 'value="wechatpay"' not in shop.client.get(shop.renew_path).content.decode()


def test_the_checkout_says_the_least_where_a_plan_is_below_it(
    shop: Shop, channel_from: object
) -> None:
    channel_from(PRICE_IN_FEN)  # type: ignore[operator]
    assert "¥178.62 or more" in text_of(shop.client.get(shop.renew_path))


def test_an_order_below_it_is_told_why_and_is_paid_from_the_wallet(
    shop: Shop, channel_from: object
) -> None:
    order = order_by(shop)
    Payment.objects.all().delete()
    channel_from(PRICE_IN_FEN + 1)  # type: ignore[operator]
    page = text_of(shop.client.get(reverse("pay", args=[order.number])))
    assert "The minimum for WeChat Pay is ¥178.63." in page
    assert "below the minimum of every payment method here" in page
    with pytest.raises(AmountTooSmallError):
        start_payment(
            order=order,
            choice=PaymentMethodChoice(provider="wechatpay", method="native"),
            payer=Payer(ip=""),
            now=MOMENT,
        )
    assert not Payment.objects.exists()
    shop.fill_wallet(6000)
    page = text_of(shop.client.get(reverse("pay", args=[order.number])))
    assert "below the minimum of every" not in page
    assert pay_from_wallet(shop).status_code == 302
