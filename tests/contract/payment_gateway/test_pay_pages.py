"""The payer's pages, without scripts: scan, look, pay or cancel, come back."""

import httpx
import pytest

from tests.contract.payment_gateway.merchant_side import Merchant

pytestmark = pytest.mark.enable_socket
BACK = "http://127.0.0.1:8000/orders/7?lang=zh"


@pytest.fixture
def code_url(merchant: Merchant) -> str:
    return str(merchant.order("ORDER-0001", description="续费 <20> GB")[1]["code_url"])


def scan(merchant: Merchant, code_url: str, **more: str) -> httpx.Response:
    parameters = {"code_url": code_url, **more}
    return httpx.get(
        f"{merchant.gateway_url}/wechatpay/scan", params=parameters, follow_redirects=True
    )


def press(page: httpx.Response, act: str, *, follow: bool = True) -> httpx.Response:
    url = page.url.copy_with(path=f"{page.url.path}/{act}")
    return httpx.post(url, follow_redirects=follow)


def test_a_scanned_code_shows_the_order(merchant: Merchant, code_url: str) -> None:
    page = scan(merchant, code_url)
    assert page.status_code == 200
    assert "¥25.00" in page.text
    assert "续费 &lt;20&gt; GB" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_press_on_pay_pays_once_however_often(merchant: Merchant, code_url: str) -> None:
    page = scan(merchant, code_url)
    for _ in range(3):
        assert "已支付" in press(page, "confirm").text
    merchant.shop.wait_for(1)
    assert merchant.look("statement")["currencies"]["CNY"]["payments"] == 1
    assert merchant.state_of("ORDER-0001") == "SUCCESS"


def test_a_press_on_cancel_pays_nothing(merchant: Merchant, code_url: str) -> None:
    page = press(scan(merchant, code_url), "cancel")
    assert "没有付款" in page.text
    assert "/confirm" in page.text
    assert merchant.state_of("ORDER-0001") == "NOTPAY"


@pytest.mark.parametrize("act", ["confirm", "cancel"])
def test_afterwards_the_payer_returns_to_the_shop(
    merchant: Merchant, code_url: str, act: str
) -> None:
    page = scan(merchant, code_url, redirect_url=BACK)
    reply = press(page, act, follow=False)
    assert (reply.status_code, reply.headers["Location"]) == (303, BACK)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere", "x\r\nSet-Cookie: a=b"])
def test_no_other_address_is_a_return_address(
    merchant: Merchant, code_url: str, address: str
) -> None:
    page = scan(merchant, code_url, redirect_url=address)
    reply = press(page, "confirm", follow=False)
    assert reply.headers["Location"].startswith("/wechatpay/pay/")


def test_a_closed_order_has_no_pay_button(merchant: Merchant, code_url: str) -> None:
    merchant.sdk.close("ORDER-0001")
    page = scan(merchant, code_url)
    assert "不能支付" in page.text
    assert "/confirm" not in page.text
    assert "不能支付" in press(page, "confirm").text


@pytest.mark.parametrize("code", ["weixin://wxpay/bizpayurl?pr=unknown", "https://x/?pr=1", "x"])
def test_an_unknown_code_is_said_to_be_one(merchant: Merchant, code: str) -> None:
    assert scan(merchant, code).status_code == 404


def test_without_a_code_the_page_asks_for_one(merchant: Merchant) -> None:
    page = httpx.get(merchant.gateway_url + "/wechatpay/scan")
    assert page.status_code == 200
    assert 'name="code_url"' in page.text


def test_the_first_page_shows_the_channels_and_what_was_asked_for_lately(
    merchant: Merchant, code_url: str
) -> None:
    page = httpx.get(merchant.gateway_url + "/")
    assert page.status_code == 200
    assert "WeChat Pay" in page.text
    assert "no real money moves" in page.text
    assert "续费 &lt;20&gt; GB" in page.text
    assert "订单未支付" in page.text
    assert scan(merchant, code_url).url.path in page.text
