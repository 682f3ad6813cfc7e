"""Choosing and paying: the price shown is the price paid, and pressing twice pays once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from limosa.domain.catalog.models import ExchangeRate, Price
from limosa.domain.ordering.models import Order, OrderState, Quote, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.refusals import PlanNotOnSaleError
from limosa.domain.payments.models import Payment
from limosa.domain.promotions.models import Promotion
from limosa.web.storefront.views.starting import pay_page
from tests.database.web.storefront.shop import PIN, ChannelInHand, Shop, press_pay, set_pin
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan, make_supplier

pytestmark = pytest.mark.django_db

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"


def test_looking_writes_nothing(shop: Shop) -> None:
    page = shop.client.get(shop.renew_path)
    assert page.status_code == 200
    assert not Quote.objects.exists()
    assert not Order.objects.exists()


def test_looking_costs_the_same_for_many_plans(shop: Shop) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            shop.client.get(shop.renew_path)
        return len(captured)

    before = statements()
    for number in range(20):
        make_plan(code=f"other-{number}")
    assert statements() == before <= 13


def test_the_same_plan_is_chosen_and_everything_stands_beside_the_button(shop: Shop) -> None:
    page = text_of(shop.client.get(shop.renew_path))
    assert 'name="plan" value="month-20" checked' in page
    assert "Pay ¥178.62" in page
    assert "$25.00, tax included." in page
    assert "1 USD = 7.1446 CNY (European Central Bank, Nov 22)." in page
    assert "Nov 25, 12:00 AM" in page
    assert "Dec 24, 11:59 PM" in page
    assert "Full refund while no data has been used." in page
    assert "By paying, you agree" in page


def test_paying_takes_what_was_shown(shop: Shop, channel: type[ChannelInHand]) -> None:
    answer = shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    order = Order.objects.get()
    payment = Payment.objects.get()
    assert answer["Location"] == pay_page(order, payment)
    assert order.subscriber == shop.person
    assert order.quote.total_minor == 2500
    assert (payment.amount_minor, payment.currency, payment.method) == (17862, "CNY", "native")
    assert channel.requests[0].amount.amount_minor == 17862


def test_a_phone_opens_the_app_without_another_tap(shop: Shop) -> None:
    fields = press_pay(shop, shop.renew_path)
    answer = shop.client.post(shop.renew_path, fields, headers={"user-agent": IPHONE})
    page = text_of(shop.client.get(answer["Location"]))
    url = Payment.objects.get().pay_url
    assert url.startswith("https://pay.example/h5/")
    assert f'<meta http-equiv="refresh" content="0;url={url}">' in page
    assert shop.client.get(answer["Location"])["Referrer-Policy"] == "same-origin"
    again = text_of(shop.client.get(reverse("pay", args=[Order.objects.get().number])))
    assert 'http-equiv="refresh" content="0' not in again
    assert "Open WeChat Pay to pay" in again


def test_pressing_twice_finds_the_same_order(shop: Shop, channel: type[ChannelInHand]) -> None:
    fields = press_pay(shop, shop.renew_path)
    first = shop.client.post(shop.renew_path, fields)
    second = shop.client.post(shop.renew_path, fields)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == Payment.objects.count() == len(channel.requests) == 1


def test_pressing_twice_pays_from_the_wallet_once(shop: Shop) -> None:
    shop.fill_wallet(6000)
    set_pin(shop)
    fields = press_pay(shop, shop.renew_path, method="wallet")
    asked = [shop.client.post(shop.renew_path, fields)["Location"] for _ in range(2)]
    assert asked[0] == asked[1]
    for _ in range(2):
        answer = shop.client.post(asked[0], {"pin": PIN})
        assert answer["Location"] == reverse("order", args=[Order.objects.get().number])
    assert Order.objects.get().state == OrderState.FULFILLED


def test_a_new_look_is_a_new_order(shop: Shop, clock: time_machine.Traveller) -> None:
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    clock.shift(timedelta(seconds=1))
    shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path))
    assert Order.objects.count() == 2


@pytest.mark.parametrize("what", ["price", "promotion", "rate"])
def test_a_changed_price_is_shown_before_it_is_paid(shop: Shop, what: str) -> None:
    fields = press_pay(shop, shop.renew_path)
    if what == "price":
        Price.objects.filter(plan=shop.plan).update(amount_minor=2600)
    elif what == "promotion":
        Promotion.objects.create(
            code="sale",
            name={"en": "Sale"},
            percent_off=10,
            starts_at=MOMENT - timedelta(days=1),
            ends_at=MOMENT + timedelta(days=1),
        )
    else:
        ExchangeRate.objects.filter(currency="CNY").update(per_euro="8.1")
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    assert "changed after this page was loaded" in text_of(answer)
    assert not Order.objects.exists()
    assert not Quote.objects.exists()
    again = fields | {"shown": answer.context["shown"]}
    assert shop.client.post(shop.renew_path, again).status_code == 302


def test_an_end_that_has_moved_is_shown_before_it_is_paid(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    clock.move_to(MOMENT.replace(hour=7, minute=50) + timedelta(days=1))
    fields = press_pay(shop, shop.renew_path, start="now")
    clock.shift(timedelta(minutes=20))  # Past midnight in Los Angeles.
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize("shown", ["", "forged", "old", "of another eSIM"])
def test_a_page_that_is_not_ours_or_too_old_buys_nothing(
    shop: Shop, shown: str, clock: time_machine.Traveller
) -> None:
    fields = press_pay(shop, shop.renew_path)
    if shown == "old":
        clock.shift(timedelta(minutes=31))
    elif shown == "of another eSIM":
        fields["shown"] = press_pay(shop, "/plans/month-20/buy/")["shown"]
    else:
        fields["shown"] = shown
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    assert "Nothing was charged" in text_of(answer)
    assert not Order.objects.exists()


def test_a_wallet_that_is_too_low_says_so_and_orders_nothing(shop: Shop) -> None:
    shop.fill_wallet(1240)
    fields = press_pay(shop, shop.renew_path, method="wallet")
    assert "$12.40" in text_of(shop.client.get(shop.renew_path))
    answer = shop.client.post(shop.renew_path, fields)
    assert answer.status_code == 409
    assert "balance is too low" in text_of(answer)
    assert not Order.objects.exists()


def test_a_wallet_too_low_for_everything_cannot_be_chosen(shop: Shop) -> None:
    page = text_of(shop.client.get(shop.renew_path))
    assert 'value="wallet" disabled' in page


@pytest.mark.parametrize(
    "chosen", [{"plan": "no-such-plan"}, {"plan": ""}, {"method": "cash"}, {"method": ""}]
)
def test_what_is_not_offered_is_refused(shop: Shop, chosen: dict[str, str]) -> None:
    answer = shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path, **chosen))
    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_extra_data_joins_the_running_plan(shop: Shop) -> None:
    fields = press_pay(shop, shop.renew_path, plan="more-5")
    assert shop.client.post(shop.renew_path, fields).status_code == 302
    quote = Quote.objects.get()
    assert (quote.start_rule, quote.ends_at) == ("now", shop.bundle.ends_at)


def test_a_silent_channel_leaves_an_order_to_be_paid(
    shop: Shop, channel: type[ChannelInHand]
) -> None:
    channel.is_silent = True
    answer = shop.client.post(shop.renew_path, press_pay(shop, shop.renew_path), follow=True)
    assert "you won&#x27;t pay twice." in text_of(answer)
    channel.is_silent = False
    number = Order.objects.get().number
    shop.client.post(reverse("pay", args=[number]), {"method": "wechatpay"})
    assert "<svg" in text_of(shop.client.get(reverse("pay", args=[number])))
    assert Order.objects.count() == Payment.objects.count() == 1


def test_without_a_rate_only_the_wallet_is_left(shop: Shop) -> None:
    ExchangeRate.objects.all().delete()
    page = text_of(shop.client.get(shop.renew_path))
    assert 'value="wallet"' in page
    assert 'value="wechatpay"' not in page


def test_another_person_s_esim_is_not_there(shop: Shop) -> None:
    stranger = Client()
    stranger.force_login(make_subscriber())
    assert stranger.get(shop.renew_path).status_code == 404
    assert stranger.post(shop.renew_path, press_pay(shop, shop.renew_path)).status_code == 404
    assert not Order.objects.exists()


def test_a_first_esim_is_bought_on_the_same_page(shop: Shop) -> None:
    path = "/plans/month-20/buy/"
    assert shop.client.post(path, press_pay(shop, path)).status_code == 302
    order = Order.objects.get()
    assert order.esim is None
    assert order.quote.total_minor == 2500


@pytest.mark.parametrize("code", ["more-5", "no-such-plan"])
def test_what_is_no_first_plan_has_no_page(shop: Shop, code: str) -> None:
    assert shop.client.get(f"/plans/{code}/buy/").status_code == 404


def test_a_plan_whose_supplier_is_not_set_up_is_not_sold(shop: Shop) -> None:
    make_plan(code="gone-20", supplier=make_supplier("gone"))
    assert "/plans/gone-20/" not in text_of(Client().get("/plans/"))
    for path in ("/plans/gone-20/", "/plans/gone-20/buy/"):
        assert shop.client.get(path).status_code == 404
    with pytest.raises(PlanNotOnSaleError):
        make_quote(
            subscriber=shop.person,
            esim=None,
            plan_code="gone-20",
            start_rule=StartRule.NOW,
            now=timezone.now(),
        )
