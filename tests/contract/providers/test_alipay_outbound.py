"""What we send to Alipay, and what we make of each thing that it may answer."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.alipay import client
from limosa.domain.payments.providers.alipay.provider import AlipayProvider
from limosa.domain.payments.requests import (
    PaymentHandle,
    PaymentRequest,
    RefundHandle,
    RefundRequest,
)
from limosa.domain.payments.status_reports import (
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.contract.providers.alipay_signer import APP_ID, SELLER_ID, text_of, trade
from tests.contract.providers.harness_alipay import client_of
from tests.contract.providers.scripted_alipay import ScriptedAlipay, open_scripted_alipay
from tests.provider_settings import given_to

pytestmark = pytest.mark.enable_socket
NUMBER = "P20200327"
CREATED_AT = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
PRICE = Money(2599, "CNY")
BILL_IS_LATE = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)  # The 27th begins in Beijing.
HANDLE = PaymentHandle(number=NUMBER, method="qr", amount=PRICE)
ATTEMPTS = 2
Scene = tuple[ScriptedAlipay, AlipayProvider]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    enable_socket()
    with open_scripted_alipay(tmp_path_factory.mktemp("scripted")) as both:
        yield both


@pytest.fixture
def scene(opened: Scene) -> Scene:
    gateway, provider = opened
    for said in (gateway.script, gateway.asked, gateway.requests):
        said.clear()
    return gateway, provider


def request(**changed: Any) -> PaymentRequest:
    whole = PaymentRequest(
        number=NUMBER,
        amount=PRICE,
        description="日本/韩国 10 GB",
        method="qr",
        created_at=CREATED_AT,
        expires_at=CREATED_AT + timedelta(minutes=15),
        notify_url="https://shop.example/payments/alipay/notify",
        return_url="https://shop.example/orders/L1/?a=1&b=2",
        payer_ip="203.0.113.7",
    )
    return replace(whole, **changed)


def refund_request(**changed: Any) -> RefundRequest:
    whole = RefundRequest(
        number="R1", payment=HANDLE, amount=Money(600, "CNY"), total=PRICE, reason="not delivered"
    )
    return replace(whole, **changed)


def refusal(sub_code: str, code: str = "40004") -> dict[str, str]:
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "…"}


def failure(ask: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        ask()
    return failed.value


def content(asked: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(asked["biz_content"])
    return found


def test_a_code_is_asked_for_and_given(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "out_trade_no": NUMBER, "qr_code": "https://qr.alipay.com/bax1"})
    assert provider.create(request()).pay_url == "https://qr.alipay.com/bax1"
    (asked,) = gateway.asked
    assert asked["method"] == "alipay.trade.precreate"
    assert asked["app_id"] == APP_ID
    assert asked["notify_url"] == "https://shop.example/payments/alipay/notify"
    assert "return_url" not in asked
    assert content(asked) == {
        "out_trade_no": NUMBER,
        "total_amount": "25.99",
        "subject": "日本 韩国 10 GB",
        "time_expire": "2026-11-26 02:15:00",
        "business_params": {"mc_create_trade_ip": "203.0.113.7"},
        "product_code": "QR_CODE_OFFLINE",
    }
    (sent,) = gateway.requests
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded;charset=utf-8"
    assert sent.body.startswith(b"biz_content=")


@pytest.mark.parametrize(
    ("method", "call", "product"),
    [
        ("page", "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
        ("wap", "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    ],
)
def test_an_address_is_signed_without_a_call_and_always_the_same(
    scene: Scene, method: str, call: str, product: str
) -> None:
    gateway, provider = scene
    started = provider.create(request(method=method, payer_ip=""))
    assert started == provider.create(request(method=method, payer_ip=""))
    assert gateway.requests == []
    base, _, query = started.pay_url.partition("?")
    assert base == gateway.url + "/gateway.do"
    said = gateway.signer.check_request(query)
    assert (said["method"], said["timestamp"]) == (call, "2026-11-26 02:00:00")
    assert said["return_url"] == "https://shop.example/orders/L1/?a=1&b=2"
    quit_url = {"quit_url": said["return_url"]} if method == "wap" else {}
    assert content(said) == {
        "out_trade_no": NUMBER,
        "total_amount": "25.99",
        "subject": "日本 韩国 10 GB",
        "time_expire": "2026-11-26 02:15:00",
        "product_code": product,
        **quit_url,
    }


def test_a_payment_is_found(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(trade())
    assert provider.query(HANDLE) == PaymentStatusReport(
        payment_number=NUMBER,
        state=ProviderState.SUCCEEDED,
        transaction_id="2019102222001443721000074028",
        amount_minor=2599,
        currency="CNY",
        merchant=SELLER_ID,
        paid_at=datetime(2019, 10, 22, 7, 59, 49, tzinfo=UTC),
    )
    assert content(gateway.asked[0]) == {"out_trade_no": NUMBER}


def test_a_refunded_payment_is_still_a_paid_one(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(trade())
    gateway.says(trade(trade_status="TRADE_CLOSED", receipt_amount="0.00"))
    assert provider.query(HANDLE) == provider.query(HANDLE)


@pytest.mark.parametrize("sub_code", ["ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST"])
def test_what_was_never_opened_is_unknown_and_cannot_be_closed(scene: Scene, sub_code: str) -> None:
    gateway, provider = scene
    for _ in range(3):
        gateway.says(refusal(sub_code))
    assert provider.query(HANDLE).state is ProviderState.UNKNOWN
    provider.close(HANDLE)
    refund = RefundHandle(number="R1", payment=HANDLE)
    assert provider.query_refund(refund).outcome is RefundOutcome.UNKNOWN


def test_an_open_payment_is_closed_and_a_paid_one_is_not(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "out_trade_no": NUMBER, "trade_no": "1"})
    provider.close(HANDLE)
    gateway.says(refusal("ACQ.TRADE_STATUS_ERROR"))
    error = failure(lambda: provider.close(HANDLE))
    assert not error.retryable
    assert str(error) == "40004 ACQ.TRADE_STATUS_ERROR"


@pytest.mark.parametrize(
    ("fund_change", "outcome"),
    [("Y", RefundOutcome.SUCCEEDED), ("N", RefundOutcome.PENDING), (None, RefundOutcome.PENDING)],
)
def test_money_went_back_only_if_the_reply_says_so(
    scene: Scene, fund_change: str | None, outcome: RefundOutcome
) -> None:
    gateway, provider = scene
    # The reply's refund_fee is of all refunds, so it is more than this one.
    gateway.says(
        {"code": "10000", "out_trade_no": NUMBER, "refund_fee": "20.00", "fund_change": fund_change}
    )
    assert provider.refund(refund_request()) == RefundStatusReport(
        refund_number="R1",
        payment_number=NUMBER,
        outcome=outcome,
        amount_minor=600,
        currency="CNY",
    )
    assert content(gateway.asked[0]) == {
        "out_trade_no": NUMBER,
        "out_request_no": "R1",
        "refund_reason": "not delivered",
        "refund_amount": "6.00",
    }


def test_another_currency_goes_back_as_it_came(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "out_trade_no": NUMBER, "fund_change": "Y"})
    yen = Money(600, "JPY")
    assert provider.refund(refund_request(amount=yen, total=yen)).currency == "JPY"
    asked = content(gateway.asked[0])
    assert (asked["refund_amount"], asked["refund_currency"]) == ("600", "JPY")


def test_a_refund_that_is_no_part_of_the_payment_is_not_sent(scene: Scene) -> None:
    gateway, provider = scene
    for amount in (Money(2600, "CNY"), Money(0, "CNY"), Money(1, "USD")):
        with pytest.raises(LocalProtocolError):
            provider.refund(refund_request(amount=amount))
    assert gateway.asked == []


def test_a_refund_is_found(scene: Scene) -> None:
    gateway, provider = scene
    said = {
        "code": "10000",
        "out_trade_no": NUMBER,
        "out_request_no": "R1",
        "refund_amount": "6.00",
        "refund_status": "REFUND_SUCCESS",
    }
    gateway.says(said)
    refund = RefundHandle(number="R1", payment=HANDLE)
    report = provider.query_refund(refund)
    assert (report.outcome, report.amount_minor) == (RefundOutcome.SUCCEEDED, 600)
    gateway.says({"code": "10000", "msg": "Success"})
    assert provider.query_refund(refund).outcome is RefundOutcome.UNKNOWN
    for other in ({"out_trade_no": "P2"}, {"out_request_no": "R2"}):
        gateway.says(said | other)
        assert failure(lambda: provider.query_refund(refund)).retryable


@pytest.mark.parametrize(
    ("code", "sub_code", "is_retryable"),
    [
        ("40004", "ACQ.SYSTEM_ERROR", True),
        ("40004", "aop.ACQ.SYSTEM_ERROR", True),
        ("40004", "USER_RATE_LIMIT", True),
        ("40005", "isv.method-call-limited", True),
        ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", False),
        ("40004", "ACQ.INVALID_PARAMETER", False),
        ("40006", "isv.insufficient-isv-permissions", False),
        ("99999", "", False),
    ],
)
def test_a_signed_refusal_is_told_and_whether_it_may_pass(
    scene: Scene, code: str, sub_code: str, *, is_retryable: bool
) -> None:
    gateway, provider = scene
    gateway.says(refusal(sub_code, code))
    error = failure(lambda: provider.query(HANDLE))
    assert (str(error), error.retryable) == (f"{code} {sub_code}".strip(), is_retryable)
    assert len(gateway.asked) == 1


def test_a_refund_that_lacks_money_is_asked_for_later(scene: Scene) -> None:
    gateway, provider = scene
    for sub_code, is_retryable in (
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", True),
        ("ACQ.DISCORDANT_REPEAT_REQUEST", False),
    ):
        gateway.says(refusal(sub_code))
        assert failure(lambda: provider.refund(refund_request())).retryable is is_retryable


def test_a_gateway_that_is_broken_is_asked_once_more(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(refusal("isp.unknow-error", "20000"))
    gateway.says(trade())
    assert provider.query(HANDLE).state is ProviderState.SUCCEEDED
    for _ in range(ATTEMPTS):
        gateway.says(refusal("isp.unknow-error", "20000"))
    error = failure(lambda: provider.query(HANDLE))
    assert (str(error), error.retryable) == ("20000 isp.unknow-error", True)


UNSIGNED = (
    b'{"alipay_trade_query_response":{"code":"40002","msg":"Invalid Arguments",'
    b'"sub_code":"isv.invalid-app-id","sub_msg":"x"}}'
)


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, UNSIGNED, "reply not signed: 40002 isv.invalid-app-id"),
        (200, b'{"error_response":{"code":"20000"}}', "reply not signed: 20000"),
        (200, b'{"alipay_trade_query_response":7,"sign":""}', "reply not signed:"),
        (200, b'{"alipay_trade_query_response":{},"sign":[]}', "reply not signed:"),
        (200, b'{"other":{},"sign":"QUJD"}', "reply not verified: signature_wrong"),
        (200, b"<html>", "reply not verified: envelope_malformed"),
        (500, b"", "HTTP 500"),
        (302, b"", "HTTP 302"),
        (200, b" " * (client.REPLY_BYTES_MAX + 1), "reply too large"),
    ],
)
def test_what_is_not_signed_is_no_answer(
    scene: Scene, status: int, body: bytes, message: str
) -> None:
    gateway, provider = scene
    for _ in range(ATTEMPTS):
        gateway.says_plainly(status, body, {"Location": "/elsewhere"})
    error = failure(lambda: provider.query(HANDLE))
    assert (str(error), error.retryable) == (message, True)
    assert len(gateway.requests) == ATTEMPTS
    assert not any("elsewhere" in one.target for one in gateway.requests)


def test_a_signature_of_another_key_or_of_another_text_is_not_believed(scene: Scene) -> None:
    gateway, provider = scene
    for sign in ("QUJD", gateway.signer.sign("{}")):
        for _ in range(ATTEMPTS):
            gateway.says(trade(), sign=sign)
        assert "signature_wrong" in str(failure(lambda: provider.query(HANDLE)))


def test_an_error_node_that_is_signed_is_an_answer(scene: Scene) -> None:
    gateway, provider = scene
    text = text_of(refusal("isv.forbidden-api", "40002"))
    body = f'{{"error_response":{text},"sign":"{gateway.signer.sign(text)}"}}'
    gateway.says_plainly(200, body.encode())
    error = failure(lambda: provider.query(HANDLE))
    assert (str(error), error.retryable) == ("40002 isv.forbidden-api", False)


@pytest.mark.parametrize("subject", ["a } b", 'quote " {', "日本 \\ /", '","sign":"x'])
def test_a_reply_is_verified_whatever_its_texts_hold(scene: Scene, subject: str) -> None:
    gateway, provider = scene
    gateway.says(trade(subject=subject))
    gateway.says(json.dumps(trade(subject=subject), indent=2))
    assert provider.query(HANDLE) == provider.query(HANDLE)


@pytest.mark.parametrize(
    "answer",
    [
        trade(out_trade_no="P2"),
        trade(trade_status="PAID"),
        trade(total_amount=None),
        {"code": "10000"},
    ],
)
def test_a_signed_reply_of_another_form_is_an_error(scene: Scene, answer: dict[str, Any]) -> None:
    gateway, provider = scene
    gateway.says(answer)
    assert failure(lambda: provider.query(HANDLE)).retryable


def test_replies_to_other_calls_are_read_as_strictly(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "out_trade_no": "P2", "qr_code": "https://qr.alipay.com/1"})
    gateway.says({"code": "10000", "out_trade_no": NUMBER, "qr_code": "javascript:alert(1)"})
    gateway.says({"code": "10000", "out_trade_no": "P2", "fund_change": "Y"})
    for ask in (
        lambda: provider.create(request()),
        lambda: provider.create(request()),
        lambda: provider.refund(refund_request()),
    ):
        assert failure(ask).retryable


def test_one_lost_connection_is_made_again_and_two_are_told(scene: Scene) -> None:
    gateway, provider = scene
    gateway.script.append(lambda _request: None)
    gateway.says(trade())
    assert provider.query(HANDLE).state is ProviderState.SUCCEEDED
    error = failure(lambda: provider.query(HANDLE))
    assert (str(error), error.retryable) == ("no answer (ConnectionError)", True)


def test_a_slow_failure_is_not_made_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, provider = scene
    monkeypatch.setattr(client, "RETRY_WITHIN_SECONDS", -1)
    gateway.says_plainly(500, b"")
    gateway.says(trade())
    assert failure(lambda: provider.query(HANDLE)).retryable
    assert len(gateway.asked) == 1


def test_a_number_that_alipay_would_refuse_is_not_sent(scene: Scene) -> None:
    gateway, provider = scene
    bad = replace(HANDLE, number="P-1")
    for ask in (
        lambda: provider.query(bad),
        lambda: provider.close(bad),
        lambda: provider.create(request(number="")),
        lambda: provider.refund(refund_request(number="R 1")),
        lambda: provider.query_refund(RefundHandle(number="R1", payment=bad)),
    ):
        with pytest.raises(LocalProtocolError):
            ask()
    assert gateway.asked == []


def fetch(provider: AlipayProvider) -> bytes:
    into = io.BytesIO()
    try:
        provider.fetch_settlement(date(2026, 11, 25), into)
    except ProviderError:
        assert into.getvalue() == b""
        raise
    return into.getvalue()


def test_a_bill_is_fetched_whole(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "bill_download_url": gateway.url + "/bill?id=1"})
    gateway.says_plainly(200, b"PK" * 500_000)
    assert fetch(provider) == b"PK" * 500_000
    assert content(gateway.asked[0]) == {
        "bill_type": "trade",
        "bill_date": "2026-11-25",
        "secure": "true",
    }
    assert gateway.requests[1].headers["accept-encoding"] == "identity"


def test_a_bill_that_does_not_come_whole_is_not_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, provider = scene
    monkeypatch.setattr(client, "DOWNLOAD_BYTES_MAX", 100)
    gateway.says({"code": "10000", "bill_download_url": gateway.url + "/bill"})
    gateway.script.append(lambda _request: None)
    assert failure(lambda: fetch(provider)).retryable
    for status, body in ((404, b""), (302, b""), (200, b"x" * 101)):
        gateway.says({"code": "10000", "bill_download_url": gateway.url + "/bill"})
        gateway.says_plainly(status, body)
        assert failure(lambda: fetch(provider)).retryable


@pytest.mark.parametrize("url", ["ftp://host/bill", "file:///etc/passwd", "", None])
def test_a_bill_at_a_strange_address_is_not_fetched(scene: Scene, url: str | None) -> None:
    gateway, provider = scene
    gateway.says({"code": "10000", "bill_download_url": url})
    assert failure(lambda: fetch(provider)).retryable
    assert len(gateway.requests) == 1


def test_a_bill_over_plain_http_is_fetched_from_a_plain_gateway_only(scene: Scene) -> None:
    gateway, _ = scene
    secure = settings.PROVIDER_SETTINGS["alipay"] | {
        "gateway_url": "https://127.0.0.1:9/gateway.do"
    }
    with override_settings(PROVIDER_SETTINGS=given_to("alipay", secure)):
        other = AlipayProvider()
    with pytest.raises(ProviderError, match="not a secure link"):
        client_of(other).download(gateway.url + "/bill", io.BytesIO())
    client_of(other)._session.close()
    assert gateway.requests == []


def test_a_bill_that_is_not_there_yet_is_asked_for_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, provider = scene
    moment = BILL_IS_LATE - timedelta(seconds=1)
    monkeypatch.setattr(client_of(provider), "clock", lambda: moment)
    for sub_code in ("BILL_NOT_EXIST", "isp.bill_not_exist"):
        gateway.says(refusal(sub_code))
        assert failure(lambda: fetch(provider)).retryable
    gateway.says(refusal("BILL_DATE_BEFORE_REGISTRATION"))
    assert not failure(lambda: fetch(provider)).retryable


def test_a_day_whose_bill_is_not_there_when_it_would_be_made_was_empty(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, provider = scene
    monkeypatch.setattr(client_of(provider), "clock", lambda: BILL_IS_LATE)
    for sub_code in ("BILL_NOT_EXIST", "isp.bill_not_exist"):
        gateway.says(refusal(sub_code))
        assert list(provider.read_settlement(io.BytesIO(fetch(provider)))) == []


@pytest.mark.parametrize(
    "answer",
    [
        refusal("NO_BILL_DATA"),
        {
            "code": "10000",
            "bill_download_url": "http://dwbillcenter.alipay.com/x",
            "bill_file_code": "EMPTY_DATA_WITH_BILL_FILE",
        },
    ],
)
def test_a_day_without_business_is_kept_as_the_platform_said_it(
    scene: Scene, answer: dict[str, str]
) -> None:
    gateway, provider = scene
    gateway.says(answer)
    kept = fetch(provider)
    assert json.loads(kept) == answer
    assert list(provider.read_settlement(io.BytesIO(kept))) == []


def test_logs_carry_no_secret_and_no_payload(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, provider = scene
    with caplog.at_level(logging.INFO):
        gateway.says(trade())
        provider.query(HANDLE)
        failure(lambda: provider.query(HANDLE))
    for word in (gateway.asked[0]["sign"], "hfj***", "2088102179843724"):
        assert word not in caplog.text


def test_the_answer_is_one_word(scene: Scene) -> None:
    _, provider = scene
    assert provider.acknowledge(accepted=True) == (200, "text/plain", b"success")
    assert provider.acknowledge(accepted=False) == (400, "text/plain", b"failure")
