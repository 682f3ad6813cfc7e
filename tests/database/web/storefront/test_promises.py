"""The pages name the channels that are on, and promise what the code does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django.fixtures import Settings

from limosa.domain.ordering.operations import deliver_waiting_orders as delivering
from limosa.domain.payments.models import Channel
from limosa.domain.payments.registry import provider_for
from limosa.web.wording import promises
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db
IN_HAND = "tests.database.web.storefront.channels"
PATHS = {
    "stripe": f"{IN_HAND}.Cards",
    "paypal": f"{IN_HAND}.PayPal",
    "wechatpay": f"{IN_HAND}.WeChatPay",
    "alipay": f"{IN_HAND}.Alipay",
}


@pytest.fixture(autouse=True)
def _fresh_providers() -> Iterator[None]:
    provider_for.cache_clear()
    yield
    provider_for.cache_clear()


def landing(client: Client) -> str:
    return client.get(reverse("home")).content.decode()


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([], "Pay with your wallet."),
        (["stripe"], "Pay with a card or your wallet."),
        (["paypal", "wechatpay"], "Pay with PayPal, WeChat Pay, or your wallet."),
    ],
)
def test_the_landing_page_names_the_channels_that_are_set_up(
    client: Client, settings: Settings, codes: list[str], said: str
) -> None:
    settings.PAYMENT_PROVIDERS = {code: PATHS[code] for code in codes}
    page = landing(client)
    assert said in page
    for code, name in (("paypal", "PayPal"), ("wechatpay", "WeChat Pay"), ("alipay", "Alipay")):
        assert (name in page) is (code in codes)


def test_a_channel_that_the_operator_stopped_is_not_named(
    client: Client, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDERS = {code: PATHS[code] for code in ("stripe", "paypal")}
    Channel.objects.create(provider="paypal", is_offered=False)
    Channel.objects.create(provider="stripe", position=5)
    assert "Pay with a card or your wallet." in landing(client)


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["wechatpay"], "No saved payment methods.<"),
        (["stripe", "wechatpay"], "When you pay with a card, you can save it for next time."),
    ],
)
def test_the_settings_name_the_channels_that_keep_a_method(
    client: Client, settings: Settings, codes: list[str], said: str
) -> None:
    settings.PAYMENT_PROVIDERS = {code: PATHS[code] for code in codes}
    client.force_login(make_subscriber())
    assert said in client.get(reverse("settings")).content.decode().replace("</p>", "<")


def test_a_promise_is_the_number_by_which_the_code_goes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert promises.PROMISES["refund_after"] is delivering.REFUND_AFTER
    assert "not delivered within 15 minutes of payment" in landing(client)
    monkeypatch.setitem(promises.PROMISES, "refund_after", timedelta(hours=2))
    assert "not delivered within 2 hours of payment" in landing(client)


def test_the_sentence_reads_well_in_chinese(settings: Settings) -> None:
    settings.PAYMENT_PROVIDERS = {code: PATHS[code] for code in ("stripe", "wechatpay")}
    with translation.override("zh-hans"):
        assert promises.ways_to_pay() == "银行卡、微信支付或余额"
