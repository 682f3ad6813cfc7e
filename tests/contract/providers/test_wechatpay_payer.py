"""Paying in WeChat's browser: who the payer is, the order for them, and the call that opens it."""

import json
import logging
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.domain.payments.providers.wechatpay.web_authorization import REPLY_BYTES_MAX
from limosa.domain.payments.requests import PaymentHandle
from limosa.domain.payments.status_reports import ProviderState
from limosa.foundation.errors import LocalProtocolError, ProviderError
from tests.contract.providers.harness import HARNESSES, Harness, connection_of
from tests.contract.providers.scripted import ScriptedGateway, open_scripted
from tests.contract.providers.signer import APP_SECRET, APPID
from tests.contract.providers.test_wechatpay_outbound import NUMBER, payment_request
from tests.contract.providers.trial import create
from tests.contract.providers.trial import payment_request as request_at
from tests.provider_settings import changed_for

pytestmark = pytest.mark.enable_socket
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
PREPAY_ID = "wx26112221580621e9b071c00d9e093b0000"
TOKEN: Mapping[str, Any] = {
    "access_token": "ACCESS_TOKEN",
    "expires_in": 7200,
    "refresh_token": "REFRESH_TOKEN",
    "openid": OPENID,
    "scope": "snsapi_base",
}
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


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    enable_socket()
    with HARNESSES["wechatpay"](tmp_path_factory.mktemp("shop")) as harness:
        yield harness


def ordered(scene: Scene, **changed: Any) -> str:
    gateway, provider = scene
    gateway.says(200, {"prepay_id": PREPAY_ID})
    words = {"method": "jsapi", "payer_reference": OPENID} | changed
    return provider.create(payment_request(**words)).pay_url


def test_an_order_for_a_payer_says_who_pays(scene: Scene) -> None:
    ordered(scene)
    (request,) = scene[0].asked
    assert (request.method, request.target) == ("POST", "/v3/pay/transactions/jsapi")
    body = json.loads(request.body)
    assert body["payer"] == {"openid": OPENID}
    assert (body["out_trade_no"], body["amount"]["total"]) == (NUMBER, 2599)


def test_the_browsers_call_is_signed_by_the_merchant(scene: Scene) -> None:
    words = json.loads(ordered(scene))
    message = f"{APPID}\n{words['timeStamp']}\n{words['nonceStr']}\nprepay_id={PREPAY_ID}\n"
    key = load_pem_private_key(
        Path(settings.PROVIDER_SETTINGS["wechatpay"]["private_key_file"]).read_bytes(), None
    )
    assert isinstance(key, RSAPrivateKey)
    signature = b64decode(words.pop("paySign"))
    key.public_key().verify(signature, message.encode(), PKCS1v15(), SHA256())
    assert words == {
        "appId": APPID,
        "timeStamp": str(int(payment_request().created_at.timestamp())),
        "nonceStr": words["nonceStr"],
        "package": f"prepay_id={PREPAY_ID}",
        "signType": "RSA",
    }
    assert len(words["nonceStr"]) == 32


def test_the_same_payment_gives_the_same_call_and_another_gives_another(scene: Scene) -> None:
    first = ordered(scene)
    assert ordered(scene) == first
    later = payment_request().created_at + timedelta(seconds=1)
    nonces = {
        json.loads(call)["nonceStr"] for call in (first, ordered(scene, number="P20261122000002"))
    } | {json.loads(ordered(scene, created_at=later))["nonceStr"]}
    assert len(nonces) == 3


@pytest.mark.parametrize("openid", ["", "o x", "o" * 129])
def test_nothing_is_ordered_for_a_payer_who_is_not_known(scene: Scene, openid: str) -> None:
    gateway, provider = scene
    with pytest.raises(LocalProtocolError):
        provider.create(payment_request(method="jsapi", payer_reference=openid))
    assert gateway.asked == []


@pytest.mark.parametrize("prepay_id", [None, 7, "", "two words"])
def test_a_prepay_id_of_another_form_is_an_error(scene: Scene, prepay_id: Any) -> None:
    gateway, provider = scene
    gateway.says(200, {"prepay_id": prepay_id})
    with pytest.raises(ProviderError):
        provider.create(payment_request(method="jsapi", payer_reference=OPENID))


def test_without_the_apps_secret_wechats_browser_is_not_offered(scene: Scene) -> None:
    gateway, _ = scene
    with override_settings(PROVIDER_SETTINGS=changed_for("wechatpay", {"app_secret": ""})):
        provider = WeChatPayProvider()
    assert set(provider.methods) == {"native", "h5"}
    with pytest.raises(LocalProtocolError):
        provider.create(payment_request(method="jsapi", payer_reference=OPENID))
    assert gateway.asked == []
    connection_of(provider)._session.close()


def test_the_payers_browser_is_sent_on_as_documented(scene: Scene) -> None:
    _, provider = scene
    back = "https://limosa.example/orders/L1/identify/wechatpay/?a=b"
    assert provider.identify_url(back_url=back, state="a1B2") == (
        "https://open.weixin.qq.com/connect/oauth2/authorize"
        f"?appid={APPID}"
        "&redirect_uri=https%3A%2F%2Flimosa.example%2Forders%2FL1%2Fidentify%2Fwechatpay%2F%3Fa%3Db"
        "&response_type=code&scope=snsapi_base&state=a1B2#wechat_redirect"
    )
    for state in ("", "a-b", "a" * 129):
        with pytest.raises(LocalProtocolError):
            provider.identify_url(back_url=back, state=state)


def test_a_code_is_exchanged_for_the_openid_and_no_word_of_it_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, provider = scene
    gateway.says_plainly(200, TOKEN)
    with caplog.at_level(logging.DEBUG):
        assert provider.identify("021VBfll2&x=") == OPENID
    (request,) = gateway.asked
    query = {"appid": APPID, "secret": APP_SECRET, "code": "021VBfll2&x="}
    query["grant_type"] = "authorization_code"
    assert (request.method, request.target) == (
        "GET",
        f"/sns/oauth2/access_token?{urlencode(query)}",
    )
    # The simulated server has its own log, which is not the product's.
    ours = [one.getMessage() for one in caplog.records if "simulators" not in one.name]
    for word in (APP_SECRET, "021VBfll2", OPENID, "ACCESS_TOKEN"):
        assert word not in "\n".join(ours)
    assert APP_SECRET not in repr(vars(provider))


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, False),
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, False),
        ({"errcode": -1, "errmsg": "system error"}, True),
        ({"errcode": "x"}, False),
        ({}, True),
        ({"openid": 7}, True),
        ({"openid": "o x"}, True),
        (b"<html>", True),
        (b" " * (REPLY_BYTES_MAX + 1), True),
    ],
)
def test_a_code_that_is_not_taken_is_an_error_and_asked_for_once(
    scene: Scene, answer: Any, *, retryable: bool
) -> None:
    gateway, provider = scene
    gateway.says_plainly(200, answer)
    assert identify_failure(provider).retryable is retryable
    assert len(gateway.asked) == 1


def identify_failure(provider: WeChatPayProvider, code: str = "021VBfll2") -> ProviderError:
    """Return how a code fails, having looked for the secret in the error and what caused it."""
    with pytest.raises(ProviderError) as failed:
        provider.identify(code)
    cause: BaseException | None = failed.value
    while cause is not None:
        assert APP_SECRET not in str(cause)
        cause = cause.__cause__
    return failed.value


def test_no_answer_and_another_status_are_errors_that_may_pass(scene: Scene) -> None:
    gateway, provider = scene
    gateway.script.append(lambda _request: None)
    assert "no answer" in str(identify_failure(provider))
    gateway.says_plainly(502, TOKEN)
    assert identify_failure(provider).retryable
    gateway.says_plainly(302, b"", Location="https://elsewhere.example/")
    assert identify_failure(provider).retryable
    assert len(gateway.asked) == 3


@pytest.mark.parametrize("code", ["", "two words", "代码", "a\r\nHost: x", "x" * 513])
def test_what_cannot_be_a_code_is_not_sent(scene: Scene, code: str) -> None:
    gateway, provider = scene
    assert not identify_failure(provider, code).retryable
    assert gateway.asked == []


def test_the_real_hosts_are_asked_over_verified_tls(scene: Scene) -> None:
    with override_settings(
        PROVIDER_SETTINGS=changed_for(
            "wechatpay",
            {"api_url": "https://127.0.0.1:9/sub/"},
        )
    ):
        provider = WeChatPayProvider()
    held = provider._authorization
    assert held._trust.check_hostname
    assert held._trust.get_ca_certs()
    assert "no answer (ConnectionRefusedError)" in str(identify_failure(provider))
    connection_of(provider)._session.close()


def sent_to(url: str) -> str:
    """Open a page as a browser would; return where it sends us."""
    parts = urlsplit(url)
    browser = HTTPConnection(parts.netloc, timeout=10)
    try:
        browser.request("GET", f"{parts.path}?{parts.query}")
        reply = browser.getresponse()
        assert reply.status in {302, 303}, reply.read()
        return reply.headers["Location"]
    finally:
        browser.close()


def test_a_payer_is_known_orders_and_pays(shop: Harness) -> None:
    provider = shop.provider
    assert isinstance(provider, WeChatPayProvider)
    url = provider.identify_url(back_url="https://limosa.example/back?a=b", state="s1")
    back = dict(parse_qsl(urlsplit(sent_to(url)).query))
    assert (back["a"], back["state"]) == ("b", "s1")
    openid = provider.identify(back["code"])
    with pytest.raises(ProviderError) as used:
        provider.identify(back["code"])
    assert not used.value.retryable
    request = request_at(shop, method="jsapi", payer_reference=openid)
    call = json.loads(provider.create(request).pay_url)
    bridge = {**call, "prepay_id": call["package"].removeprefix("prepay_id=")}
    page = f"{connection_of(provider)._gateway_url}/wechatpay/jsapi?{urlencode(bridge)}"
    assert "/wechatpay/" in sent_to(page)
    trial = create(shop, request)
    assert trial.paid().state is ProviderState.SUCCEEDED


def test_another_amount_under_the_same_number_is_refused(shop: Harness) -> None:
    request = request_at(shop, method="jsapi")
    shop.provider.create(request)
    other = replace(request, amount=replace(request.amount, amount_minor=1))
    with pytest.raises(ProviderError) as refused:
        shop.provider.create(other)
    assert not refused.value.retryable
    handle = PaymentHandle(number=request.number, method="jsapi", amount=request.amount)
    assert shop.provider.query(handle).state is ProviderState.PENDING
