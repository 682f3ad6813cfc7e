"""Orders, by the real SDK: placed, queried, paid, closed; and what is refused."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from wechatpayv3 import WeChatPayType
from wechatpayv3.utils import build_authorization

from limosa.simulators.payment_gateway.wechatpay.crypto import load_private
from tests.contract.payment_gateway.merchant_side import Merchant, answer

pytestmark = pytest.mark.enable_socket
H5_SCENE = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}


def test_a_native_order_gives_a_code(merchant: Merchant) -> None:
    status, body = merchant.order("ORDER-0001")
    assert status == 200
    assert body["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")
    assert merchant.state_of("ORDER-0001") == "NOTPAY"


def test_the_same_order_again_gives_the_same_code(merchant: Merchant) -> None:
    assert merchant.order("ORDER-0001") == merchant.order("ORDER-0001")


def test_an_h5_order_gives_a_link_to_which_a_return_address_can_be_added(
    merchant: Merchant,
) -> None:
    status, body = merchant.order("ORDER-0001", pay_type=WeChatPayType.H5, scene_info=H5_SCENE)
    assert status == 200
    page = httpx.get(body["h5_url"] + "&redirect_url=http%3A%2F%2F127.0.0.1%2Fback")
    assert page.status_code == 200
    assert "redirect_url=http%3A%2F%2F127.0.0.1%2Fback" in page.text


def test_a_paid_order_is_shown_in_full_by_either_number(merchant: Merchant) -> None:
    merchant.order("ORDER-0001", attach="quote 7")
    merchant.control("pay", number="ORDER-0001")
    _, body = answer(merchant.sdk.query(out_trade_no="ORDER-0001"))
    assert body["trade_state"] == "SUCCESS"
    assert body["attach"] == "quote 7"
    assert body["trade_type"] == "NATIVE"
    assert body["amount"] == {
        "total": 2500,
        "payer_total": 2500,
        "currency": "CNY",
        "payer_currency": "CNY",
    }
    assert body["success_time"].endswith("+08:00")
    _, by_transaction = answer(merchant.sdk.query(transaction_id=body["transaction_id"]))
    assert by_transaction == body


OTHER = {"description": "another thing"}


@pytest.mark.parametrize(
    ("before", "more", "status", "code"),
    [
        ("order", OTHER, 400, "INVALID_REQUEST"),
        ("pay", {}, 400, "ORDERPAID"),
        ("close", {}, 400, "ORDER_CLOSED"),
        ("close unseen", {}, 400, "INVALID_REQUEST"),
    ],
)
def test_a_number_in_use_is_refused(
    merchant: Merchant, before: str, more: dict[str, Any], status: int, code: str
) -> None:
    if before != "close unseen":
        merchant.order("ORDER-0001")
    if before == "pay":
        merchant.control("pay", number="ORDER-0001")
    elif before.startswith("close"):
        assert answer(merchant.sdk.close("ORDER-0001")) == (204, {})
    got_status, body = merchant.order("ORDER-0001", **more)
    assert (got_status, body["code"]) == (status, code)


def test_a_closed_order_cannot_be_paid_except_by_a_late_payer(merchant: Merchant) -> None:
    merchant.order("ORDER-0001")
    merchant.sdk.close("ORDER-0001")
    pay = f"{merchant.gateway_url}/control/wechatpay/pay"
    assert httpx.post(pay, json={"number": "ORDER-0001"}).status_code == 409
    assert merchant.state_of("ORDER-0001") == "CLOSED"
    merchant.control("pay", number="ORDER-0001", even_if_closed=True)
    assert merchant.state_of("ORDER-0001") == "SUCCESS"


def test_a_paid_order_cannot_be_closed_nor_paid_again(merchant: Merchant) -> None:
    merchant.order("ORDER-0001")
    merchant.control("pay", number="ORDER-0001")
    assert answer(merchant.sdk.close("ORDER-0001"))[1]["code"] == "ORDERPAID"
    again = httpx.post(
        f"{merchant.gateway_url}/control/wechatpay/pay", json={"number": "ORDER-0001"}
    )
    assert again.status_code == 409


def test_an_unknown_order_is_not_found(merchant: Merchant) -> None:
    status, body = answer(merchant.sdk.query(out_trade_no="ORDER-0001"))
    assert (status, body["code"]) == (404, "ORDER_NOT_EXIST")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"out_trade_no": "SHORT"}, "PARAM_ERROR", "/out_trade_no"),
        ({"out_trade_no": "L" * 33}, "PARAM_ERROR", "/out_trade_no"),
        ({"out_trade_no": "SPACE IN IT"}, "PARAM_ERROR", "/out_trade_no"),
        ({"description": "长" * 128}, "PARAM_ERROR", "/description"),
        ({"amount": {"total": 0}}, "PARAM_ERROR", "/amount/total"),
        ({"amount": {"total": 1.5}}, "PARAM_ERROR", "/amount/total"),
        ({"amount": {"total": "100"}}, "PARAM_ERROR", "/amount/total"),
        ({"amount": {"total": True}}, "PARAM_ERROR", "/amount/total"),
        ({"amount": {"total": 1, "currency": "USD"}}, "PARAM_ERROR", "/amount/currency"),
        ({"notify_url": "http://127.0.0.1/n?order=1"}, "PARAM_ERROR", "/notify_url"),
        ({"notify_url": "not an address"}, "PARAM_ERROR", "/notify_url"),
        ({"time_expire": "2026-11-22 10:00:00"}, "PARAM_ERROR", "/time_expire"),
        ({"time_expire": "2026-13-40T10:00:00+08:00"}, "PARAM_ERROR", "/time_expire"),
        ({"attach": "x" * 129}, "PARAM_ERROR", "/attach"),
        ({"appid": "wx0000000000000000"}, "APPID_MCHID_NOT_MATCH", None),
        ({"mchid": "1900000001"}, "MCH_NOT_EXISTS", None),
        ({"pay_type": WeChatPayType.H5, "scene_info": {"a": 1}}, "PARAM_ERROR",
         "/scene_info/payer_client_ip"),
        ({"pay_type": WeChatPayType.H5, "scene_info": {"payer_client_ip": "::1"}}, "PARAM_ERROR",
         "/scene_info/h5_info/type"),
    ],
)  # fmt: skip
def test_a_faulty_order_is_refused_and_the_field_is_named(
    merchant: Merchant, change: dict[str, Any], code: str, field: str | None
) -> None:
    more = dict(change)
    status, body = merchant.order(more.pop("out_trade_no", "ORDER-0001"), **more)
    assert (status, body["code"]) == (400, code)
    assert body.get("detail", {}).get("field") == field


def test_an_end_in_the_past_is_moved_to_a_minute_after_the_order(merchant: Merchant) -> None:
    merchant.order("ORDER-0001", time_expire="2020-01-01T00:00:00+08:00")
    merchant.control("pay", number="ORDER-0001")
    assert merchant.state_of("ORDER-0001") == "SUCCESS"


@pytest.mark.parametrize(
    ("spoil", "status"),
    [("key", 401), ("serial", 401), ("mchid", 401), ("clock", 401), ("header", 401)],
)
def test_only_the_merchants_own_fresh_request_is_let_in(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch, spoil: str, status: int, data: Path
) -> None:
    core = merchant.sdk._core
    if spoil == "key":
        core._private_key = load_private(
            (data / "wechatpay" / "platform_private_key.pem").read_bytes()
        )
    elif spoil == "serial":
        core._cert_serial_no = "0" * 40
    elif spoil == "mchid":
        core._mchid = "1900000001"
    elif spoil == "clock":
        monkeypatch.setattr("wechatpayv3.utils.time.time", lambda: 1_600_000_000)
    else:
        reply = httpx.post(f"{merchant.gateway_url}/v3/pay/transactions/native", json={})
        assert (reply.status_code, reply.json()["code"]) == (status, "SIGN_ERROR")
        return
    got, body = merchant.order("ORDER-0001")
    assert (got, body["code"]) == (status, "SIGN_ERROR")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_object_is_refused(merchant: Merchant, body: bytes) -> None:
    core, path = merchant.sdk._core, "/v3/pay/transactions/native"
    text = body.decode("utf-8", errors="ignore")
    authorization = build_authorization(
        path, "POST", core._mchid, core._cert_serial_no, core._private_key, data=text
    )
    reply = httpx.post(
        merchant.gateway_url + path,
        content=text.encode(),
        headers={"Authorization": authorization, "Content-Type": "application/json"},
    )
    assert (reply.status_code, json.loads(reply.text)["code"]) == (400, "PARAM_ERROR")
