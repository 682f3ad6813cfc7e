"""The older way to know the platform: by its certificate, as the real SDK fetches it."""

from pathlib import Path
from typing import Any

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from tests.contract.payment_gateway.merchant_side import Merchant, Shop, answer

pytestmark = pytest.mark.enable_socket


def connect_by_certificate(merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return an SDK that was given no public key. It fetches the certificates as it starts."""
    settings = merchant.settings
    core = type(merchant.sdk._core)
    fetch = core._init_certificates

    def fetch_here(self: Any) -> None:
        self._gate_way = settings["GATEWAY_URL"]
        fetch(self)

    monkeypatch.setattr(core, "_init_certificates", fetch_here)
    return WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=settings["MCHID"],
        private_key=Path(settings["PRIVATE_KEY_FILE"]).read_text(),
        cert_serial_no=settings["CERT_SERIAL"],
        apiv3_key=settings["APIV3_KEY"],
        appid=settings["APPID"],
        notify_url=shop.url,
        timeout=5,
    )


def order(sdk: Any) -> tuple[int, dict[str, Any]]:
    return answer(sdk.pay(description="续费", out_trade_no="ORDER-0001", amount={"total": 1}))


def test_replies_and_notifications_are_signed_with_the_certificates_key(
    merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchant.control("signing", by="certificate")
    sdk = connect_by_certificate(merchant, shop, monkeypatch)
    status, body = order(sdk)
    assert (status, "code_url" in body) == (200, True)
    merchant.control("pay", number="ORDER-0001")
    headers, content = shop.wait_for(1)[0]
    assert headers["Wechatpay-Serial"] != merchant.settings["PUBLIC_KEY_ID"]
    assert sdk.callback(headers, content)["resource"]["out_trade_no"] == "ORDER-0001"


def test_a_merchant_who_knows_the_public_key_alone_cannot_check_it(merchant: Merchant) -> None:
    assert order(merchant.sdk)[0] == 200
    merchant.control("signing", by="certificate")
    merchant.sdk._core._update_certificates = lambda: None
    with pytest.raises(Exception, match="signature"):
        order(merchant.sdk)


def test_it_can_be_chosen_back(merchant: Merchant) -> None:
    merchant.control("signing", by="certificate")
    merchant.control("signing", by="public_key")
    assert order(merchant.sdk)[0] == 200
