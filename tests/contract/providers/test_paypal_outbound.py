"""PayPal's calls one by one: what goes out, and which answers are believed."""

import json
import logging
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.paypal import connection
from limosa.domain.payments.providers.paypal.provider import PayPalProvider
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
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.contract.providers.paypal_signer import NOW, PayPalSigner, capture, order, refund
from tests.provider_settings import given_to

pytestmark = pytest.mark.enable_socket
NUMBER, REFUND, ORDER = "P20261122000001", "R20261122000001", "5O190127TN364715T"
AMOUNT = Money(2599, "USD")
PAYMENT = PaymentHandle(number=NUMBER, method="checkout", amount=AMOUNT, reference=ORDER)
CHARGE = replace(PAYMENT, method="saved", saved_reference="nkq2y9g")
ASKED = RefundRequest(
    number=REFUND, payment=PAYMENT, amount=Money(600, "USD"), total=AMOUNT, reason="not delivered"
)
REQUEST = PaymentRequest(
    number=NUMBER,
    amount=AMOUNT,
    description="Japan",
    method="checkout",
    created_at=NOW,
    expires_at=NOW,
    notify_url="https://limosa.example/payments/paypal/notify",
    return_url="https://limosa.example/orders/L1/",
)
PAID = order(status="COMPLETED", captures=[capture()])
UNPROCESSABLE = {
    "name": "UNPROCESSABLE_ENTITY",
    "message": "The requested action could not be performed.",
    "debug_id": "90957fca61718",
    "details": [{"issue": "ORDER_ALREADY_CAPTURED"}],
    "links": [],
}
Answer = Callable[[Request], Reply | None]


@dataclass
class Scripted:
    """Answers by the script, then hangs up; keeps what it was asked. Tokens it gives to anybody."""

    script: deque[Answer] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)
    token: Reply | None = None
    tokens: int = 0

    def says(self, status: int, body: Any = b"", **headers: str) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        reply = Reply(status, text, {"Content-Type": "application/json", **headers})
        self.script.append(lambda _request: reply)

    def sent(self, index: int = -1) -> tuple[str, str, Any]:
        """Return method, target and body of a request."""
        request = self.asked[index]
        return request.method, request.target, json.loads(request.body or b"null")

    def answer(self, request: Request, _words: Mapping[str, str]) -> Reply | None:
        if request.path == "/v1/oauth2/token":
            self.tokens += 1
            return self.token or Reply(200, self._new_token(), {"Content-Type": "application/json"})
        self.asked.append(request)
        return self.script.popleft()(request) if self.script else None

    def _new_token(self) -> bytes:
        words = {"access_token": f"T{self.tokens}", "token_type": "Bearer", "expires_in": 32400}
        return json.dumps(words).encode()


Scene = tuple[Scripted, PayPalProvider]


@contextmanager
def open_scripted(folder: Path) -> Iterator[Scene]:
    gateway, routes = Scripted(), Routes()
    for method in ("GET", "POST", "DELETE"):
        routes.add(method, "/.*", gateway.answer)
    server = LoopbackServer(routes, port=0)
    server.start()
    try:
        with override_settings(
            PROVIDER_SETTINGS=given_to("paypal", PayPalSigner().settings(folder, url=server.url))
        ):
            provider = PayPalProvider()
            yield gateway, provider
            provider.connection.session.close()
    finally:
        server.stop()


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
    gateway.token = None
    return gateway, provider


def failure(act: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        act()
    return failed.value


def test_an_order_is_asked_for_whole_and_under_our_number(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(201, order())
    started = provider.create(REQUEST)
    assert (started.reference, started.pay_url) == (
        ORDER,
        "https://www.paypal.com/checkoutnow?token=5O1",
    )
    assert gateway.sent()[:2] == ("POST", "/v2/checkout/orders")
    headers = gateway.asked[0].headers
    assert headers["paypal-request-id"] == NUMBER
    assert headers["prefer"] == "return=representation"
    assert headers["authorization"].startswith("Bearer T")


@pytest.mark.parametrize(
    "unit",
    [
        {"invoice_id": "P99999999", "custom_id": "P99999999"},
        {"amount": {"currency_code": "USD", "value": "26.00"}},
        {"amount": {"currency_code": "EUR", "value": "25.99"}},
    ],
)
def test_an_order_for_something_else_is_refused_for_good(scene: Scene, unit: Any) -> None:
    gateway, provider = scene
    gateway.says(200, order(unit=unit))
    assert not failure(lambda: provider.create(REQUEST)).retryable


def test_the_token_is_asked_for_once_with_the_apps_secret(tmp_path: Path) -> None:
    with open_scripted(tmp_path) as (gateway, provider):
        for _ in range(3):
            gateway.says(200, PAID)
            provider.query(PAYMENT)
        assert gateway.tokens == 1
        assert {one.headers["authorization"] for one in gateway.asked} == {"Bearer T1"}


def test_a_token_that_was_withdrawn_is_replaced_once(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, PAID)
    provider.query(PAYMENT)  # From now on it has a token, in whatever order the tests come.
    before = gateway.tokens
    gateway.says(401, {"error": "invalid_token"})
    gateway.says(200, PAID)
    assert provider.query(PAYMENT).state is ProviderState.SUCCEEDED
    assert gateway.tokens == before + 1
    for _ in range(2):
        gateway.says(401, {"error": "invalid_token"})
    error = failure(lambda: provider.query(PAYMENT))
    assert error.retryable
    assert str(error) == "HTTP 401"


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (401, {"name": "INVALID_CLIENT"}, "HTTP 401 INVALID_CLIENT"),
        (503, {}, "HTTP 503"),
        (200, {}, "HTTP 401"),
        (200, b"<html>", "reply not understood: not JSON"),
    ],
)
def test_a_token_that_is_not_given_is_told_as_what_it_is(
    tmp_path: Path, status: int, body: Any, text: str
) -> None:
    with open_scripted(tmp_path) as (gateway, provider):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        gateway.token = Reply(status, content, {"Content-Type": "application/json"})
        for _ in range(2):
            gateway.says(401, {})
        error = failure(lambda: provider.query(PAYMENT))
        assert error.retryable
        assert str(error) == text


def test_a_capture_that_was_made_before_is_found(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(422, UNPROCESSABLE)
    gateway.says(200, PAID)
    assert provider.capture(PAYMENT).state is ProviderState.SUCCEEDED
    method, target, body = gateway.sent(0)
    assert (method, target, body) == ("POST", f"/v2/checkout/orders/{ORDER}/capture", {})
    assert gateway.asked[0].headers["paypal-request-id"] == f"{NUMBER}-capture"


@pytest.mark.parametrize(
    ("payment", "known", "state"),
    [
        (PAYMENT, order(status="APPROVED"), ProviderState.APPROVED),
        (PAYMENT, order(status="PAYER_ACTION_REQUIRED"), ProviderState.PENDING),
        (CHARGE, order(), ProviderState.FAILED),
        (CHARGE, order(status="PAYER_ACTION_REQUIRED"), ProviderState.PAYER_NEEDED),
        (CHARGE, PAID, ProviderState.SUCCEEDED),
        (
            CHARGE,
            order(status="COMPLETED", captures=[capture(status="PENDING")]),
            ProviderState.PROCESSING,
        ),
    ],
)
def test_a_refused_capture_is_decided_by_the_order(
    scene: Scene, payment: PaymentHandle, known: Any, state: ProviderState
) -> None:
    gateway, provider = scene
    gateway.says(422, UNPROCESSABLE)
    gateway.says(200, known)
    report = provider.capture(payment)
    assert (report.state, report.payment_number) == (state, NUMBER)


def test_a_refusal_of_another_kind_fails_no_saved_payment(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(400, {"name": "INVALID_REQUEST"})
    gateway.says(200, order())
    assert provider.capture(CHARGE).state is ProviderState.PENDING


def test_an_order_that_lapsed_is_unknown_when_captured(scene: Scene) -> None:
    gateway, provider = scene
    for _ in range(2):
        gateway.says(404, {"name": "RESOURCE_NOT_FOUND"})
    report = provider.capture(PAYMENT)
    assert report == PaymentStatusReport(payment_number=NUMBER, state=ProviderState.UNKNOWN)


@pytest.mark.parametrize("status", [403, 408, 409, 429])
def test_a_capture_that_cannot_be_now_is_asked_for_later(scene: Scene, status: int) -> None:
    gateway, provider = scene
    gateway.says(status, UNPROCESSABLE)
    error = failure(lambda: provider.capture(PAYMENT))
    assert error.retryable
    assert str(error) == f"HTTP {status} UNPROCESSABLE_ENTITY ORDER_ALREADY_CAPTURED"
    assert len(gateway.asked) == 1


def test_another_refusal_is_final(scene: Scene) -> None:
    gateway, provider = scene
    for body, text in (
        ({"name": "INVALID_REQUEST"}, "HTTP 400 INVALID_REQUEST"),
        ({"name": 7, "details": ["x"]}, "HTTP 400"),
        ({"details": [{"issue": "a\nb"}]}, "HTTP 400"),
        (b"<html>", "HTTP 400"),
    ):
        gateway.says(400, body)
        error = failure(lambda: provider.query(PAYMENT))
        assert not error.retryable
        assert str(error) == text


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"<html>",
        b"\xff\xfe",
        b"7",
        b"[" * 100_000,
        order(unit={"invoice_id": "P99999999"}),
        order(status="DONE"),
        order(purchase_units=7),
        order(purchase_units="x"),
        order(payer={"py/object": "os.system"}),
        b'{"payer": {"\\u0070y/reduce": [{"py/function": "os.system"}]}}',
    ],
)
def test_an_answer_of_another_form_is_an_error(scene: Scene, body: Any) -> None:
    gateway, provider = scene
    for _ in range(2):
        gateway.says(200, body)
    assert failure(lambda: provider.query(PAYMENT)).retryable


def test_no_answer_is_asked_for_once_more(scene: Scene) -> None:
    gateway, provider = scene
    gateway.script.append(lambda _request: None)
    gateway.says(200, PAID)
    assert provider.query(PAYMENT).state is ProviderState.SUCCEEDED
    gateway.says(500)
    gateway.says(200, PAID)
    assert provider.query(PAYMENT).state is ProviderState.SUCCEEDED
    error = failure(lambda: provider.query(PAYMENT))
    assert error.retryable
    assert str(error) == "no answer (ConnectionError)"


def test_a_slow_failure_is_not_made_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway, provider = scene
    monkeypatch.setattr(connection, "RETRY_WITHIN_SECONDS", -1)
    gateway.says(500)
    assert failure(lambda: provider.query(PAYMENT)).retryable
    assert len(gateway.asked) == 1


def test_a_redirect_is_not_followed_and_an_endless_answer_is_cut_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, provider = scene
    for _ in range(2):
        gateway.says(302, b"", Location="/elsewhere")
    assert str(failure(lambda: provider.query(PAYMENT))) == "HTTP 302"
    assert {request.path for request in gateway.asked} == {f"/v2/checkout/orders/{ORDER}"}
    monkeypatch.setattr(connection, "REPLY_BYTES_MAX", 1000)
    for _ in range(2):
        gateway.says(200, b" " * 1001)
    assert str(failure(lambda: provider.query(PAYMENT))) == "reply too large"


def test_a_payment_without_an_order_is_unknown_without_asking(scene: Scene) -> None:
    gateway, provider = scene
    nameless = replace(PAYMENT, reference="")
    assert provider.query(nameless).state is ProviderState.UNKNOWN
    known = RefundHandle(number=REFUND, payment=nameless)
    assert provider.query_refund(known).outcome is RefundOutcome.UNKNOWN
    assert provider.saved_method(nameless) is None
    assert failure(lambda: provider.refund(replace(ASKED, payment=nameless))).retryable
    assert gateway.asked == []


def test_what_would_change_the_path_is_not_sent(scene: Scene) -> None:
    gateway, provider = scene
    for payment in (
        replace(PAYMENT, number="../x"),
        replace(PAYMENT, reference="../../v1/x"),
        replace(PAYMENT, reference="A?b"),
    ):
        for act in (provider.query, provider.capture, provider.saved_method):
            with pytest.raises(LocalProtocolError):
                act(payment)
    with pytest.raises(LocalProtocolError):
        provider.close(replace(PAYMENT, number=""))
    with pytest.raises(LocalProtocolError):
        provider.query_refund(RefundHandle(number="", payment=PAYMENT))
    assert gateway.asked == []


def test_a_refund_goes_to_the_orders_capture(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, PAID)
    gateway.says(201, refund())
    assert provider.refund(ASKED) == RefundStatusReport(
        refund_number=REFUND,
        payment_number=NUMBER,
        outcome=RefundOutcome.SUCCEEDED,
        reference="1JU08902781691411",
        amount_minor=600,
        currency="USD",
    )
    assert gateway.sent()[:2] == ("POST", "/v2/payments/captures/42311647XV020574X/refund")
    assert gateway.asked[-1].headers["paypal-request-id"] == REFUND


def test_a_refund_that_the_order_has_is_not_asked_for(scene: Scene) -> None:
    gateway, provider = scene
    others = refund(invoice_id="R-other-1", id="1JU0")
    gateway.says(200, order(status="COMPLETED", captures=[capture()], refunds=[others, refund()]))
    assert provider.refund(ASKED).reference == "1JU08902781691411"
    assert len(gateway.asked) == 1


def with_another_refund(status: str) -> dict[str, Any]:
    other = refund(
        invoice_id="R-other-1", status=status, amount={"currency_code": "USD", "value": "20.00"}
    )
    return order(status="COMPLETED", captures=[capture()], refunds=[other])


@pytest.mark.parametrize("status", ["COMPLETED", "PENDING"])
def test_what_another_refund_has_taken_is_not_there(scene: Scene, status: str) -> None:
    gateway, provider = scene
    gateway.says(200, with_another_refund(status))
    assert not failure(lambda: provider.refund(ASKED)).retryable
    assert len(gateway.asked) == 1


def test_what_a_failed_refund_has_not_taken_is_there(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, with_another_refund("FAILED"))
    gateway.says(201, refund())
    assert provider.refund(ASKED).amount_minor == 600


def test_a_refund_that_is_refused_is_asked_for_later(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, PAID)
    gateway.says(422, UNPROCESSABLE)
    assert failure(lambda: provider.refund(ASKED)).retryable


def test_an_answer_about_another_refund_is_an_error(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, PAID)
    gateway.says(201, refund(invoice_id="R-other-1"))
    assert failure(lambda: provider.refund(ASKED)).retryable
    gateway.says(200, refund(invoice_id="R-other-1"))
    named = RefundHandle(number=REFUND, payment=PAYMENT, reference="1JU08902781691411")
    assert failure(lambda: provider.query_refund(named)).retryable
    gateway.says(404, {"name": "RESOURCE_NOT_FOUND"})
    gateway.says(200, PAID)  # What PayPal gave back by itself may be in the order alone.
    assert provider.query_refund(named).outcome is RefundOutcome.UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": Money(2600, "USD")},
        {"amount": Money(0, "USD")},
        {"amount": Money(600, "EUR")},
        {"number": ""},
    ],
)
def test_what_is_no_part_of_the_payment_is_never_sent(scene: Scene, changed: Any) -> None:
    gateway, provider = scene
    with pytest.raises(LocalProtocolError):
        provider.refund(replace(ASKED, **changed))
    assert gateway.asked == []


def test_a_vault_that_is_not_done_is_asked_again(scene: Scene) -> None:
    gateway, provider = scene
    vault = {"id": "nkq2y9g", "status": "APPROVED"}
    source = {"paypal": {"email_address": "jane@example.com", "attributes": {"vault": vault}}}
    gateway.says(200, PAID | {"payment_source": source})
    assert failure(lambda: provider.saved_method(PAYMENT)).retryable
    vault["status"] = "VAULTED"
    gateway.says(200, PAID | {"payment_source": source})
    kept = provider.saved_method(PAYMENT)
    assert kept is not None
    assert kept.reference == "nkq2y9g"
    gateway.says(404)
    assert provider.saved_method(PAYMENT) is None


def test_a_saved_account_is_named_by_its_capture(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(201, order(links=[]))
    saved = replace(REQUEST, method="saved", saved_reference="nkq2y9g")
    assert provider.create(saved).pay_url == ""
    assert "payment_source" not in gateway.sent()[2]
    gateway.says(201, PAID)
    assert provider.capture(CHARGE).state is ProviderState.SUCCEEDED
    wallet = gateway.sent()[2]["payment_source"]["paypal"]
    assert wallet["vault_id"] == "nkq2y9g"
    assert wallet["stored_credential"]["payment_initiator"] == "CUSTOMER"


def test_forgetting_deletes_the_token(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(204)
    provider.forget("nkq2y9g")
    assert gateway.sent()[:2] == ("DELETE", "/v3/vault/payment-tokens/nkq2y9g")
    gateway.says(404)
    provider.forget("nkq2y9g")
    gateway.says(403, {"name": "NOT_AUTHORIZED"})
    assert failure(lambda: provider.forget("nkq2y9g")).retryable


def page(number: int, pages: int, **changed: Any) -> dict[str, Any]:
    info = {"transaction_id": f"T{number}"}
    return {
        "transaction_details": [{"transaction_info": info, "payer_info": {"email": "a@b.c"}}],
        "last_refreshed_datetime": "2026-11-23T00:00:00+0000",
        "page": number,
        "total_pages": pages,
    } | changed


def test_a_day_is_fetched_page_by_page_without_its_payers(scene: Scene) -> None:
    gateway, provider = scene
    for reply in (page(1, 2), page(2, 2), page(1, 1), page(1, 1), page(1, 0)):
        gateway.says(200, reply)
    file = BytesIO()
    provider.fetch_settlement(date(2026, 11, 22), file)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert lines[0] == {"day": "2026-11-22"}
    assert lines[-1] == {"count": 5}
    assert [line["transaction_id"] for line in lines[1:-1]] == ["T1", "T2", "T1", "T1", "T1"]
    assert b"a@b.c" not in file.getvalue()
    assert "start_date=2026-11-22T18%3A00%3A00Z" in gateway.asked[-1].target
    assert "end_date=2026-11-22T23%3A59%3A59Z" in gateway.asked[-1].target


def test_a_day_that_is_not_reported_yet_is_fetched_later(scene: Scene) -> None:
    gateway, provider = scene
    gateway.says(200, page(1, 1, last_refreshed_datetime="2026-11-22T05:59:59+0000"))
    assert failure(lambda: provider.fetch_settlement(date(2026, 11, 22), BytesIO())).retryable
    gateway.says(200, page(1, 1, last_refreshed_datetime=None))
    assert failure(lambda: provider.fetch_settlement(date(2026, 11, 22), BytesIO())).retryable


def test_logs_carry_no_secret_and_no_payload(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    gateway, provider = scene
    with caplog.at_level(logging.DEBUG):
        gateway.says(201, order())
        provider.create(REQUEST)
        gateway.says(401)
        gateway.says(200, PAID)
        provider.query(PAYMENT)
    ours = settings.PROVIDER_SETTINGS["paypal"]
    pair = f"{ours['client_id']}:{ours['client_secret']}"
    for word in (b64encode(pair.encode()).decode(), "EGnHDxD_qR", "Bearer", "42311647XV020574X"):
        assert word not in caplog.text
