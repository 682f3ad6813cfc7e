"""Paying inside WeChat: who the payer is, a prepay id, and the page that WeChat opens for it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from wechatpayv3 import WeChatPayType

from tests.contract.payment_gateway.merchant_side import Merchant, answer

pytestmark = pytest.mark.enable_socket
BACK = "http://127.0.0.1:8000/pay/in-wechat?order=7"


def authorize(merchant: Merchant, **change: str) -> httpx.Response:
    asked = {
        "appid": merchant.settings["APPID"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s t",
    }
    url = merchant.settings["OPEN_URL"] + "/connect/oauth2/authorize"
    return httpx.get(url, params=asked | change)


def exchange(merchant: Merchant, code: str, **change: str) -> dict[str, Any]:
    asked = {
        "appid": merchant.settings["APPID"],
        "secret": merchant.settings["APP_SECRET"],
        "code": code,
        "grant_type": "authorization_code",
    }
    url = merchant.settings["API_URL"] + "/sns/oauth2/access_token"
    reply = httpx.get(url, params=asked | change)
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json()
    return found


def code_in(reply: httpx.Response) -> str:
    return parse_qs(urlsplit(reply.headers["Location"]).query)["code"][0]


@pytest.fixture
def openid(merchant: Merchant) -> str:
    return str(exchange(merchant, code_in(authorize(merchant)))["openid"])


def order_in_wechat(merchant: Merchant, openid: str) -> tuple[int, dict[str, Any]]:
    return merchant.order("ORDER-0001", pay_type=WeChatPayType.JSAPI, payer={"openid": openid})


def test_the_payer_comes_back_with_a_code_and_the_state(merchant: Merchant) -> None:
    reply = authorize(merchant)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("http://127.0.0.1:8000/pay/in-wechat?order=7&code=")
    assert parse_qs(urlsplit(reply.headers["Location"]).query)["state"] == ["s t"]


def test_a_code_tells_the_openid_once(merchant: Merchant) -> None:
    code = code_in(authorize(merchant))
    told = exchange(merchant, code)
    assert len(told["openid"]) == 28
    assert told["expires_in"] == 7200
    assert exchange(merchant, code)["errcode"] == 40163


def test_the_same_browser_is_the_same_person(merchant: Merchant) -> None:
    first = authorize(merchant)
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    url = first.request.url
    again = httpx.get(url, headers={"Cookie": cookie})
    openid = exchange(merchant, code_in(first))["openid"]
    assert exchange(merchant, code_in(again))["openid"] == openid
    assert exchange(merchant, code_in(authorize(merchant)))["openid"] != openid


@pytest.mark.parametrize(
    "change",
    [{"appid": "wx0"}, {"redirect_uri": "javascript:1"}, {"scope": "all"}, {"response_type": "t"}],
)
def test_a_wrong_link_leads_nowhere(merchant: Merchant, change: dict[str, str]) -> None:
    reply = authorize(merchant, **change)
    assert reply.status_code == 400
    assert "Location" not in reply.headers


@pytest.mark.parametrize(
    ("change", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"secret": "guessed"}, 40125),
        ({"code": "guessed"}, 40029),
        ({"grant_type": "x"}, 40002),
    ],
)
def test_a_wrong_exchange_tells_nothing(
    merchant: Merchant, change: dict[str, str], errcode: int
) -> None:
    told = exchange(merchant, **({"code": code_in(authorize(merchant))} | change))
    assert told["errcode"] == errcode
    assert "openid" not in told


def test_an_order_gives_a_prepay_id_that_stays_the_same(merchant: Merchant, openid: str) -> None:
    status, body = order_in_wechat(merchant, openid)
    assert status == 200
    assert body["prepay_id"].startswith("wx")
    assert order_in_wechat(merchant, openid) == (status, body)


@pytest.mark.parametrize("payer", ["me", {"name": "x"}, {"openid": ""}, {"openid": "somebody"}])
def test_an_order_needs_a_payer(merchant: Merchant, payer: Any) -> None:
    status, body = merchant.order("ORDER-0001", pay_type=WeChatPayType.JSAPI, payer=payer)
    assert (status, body["code"]) == (400, "PARAM_ERROR")


def test_it_is_paid_by_its_payer_and_says_so(merchant: Merchant, openid: str) -> None:
    _, body = order_in_wechat(merchant, openid)
    merchant.control("pay", number=body["prepay_id"])
    _, shown = answer(merchant.sdk.query(out_trade_no="ORDER-0001"))
    assert (shown["trade_type"], shown["payer"]) == ("JSAPI", {"openid": openid})
    content = merchant.decrypt(merchant.shop.wait_for(1)[0])
    assert content is not None
    assert content["resource"]["payer"] == {"openid": openid}


def bridge(merchant: Merchant, prepay_id: str) -> dict[str, str]:
    """Return what a page hands to WeChat's bridge."""
    appid, package = merchant.settings["APPID"], f"prepay_id={prepay_id}"
    words = [appid, "1800000000", "nonce", package]
    return {
        "appId": appid, "timeStamp": "1800000000", "nonceStr": "nonce", "package": package,
        "signType": "RSA", "paySign": merchant.sdk.sign(words), "redirect_url": BACK,
    }  # fmt: skip


def test_wechat_opens_a_page_to_confirm_what_the_shop_has_signed(
    merchant: Merchant, openid: str
) -> None:
    _, body = order_in_wechat(merchant, openid)
    url = f"{merchant.gateway_url}/wechatpay/jsapi"
    page = httpx.get(url, params=bridge(merchant, body["prepay_id"]), follow_redirects=True)
    assert "¥25.00" in page.text
    confirm = page.url.copy_with(path=f"{page.url.path}/confirm")
    assert httpx.post(confirm).headers["Location"] == BACK
    assert merchant.state_of("ORDER-0001") == "SUCCESS"


def test_a_prepay_id_alone_opens_the_page_too(merchant: Merchant, openid: str) -> None:
    _, body = order_in_wechat(merchant, openid)
    url = f"{merchant.gateway_url}/wechatpay/jsapi"
    page = httpx.get(url, params={"prepay_id": body["prepay_id"]}, follow_redirects=True)
    assert "¥25.00" in page.text
    assert httpx.get(url, params={"prepay_id": "wx1"}).status_code == 404


@pytest.mark.parametrize("name", ["appId", "timeStamp", "nonceStr", "signType", "paySign"])
def test_what_the_shop_has_not_signed_is_not_opened(
    merchant: Merchant, openid: str, name: str
) -> None:
    _, body = order_in_wechat(merchant, openid)
    asked = bridge(merchant, body["prepay_id"]) | {name: "other"}
    reply = httpx.get(f"{merchant.gateway_url}/wechatpay/jsapi", params=asked)
    assert reply.status_code == 400
    assert "签名失败" in reply.text
