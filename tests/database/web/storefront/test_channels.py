"""Four channels: each is offered where one uses it, at its own amount, and leads where one pays."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import ExchangeRate
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Channel, Payment, PaymentState, SavedMethod
from limosa.domain.payments.registry import provider_for
from limosa.web.storefront.views.starting import pay_page
from tests.database.web.storefront import channels
from tests.database.web.storefront.shop import PIN, Shop, press_pay, set_pin
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.links import renew_path

pytestmark = pytest.mark.django_db

AGENTS = {
    "desktop": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140",
    "phone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
    "wechat": "Mozilla/5.0 (Linux; Android 15) Mobile Safari MicroMessenger/8.0.50",
    "wechat on a desktop": "Mozilla/5.0 (Windows NT 10.0) WindowsWechat MicroMessenger/7.0",
}


@pytest.fixture(autouse=True)
def four_channels(settings: Settings) -> Iterator[None]:
    settings.PAYMENT_PROVIDERS = {
        code: f"{one.__module__}.{one.__qualname__}" for code, one in channels.ALL.items()
    }
    provider_for.cache_clear()
    for one in channels.ALL.values():
        one.requests.clear()
        one.is_paid = one.is_silent = False
    channels.Cards.forgotten.clear()
    yield
    provider_for.cache_clear()


def save_card(shop: Shop, **fields: Any) -> SavedMethod:
    values = {
        "public_id": "saved1",
        "subscriber": shop.person,
        "provider": "stripe",
        "reference": "pm_1",
        "label": "Visa •••• 4242",
        "consented_at": MOMENT,
    }
    return SavedMethod.objects.create(**(values | fields))


def offered(shop: Shop, device: str = "phone") -> list[str]:
    page = shop.client.get(shop.renew_path, headers={"user-agent": AGENTS[device]})
    return re.findall(r'name="method" value="([\w-]+)"', page.content.decode())


def press(shop: Shop, device: str, **chosen: str) -> Any:
    agent = {"user-agent": AGENTS[device]}
    page = shop.client.get(shop.renew_path, chosen, headers=agent)
    selection = page.context["selection"]
    fields = {
        "shown": page.context["shown"],
        "plan": selection.choice.plan.code,
        "start": selection.start.value,
        **chosen,
    }
    return shop.client.post(shop.renew_path, fields, headers=agent)


def follow(shop: Shop, answer: Any, device: str) -> str:
    page = shop.client.get(answer["Location"], headers={"user-agent": AGENTS[device]})
    assert page.status_code == 200
    return html.unescape(page.content.decode())


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        ("phone", ["stripe", "paypal", "wechatpay", "alipay", "wallet"]),
        ("desktop", ["stripe", "paypal", "wechatpay", "alipay", "wallet"]),
        ("wechat", ["stripe", "wechatpay", "wallet"]),
        ("wechat on a desktop", ["stripe", "paypal", "wechatpay", "alipay", "wallet"]),
    ],
)
def test_the_page_offers_what_one_uses_there(shop: Shop, device: str, expected: list[str]) -> None:
    assert offered(shop, device) == expected


def test_who_reads_simplified_chinese_sees_yuan_first(shop: Shop) -> None:
    Subscriber.objects.update(language="zh-hans")
    assert offered(shop)[:2] == ["wechatpay", "alipay"]


def test_the_operator_decides_what_is_offered_and_where(shop: Shop) -> None:
    Channel.objects.create(provider="paypal", is_offered=False)
    Channel.objects.create(provider="alipay", countries=["CN"])
    Channel.objects.create(provider="stripe", position=9)
    Subscriber.objects.update(country="US")
    assert offered(shop) == ["wechatpay", "stripe", "wallet"]
    Subscriber.objects.update(country="CN")
    assert offered(shop) == ["wechatpay", "alipay", "stripe", "wallet"]


def test_what_was_used_last_is_chosen(shop: Shop) -> None:
    press(shop, "phone", method="paypal")
    Payment.objects.update(
        state=PaymentState.SUCCEEDED,
        received_minor=F("amount_minor"),
        paid_at=MOMENT,
        applied_at=MOMENT,
        next_poll_at=None,
    )
    page = text_of(shop.client.get(shop.renew_path))
    assert re.search(r'value="paypal"[^>]* checked', page)


def test_yuan_stand_with_their_rate_day_and_source(shop: Shop) -> None:
    page = text_of(shop.client.get(shop.renew_path, {"method": "wechatpay"}))
    assert page.count("¥178.62") >= 2  # In the sum, on the button.
    assert "1 USD = 7.1446 CNY (European Central Bank, Nov 22)." in page


def test_without_a_rate_only_dollars_are_taken(shop: Shop) -> None:
    ExchangeRate.objects.all().delete()
    assert offered(shop) == ["stripe", "paypal", "wallet"]


@pytest.mark.parametrize("method", ["wechatpay", "alipay"])
def test_a_changed_rate_is_shown_before_yuan_are_taken(shop: Shop, method: str) -> None:
    fields = press_pay(shop, shop.renew_path, method=method)
    ExchangeRate.objects.filter(currency="CNY").update(per_euro="8.1")
    assert shop.client.post(shop.renew_path, fields).status_code == 409
    assert not Order.objects.exists()


@pytest.mark.parametrize("method", ["stripe", "paypal"])
def test_a_changed_rate_does_not_hold_up_dollars(shop: Shop, method: str) -> None:
    fields = press_pay(shop, shop.renew_path, method=method)
    ExchangeRate.objects.filter(currency="CNY").update(per_euro="8.1")
    assert shop.client.post(shop.renew_path, fields).status_code == 302
    payment = Payment.objects.get()
    assert (payment.provider, payment.amount_minor, payment.currency) == (method, 2500, "USD")


@pytest.mark.parametrize(
    ("method", "device", "url"),
    [
        ("stripe", "phone", "https://cards.example/"),
        ("stripe", "desktop", "https://cards.example/"),
        ("paypal", "phone", "https://cards.example/"),
        ("alipay", "phone", "https://alipay.example/wap/"),
    ],
)
def test_what_opens_is_opened_by_the_press_itself(
    shop: Shop, method: str, device: str, url: str
) -> None:
    page = follow(shop, press(shop, device, method=method), device)
    payment = Payment.objects.get()
    assert payment.pay_url.startswith(url)
    assert f'<meta http-equiv="refresh" content="0;url={payment.pay_url}">' in page
    assert f'<a class="button mt-5" href="{payment.pay_url}">' in page


@pytest.mark.parametrize("method", ["wechatpay", "alipay"])
def test_a_desktop_shows_a_code_and_its_time(shop: Shop, method: str) -> None:
    page = follow(shop, press(shop, "desktop", method=method), "desktop")
    assert 'data-testid="qr"><svg' in page
    assert "data-countdown" in page
    assert "I've paid, check now" in page


def test_the_other_ways_stand_below_each_with_its_amount(shop: Shop) -> None:
    shop.fill_wallet(6000)
    page = follow(shop, press(shop, "desktop", method="alipay"), "desktop")
    ways = re.findall(r'<button data-way="([\w-]+)">', page)
    assert ways == ["page", "stripe", "paypal", "wechatpay", "wallet"]
    number = Order.objects.get().number
    answer = shop.client.post(reverse("pay", args=[number]), {"method": "alipay", "way": "page"})
    shown = shop.client.get(answer["Location"])
    assert shown.context["pay_url"].startswith("https://alipay.example/page/")
    answer = shop.client.post(reverse("pay", args=[number]), {"method": "stripe"})
    assert shop.client.get(answer["Location"]).context["payment"].provider == "stripe"
    answer = shop.client.post(reverse("pay", args=[number]), {"method": "alipay"})
    assert shop.client.get(answer["Location"]).context["payment"].method == "precreate"
    assert Payment.objects.count() == 3  # The code of the first press is shown again.


def test_a_way_that_is_not_offered_starts_nothing(shop: Shop) -> None:
    press(shop, "phone", method="stripe")
    number = Order.objects.get().number
    for fields in ({"method": "cash"}, {"method": ""}, {"method": "saved-nothing"}):
        answer = shop.client.post(reverse("pay", args=[number]), fields, follow=True)
        assert "can&#x27;t be used for this order" in answer.content.decode()
    shop.client.post(reverse("pay", args=[number]), {"method": "alipay", "way": "wap"})
    assert Payment.objects.get(provider="alipay").method == "precreate"


def test_who_comes_back_is_asked_for_whatever_the_address_says(shop: Shop) -> None:
    press(shop, "phone", method="stripe")
    order = Order.objects.get()
    back = reverse("order_return", args=[order.number])
    assert channels.Cards.requests[0].return_url.endswith(back)
    answer = shop.client.get(f"{back}?success=true&trade_status=TRADE_SUCCESS", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("pay", args=[order.number])
    assert "This payment has not arrived yet" in answer.content.decode()
    assert Order.objects.get().state == OrderState.PLACED
    channels.Cards.is_paid = True
    answer = shop.client.get(f"{back}?cancelled=1")
    assert answer["Location"] == reverse("order", args=[order.number])
    assert Order.objects.get().state == OrderState.FULFILLED


def test_inside_wechat_the_payer_is_asked_for_and_wechat_s_call_is_made(shop: Shop) -> None:
    answer = press(shop, "wechat", method="wechatpay")
    order = Order.objects.get()
    assert answer["Location"] == reverse("identify", args=[order.number, "wechatpay"])
    page = follow(shop, answer, "wechat")
    away = re.search(r"url=(https://open\.example/authorize\?back=([^&]+)&state=(\w+))", page)
    assert away is not None
    assert not Payment.objects.exists()
    back = f"{reverse('identify', args=[order.number, 'wechatpay'])}?code=abc&state={away[3]}"
    agent = {"user-agent": AGENTS["wechat"]}
    answer = shop.client.get(back, headers=agent)
    payment = Payment.objects.get()
    assert payment.method == "jsapi"
    assert channels.WeChatPay.requests[0].payer_reference == "openid-of-abc"
    assert answer["Location"] == pay_page(order, payment)
    page = follow(shop, answer, "wechat")
    assert f'data-bridge="{channels.BRIDGE_CALL}"' in page
    assert "WeChat needs JavaScript to take this payment." in page
    again = press(shop, "wechat", method="wechatpay")
    assert "/pay/?payment=" in again["Location"]  # Known by now: not asked again.


@pytest.mark.parametrize("state", ["", "forged"])
def test_a_code_that_was_not_asked_for_is_nobody_s(shop: Shop, state: str) -> None:
    answer = press(shop, "wechat", method="wechatpay")
    agent = {"user-agent": AGENTS["wechat"]}
    shop.client.get(answer["Location"], headers=agent)
    back = f"{answer['Location']}?code=stolen&state={state}"
    told = shop.client.get(back, headers=agent, follow=True)
    assert "could not identify you" in told.content.decode()
    assert not Payment.objects.exists()


def test_a_provider_that_names_nobody_has_no_such_page(shop: Shop) -> None:
    press(shop, "phone", method="stripe")
    number = Order.objects.get().number
    for provider in ("stripe", "nothing"):
        path = reverse("identify", args=[number, provider])
        assert shop.client.get(path).status_code == 404


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_card_is_saved_when_the_person_agrees(shop: Shop, *, is_wanted: bool) -> None:
    page = text_of(shop.client.get(shop.renew_path, {"method": "stripe"}))
    assert "Save this card for next time" in page
    page = text_of(shop.client.get(shop.renew_path, {"method": "paypal"}))
    assert "Save this PayPal account for next time" in page
    chosen = {"save-stripe": "1"} if is_wanted else {"save-paypal": "1"}
    press(shop, "phone", method="stripe", **chosen)
    assert channels.Cards.requests[0].save_method is is_wanted


def test_a_guest_saves_nothing_and_sees_nothing_saved(shop: Shop) -> None:
    save_card(shop)
    shop.client.logout()
    path = renew_path(esim_public_id=shop.esim.public_id)
    page = text_of(shop.client.get(path))
    assert "4242" not in page
    assert "Save this card" not in page
    fields = press_pay(shop, path, method="stripe", **{"save-stripe": "1"})
    shop.client.post(path, fields)
    assert channels.Cards.requests[0].save_method is False
    answer = shop.client.post(path, press_pay(shop, path, method="saved-saved1"))
    assert answer.status_code == 409


def test_a_saved_card_pays_with_the_pin_and_no_other_page(shop: Shop) -> None:
    save_card(shop)
    set_pin(shop)
    assert offered(shop)[0] == "saved-saved1"
    asked = press(shop, "phone", method="saved-saved1")
    order = Order.objects.get()
    assert asked["Location"] == f"{reverse('pin', args=[order.number])}?with=saved-saved1"
    page = follow(shop, asked, "phone")
    assert "Pay with Visa •••• 4242" in page
    assert 'inputmode="numeric"' in page
    answer = shop.client.post(asked["Location"], {"pin": PIN})
    assert answer["Location"] == reverse("order", args=[order.number])
    assert Order.objects.get().state == OrderState.FULFILLED


def test_a_wrong_pin_tells_the_tries_and_then_the_pause_and_pays_nothing(shop: Shop) -> None:
    save_card(shop)
    set_pin(shop)
    asked = press(shop, "phone", method="saved-saved1")["Location"]
    for left in (4, 3, 2, 1):
        answer = shop.client.post(asked, {"pin": "000001"})
        assert answer.status_code == 400
        assert f"You have {left} attempt" in answer.content.decode()
    assert "is locked until" in shop.client.post(asked, {"pin": "000001"}).content.decode()
    assert "is locked until" in shop.client.get(asked).content.decode()
    assert "is locked until" in shop.client.post(asked, {"pin": PIN}).content.decode()
    assert not Payment.objects.exists()
    assert Order.objects.get().state == OrderState.PLACED


def test_who_has_no_pin_sets_one_and_comes_back(shop: Shop) -> None:
    shop.fill_wallet(6000)
    asked = press(shop, "phone", method="wallet")["Location"]
    answer = shop.client.get(asked)
    assert answer["Location"].startswith("/settings/payment-pin/?next=%2Forders%2F")
    assert not Payment.objects.exists()


def test_a_bank_that_wants_to_see_the_person_gets_the_provider_s_page(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_card(shop)
    set_pin(shop)
    monkeypatch.setattr(channels.Cards, "is_bank_strict", True)
    asked = press(shop, "phone", method="saved-saved1")["Location"]
    answer = shop.client.post(asked, {"pin": PIN}, headers={"user-agent": AGENTS["phone"]})
    page = follow(shop, answer, "phone")
    assert "Your bank needs you to confirm this payment. Nothing has been charged yet." in page
    assert 'data-testid="open"' in page
    assert Order.objects.get().state == OrderState.PLACED


def test_another_person_s_card_pays_nothing(shop: Shop) -> None:
    save_card(shop, subscriber=make_subscriber())
    set_pin(shop)
    assert "saved-saved1" not in offered(shop)
    assert press(shop, "phone", method="saved-saved1").status_code == 409
    press(shop, "phone", method="stripe")
    number = Order.objects.get().number
    answer = shop.client.post(f"{reverse('pin', args=[number])}?with=saved-saved1", {"pin": PIN})
    assert answer["Location"] == reverse("pay", args=[number])
    assert Order.objects.get().state == OrderState.PLACED


def test_the_pin_page_is_the_owner_s(shop: Shop) -> None:
    shop.fill_wallet(6000)
    asked = press(shop, "phone", method="wallet")["Location"]
    shop.client.force_login(make_subscriber())
    assert shop.client.get(asked).status_code == 404
