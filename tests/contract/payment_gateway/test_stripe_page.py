"""The page on which the payer of a session pays, without scripts."""

import httpx
import pytest

from tests.contract.payment_gateway.merchant_side import Shop
from tests.contract.payment_gateway.stripe_side import (
    AUTHENTICATION,
    StripeMerchant,
    events,
)

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def merchant(stripe_merchant: StripeMerchant) -> StripeMerchant:
    return stripe_merchant


def press(page: httpx.Response, act: str, **fields: str) -> httpx.Response:
    url = page.url.copy_with(path=f"{page.url.path}/{act}", query=None)
    return httpx.post(url, data=fields)


def notice(merchant: StripeMerchant, reply: httpx.Response) -> str:
    assert reply.status_code == 303
    return httpx.get(merchant.url + reply.headers["Location"]).text


def test_the_page_shows_what_is_bought_and_takes_a_card_once(merchant: StripeMerchant) -> None:
    session = merchant.session("P1")
    page = httpx.get(session.url)
    assert "$25.00" in page.text
    assert "续费 &lt;20&gt; GB" in page.text
    assert "保存此卡" not in page.text
    for _ in range(2):
        reply = press(page, "pay", card="4242 4242 4242 4242")
        assert reply.status_code == 303
    assert "已支付" in httpx.get(page.url).text
    assert merchant.look("statement")["currencies"]["USD"]["payments"] == 1


def test_afterwards_the_payer_is_where_the_merchant_said(merchant: StripeMerchant) -> None:
    there = "http://127.0.0.1:8000/orders/7?session={CHECKOUT_SESSION_ID}"
    session = merchant.session("P1", success_url=there)
    page = httpx.get(session.url)
    back = httpx.get(f"{page.url}/cancel")
    assert back.headers["Location"] == "http://127.0.0.1:8000/orders/7?cancelled=1"
    assert merchant.sdk.checkout.sessions.retrieve(session.id).status == "open"
    reply = press(page, "pay", card="5555555555554444")
    assert reply.headers["Location"] == there.replace("{CHECKOUT_SESSION_ID}", session.id)


def test_a_declined_card_leaves_the_page_open_for_another(
    merchant: StripeMerchant, shop: Shop
) -> None:
    merchant.control("webhook", url=shop.url)
    page = httpx.get(merchant.session("P1").url)
    assert "拒绝了这张卡" in notice(merchant, press(page, "pay", card="4000000000009995"))
    assert events(shop, 1)[0]["type"] == "payment_intent.payment_failed"
    assert press(page, "pay", card="4242424242424242").status_code == 303
    assert merchant.look("order/P1")["payment_status"] == "paid"


def test_only_test_cards_are_known(merchant: StripeMerchant) -> None:
    page = httpx.get(merchant.session("P1").url)
    for card in ("", "4111111111111111", "hello"):
        assert "测试卡号" in notice(merchant, press(page, "pay", card=card))
    reply = httpx.post(
        f"{merchant.url}/control/stripe/pay", json={"number": "P1", "card": "4111111111111111"}
    )
    assert reply.status_code == 400


def test_a_bank_asks_the_payer_first(merchant: StripeMerchant) -> None:
    page = httpx.get(merchant.session("P1").url)
    bank = press(page, "pay", card=AUTHENTICATION)
    assert "身份验证" in bank.text
    assert AUTHENTICATION not in bank.text
    place = bank.text.split('name="card" value="')[1].split('"')[0]
    assert "没有通过" in notice(merchant, press(page, "authenticate", card=place, answer="no"))
    assert merchant.look("order/P1")["payment_status"] == "unpaid"
    reply = press(page, "authenticate", card=place, answer="yes")
    assert reply.headers["Location"] == "http://127.0.0.1:8000/orders/7"
    assert merchant.look("order/P1")["payment_status"] == "paid"
    assert press(page, "authenticate", card="99", answer="yes").status_code == 404


def test_who_has_a_card_kept_is_told(merchant: StripeMerchant) -> None:
    customer = merchant.sdk.customers.create({})
    data = {"setup_future_usage": "off_session"}
    session = merchant.session("P1", customer=customer.id, payment_intent_data=data)
    assert "保存此卡" in httpx.get(session.url).text


def test_an_expired_page_says_so(merchant: StripeMerchant) -> None:
    session = merchant.session("P1")
    page = httpx.get(session.url)
    merchant.sdk.checkout.sessions.expire(session.id)
    assert "已过期" in httpx.get(page.url).text
    assert press(page, "pay", card="4242424242424242").status_code == 303
    assert merchant.look("order/P1")["payment_status"] == "unpaid"
    assert httpx.get(f"{merchant.url}/stripe/checkout/cs_test_unknown").status_code == 404
    for act in ("pay", "authenticate"):
        url = f"{merchant.url}/stripe/checkout/cs_test_unknown/{act}"
        assert httpx.post(url, data={"card": "0"}).status_code == 404
    assert httpx.get(f"{merchant.url}/stripe/checkout/cs_test_unknown/cancel").status_code == 404


def test_the_first_page_leads_to_the_last_payments(merchant: StripeMerchant) -> None:
    session = merchant.session("P1")
    assert f"/stripe/checkout/{session.id}" in httpx.get(merchant.url).text
