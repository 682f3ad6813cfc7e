"""WeChat Pay's calls byte by byte: what goes out, and which answers are believed."""

import json
import logging
import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.wechatpay import connection
from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.domain.payments.requests import PaymentRequest
from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from limosa.simulators.loopback_http import Request
from tests.contract.providers.harness import WeChatPayHarness, connection_of
from tests.contract.providers.scripted import ScriptedGateway, open_scripted
from tests.contract.providers.signer import (
    API_V3_KEY,
    APPID,
    MCHID,
    SERIAL,
    envelope,
    refund_notice,
    seal,
    transaction,
)
from tests.fakes.handles import payment_named, refund_named, refund_of
from tests.provider_settings import changed_for

pytestmark = pytest.mark.enable_socket
ATTEMPTS = WeChatPayHarness.attempts
NUMBER = "P20261122000001"
Scene = tuple[ScriptedGateway, WeChatPayProvider]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    enable_socket()
    with open_scripted(tmp_path_factory.mktemp("scripted")) as scene:
        yield scene


@pytest.fixture
def scene(opened: Scene) -> Scene:
    gateway, provider = opened
    gateway.script.clear()
    gateway.asked.clear()
    return gateway, provider


def payment_request(**changed: Any) -> PaymentRequest:
    words: dict[str, Any] = {
        "number": NUMBER,
        "amount": Money(2599, "CNY"),
        "description": "日本 30 天 10 GB",
        "method": "native",
        "created_at": datetime(2026, 11, 22, 16, tzinfo=UTC),
        "expires_at": datetime(2026, 11, 22, 16, 30, tzinfo=UTC),
        "notify_url": "https://limosa.example/payments/wechatpay/notify",
        "return_url": "https://limosa.example/orders/L1/?a=b&c=d",
        "payer_ip": "203.0.113.7",
    }
    return PaymentRequest(**words | changed)


def refund(provider: WeChatPayProvider, **changed: Any) -> RefundStatusReport:
    words: dict[str, Any] = {
        "number": "R20261122000001",
        "amount": Money(600, "CNY"),
        "total": Money(2599, "CNY"),
        "reason": "not delivered",
    }
    return provider.refund(refund_of(NUMBER, **words | changed))


def failure(gateway: ScriptedGateway, provider: WeChatPayProvider) -> ProviderError:
    """Return how a query fails that meets the script, and a hang-up after it."""
    with pytest.raises(ProviderError) as failed:
        provider.query(payment_named(NUMBER))
    return failed.value


def check_request_signature(request: Request) -> None:
    """Verify a request as the platform does, from the words of its documentation alone."""
    scheme, _, rest = request.headers["authorization"].partition(" ")
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    words = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert words["mchid"] == MCHID
    assert words["serial_no"] == settings.PROVIDER_SETTINGS["wechatpay"]["cert_serial"]
    lines = (request.method, request.target, words["timestamp"], words["nonce_str"])
    message = "\n".join(lines).encode() + b"\n" + request.body + b"\n"
    pem = Path(settings.PROVIDER_SETTINGS["wechatpay"]["private_key_file"]).read_bytes()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, RSAPrivateKey)
    key.public_key().verify(b64decode(words["signature"]), message, PKCS1v15(), SHA256())
    assert request.headers["wechatpay-serial"] == SERIAL
    assert request.headers["accept"] == "application/json"


def test_an_order_by_code_says_what_is_documented(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, {"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"})
    assert provider.create(payment_request()).pay_url == "weixin://wxpay/bizpayurl?pr=JyC91EIz1"
    (request,) = gateway.asked
    check_request_signature(request)
    assert (request.method, request.target) == ("POST", "/v3/pay/transactions/native")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "appid": APPID,
        "mchid": MCHID,
        "description": "日本 30 天 10 GB",
        "out_trade_no": NUMBER,
        "time_expire": "2026-11-23T00:30:00+08:00",
        "notify_url": "https://limosa.example/payments/wechatpay/notify",
        "amount": {"total": 2599, "currency": "CNY"},
    }


def test_an_order_by_phone_says_who_pays_and_comes_back(scene: Scene) -> None:
    gateway, provider = scene
    back = "redirect_url=https%3A%2F%2Flimosa.example%2Forders%2FL1%2F%3Fa%3Db%26c%3Dd"
    for h5_url, joint in (("https://wx.example/h5?prepay_id=wx1", "&"), ("http://wx.test/", "?")):
        gateway.says(200, {"h5_url": h5_url})
        assert provider.create(payment_request(method="h5")).pay_url == f"{h5_url}{joint}{back}"
    request = gateway.asked[0]
    check_request_signature(request)
    assert request.target == "/v3/pay/transactions/h5"
    assert json.loads(request.body)["scene_info"] == {
        "payer_client_ip": "203.0.113.7",
        "h5_info": {"type": "Wap"},
    }


def test_the_other_calls_say_what_is_documented(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, transaction(out_trade_no=NUMBER))
    gateway.says(204)
    gateway.says(200, refund_notice(out_refund_no="R20261122000001", status="PROCESSING"))
    gateway.says(200, refund_notice(out_refund_no="R20261122000001", status="SUCCESS"))
    assert provider.query(payment_named(NUMBER)).state is ProviderState.SUCCEEDED
    provider.close(payment_named(NUMBER))
    assert refund(provider).outcome is RefundOutcome.PENDING
    assert provider.query_refund(refund_named("R20261122000001")).outcome is RefundOutcome.SUCCEEDED
    for request in gateway.asked:
        check_request_signature(request)
    by_number = f"/v3/pay/transactions/out-trade-no/{NUMBER}"
    assert [(request.method, request.target) for request in gateway.asked] == [
        ("GET", f"{by_number}?mchid={MCHID}"),
        ("POST", f"{by_number}/close"),
        ("POST", "/v3/refund/domestic/refunds"),
        ("GET", "/v3/refund/domestic/refunds/R20261122000001"),
    ]
    assert json.loads(gateway.asked[1].body) == {"mchid": MCHID}
    assert json.loads(gateway.asked[2].body) == {
        "out_trade_no": NUMBER,
        "out_refund_no": "R20261122000001",
        "reason": "not delivered",
        "notify_url": f"{settings.BASE_URL}/payments/wechatpay/notify",
        "amount": {"refund": 600, "total": 2599, "currency": "CNY"},
    }


def test_texts_are_cut_to_the_documented_length(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, {"code_url": "weixin://wxpay/bizpayurl?pr=1"})
    gateway.says(200, refund_notice(out_refund_no="R20261122000001", status="PROCESSING"))
    provider.create(payment_request(description="流" * 200))
    refund(provider, reason="é" * 100)
    assert json.loads(gateway.asked[0].body)["description"] == "流" * 42
    assert json.loads(gateway.asked[1].body)["reason"] == "é" * 40


def test_calls_share_a_connection_and_no_cookies(scene: Scene) -> None:
    gateway, provider = scene
    before = gateway.connections
    for _ in range(5):
        gateway.says(200, transaction(out_trade_no=NUMBER), more={"Set-Cookie": "a=b"})
        provider.query(payment_named(NUMBER))
    assert gateway.connections - before <= 1
    assert not any("cookie" in request.headers for request in gateway.asked)


def test_proxies_and_passwords_of_the_environment_are_not_used(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gateway, provider = scene
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    gateway.says(200, transaction(out_trade_no=NUMBER))
    provider.query(payment_named(NUMBER))
    check_request_signature(gateway.asked[0])


def test_a_signed_not_found_is_unknown(scene: Scene) -> None:
    gateway, provider = scene
    for code in ("ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"):
        gateway.says(404, {"code": code, "message": "不存在"})
        assert provider.query(payment_named(NUMBER)).state is ProviderState.UNKNOWN
    gateway.says(404, {"code": "RESOURCE_NOT_EXISTS", "message": "退款单不存在"})
    assert provider.query_refund(refund_named("R1")).outcome is RefundOutcome.UNKNOWN


def test_an_unsigned_not_found_says_nothing(scene: Scene) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says_plainly(404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
    error = failure(gateway, provider)
    assert error.retryable
    assert str(error) == "HTTP 404, not verified: header_missing: wechatpay-timestamp"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, {"code": "MCH_NOT_EXISTS", "message": "商户号不存在"}),
        (404, b""),
        (400, {"code": "PARAM_ERROR", "message": "参数错误"}),
        (403, {"code": "NO_AUTH", "message": "商户无权限"}),
    ],
)
def test_another_signed_refusal_is_final(scene: Scene, status: int, body: Any) -> None:
    gateway, provider = scene
    gateway.says(status, body)
    error = failure(gateway, provider)
    assert not error.retryable
    assert str(error).startswith(f"HTTP {status}")
    assert len(gateway.asked) == 1


def test_too_many_requests_is_asked_later_not_at_once(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(429, {"code": "FREQUENCY_LIMITED", "message": "频率超限"})
    assert failure(gateway, provider).retryable
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(("status", "code"), [(403, "NOT_ENOUGH"), (404, "RESOURCE_NOT_EXISTS")])
def test_a_refund_that_cannot_go_yet_is_asked_for_later(
    scene: Scene, status: int, code: str
) -> None:
    gateway, provider = scene
    gateway.says(status, {"code": code, "message": "…"})
    with pytest.raises(ProviderError) as failed:
        refund(provider)
    assert failed.value.retryable
    assert str(failed.value) == f"HTTP {status} {code}"


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": "PUB_KEY_ID_9"},
        {"signature": "QUJD"},
        {"signature": "WECHATPAY/SIGNTEST/" + "A" * 325},
        {"signature_type": "WECHATPAY2-SM2-WITH-SM3"},
        {"timestamp": "soon"},
    ],
)
def test_a_reply_that_is_not_the_platforms_is_not_believed(
    scene: Scene, changed: dict[str, Any]
) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says(200, transaction(out_trade_no=NUMBER), **changed)
    error = failure(gateway, provider)
    assert error.retryable
    assert "not verified" in str(error)
    # Asked again, and nobody else was: above all not for certificates.
    targets = {request.target for request in gateway.asked}
    assert targets == {f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={MCHID}"}


@pytest.mark.parametrize("minutes", [6, -6])
def test_a_reply_of_another_time_is_not_believed(scene: Scene, minutes: int) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says_late(200, transaction(out_trade_no=NUMBER), minutes=minutes)
    assert "timestamp" in str(failure(gateway, provider))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b"\xff\xfe",
        transaction(out_trade_no="P99999999"),
        transaction(out_trade_no=NUMBER, trade_state="PAID"),
        transaction(out_trade_no=NUMBER, amount={"total": "2599"}),
    ],
)
def test_a_signed_reply_of_another_form_is_an_error(scene: Scene, body: Any) -> None:
    gateway, provider = scene
    gateway.says(200, body)
    assert failure(gateway, provider).retryable


def test_replies_to_other_calls_are_read_as_strictly(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, {"code_url": 7})
    gateway.says(200, {"h5_url": "javascript://%0aalert(1)"})
    gateway.says(200, refund_notice(status="SUCCESS", out_refund_no="R9"))
    gateway.says(200, refund_notice(status="SUCCESS", out_refund_no="R9"))
    for ask in (
        lambda: provider.create(payment_request()),
        lambda: provider.create(payment_request(method="h5")),
        lambda: refund(provider),
        lambda: provider.query_refund(refund_named("R8")),
    ):
        with pytest.raises(ProviderError) as failed:
            ask()
        assert failed.value.retryable


def test_a_redirect_is_not_followed(scene: Scene) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says(302, b"", more={"Location": "/v3/certificates"})
    assert str(failure(gateway, provider)) == "HTTP 302"
    assert not any(request.target == "/v3/certificates" for request in gateway.asked)


def test_a_reply_without_an_end_is_cut_off(scene: Scene) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says(200, b" " * (connection.REPLY_BYTES_MAX + 1))
    assert str(failure(gateway, provider)) == "reply too large"


def test_one_lost_connection_is_made_again_and_two_are_told(scene: Scene) -> None:
    gateway, provider = scene
    gateway.script.append(lambda _request: None)
    gateway.says(200, transaction(out_trade_no=NUMBER))
    assert provider.query(payment_named(NUMBER)).state is ProviderState.SUCCEEDED
    error = failure(gateway, provider)
    assert error.retryable
    assert str(error) == "no answer (ConnectionError)"


def test_a_slow_failure_is_not_made_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, provider = scene
    monkeypatch.setattr(connection, "RETRY_WITHIN_SECONDS", -1)
    gateway.says(500, {"code": "SYSTEM_ERROR", "message": "系统异常"})
    gateway.says(200, transaction(out_trade_no=NUMBER))
    assert failure(gateway, provider).retryable
    assert len(gateway.asked) == 1


def test_nobody_there_is_an_error_that_may_pass(scene: Scene) -> None:
    closed_port = "http://127.0.0.1:9"
    with override_settings(
        PROVIDER_SETTINGS=changed_for("wechatpay", {"gateway_url": closed_port})
    ):
        provider = WeChatPayProvider()
    with pytest.raises(ProviderError) as failed:
        provider.query(payment_named(NUMBER))
    assert failed.value.retryable
    connection_of(provider)._session.close()


def test_a_number_that_would_change_the_path_is_not_sent(scene: Scene) -> None:
    gateway, provider = scene
    for number in ("../../certificates", "P1?mchid=7", ""):
        with pytest.raises(LocalProtocolError):
            provider.query(payment_named(number))
        with pytest.raises(LocalProtocolError):
            provider.close(payment_named(number))
        with pytest.raises(LocalProtocolError):
            provider.query_refund(refund_named(number))
    assert gateway.asked == []


def test_a_notification_of_an_unknown_serial_makes_us_ask_nobody(scene: Scene) -> None:
    gateway, provider = scene
    body = envelope("TRANSACTION.SUCCESS", seal(transaction()))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    headers = gateway.signer.headers(body, at=now, serial="5157F09EFDC096DE15EBE81A47057A72")
    with pytest.raises(NotificationRefusedError) as refused:
        provider.verify_webhook(headers=headers, body=body, now=now)
    assert refused.value.reason == "serial_unknown"
    assert gateway.asked == []


def test_logs_carry_no_secret_and_no_payload(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, provider = scene
    with caplog.at_level(logging.DEBUG):
        gateway.says(200, transaction(out_trade_no=NUMBER))
        provider.query(payment_named(NUMBER))
        gateway.says(200, {"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"})
        provider.create(payment_request())
        failure(gateway, provider)
    signature = re.search(r'signature="([^"]+)"', gateway.asked[0].headers["authorization"])
    assert signature
    for word in (API_V3_KEY, signature[1], "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "JyC91EIz1", "日本"):
        assert word not in caplog.text
