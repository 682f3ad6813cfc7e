"""Stripe's calls as they go out, and which answers are believed."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import override_settings
from pytest_socket import enable_socket

from limosa.domain.payments.providers.stripe import calls, connection
from limosa.domain.payments.providers.stripe.provider import StripeProvider
from limosa.domain.payments.requests import PaymentHandle, RefundHandle
from limosa.domain.payments.status_reports import PaymentStatusReport, ProviderState, RefundOutcome
from limosa.foundation.errors import LocalProtocolError, ProviderError
from tests.contract.providers.harness_stripe import connection_of
from tests.contract.providers.stripe_scripted import SECRET_KEY, ScriptedStripe, open_scripted
from tests.contract.providers.stripe_signer import (
    ACCOUNT,
    CREATED,
    INTENT,
    NUMBER,
    REFUND,
    intent,
    refund,
    session,
)
from tests.provider_settings import given_to
from tests.unit.payments.test_stripe_parameters import REQUEST, refund_request

pytestmark = pytest.mark.enable_socket
Scene = tuple[ScriptedStripe, StripeProvider]
SESSION = "cs_test_a1b2c3"
IN_SESSION = PaymentHandle(
    number=NUMBER,
    method="checkout",
    amount=REQUEST.amount,
    reference=SESSION,
    transaction_id=INTENT,
)
BY_SAVED = replace(IN_SESSION, method="saved", reference=INTENT)
CHARGED = {"id": INTENT, "latest_charge": {"id": "ch_1", "created": CREATED}}
PAGE = "https://checkout.stripe.com/c/pay/cs_test_a1b2c3#fid"


@pytest.fixture(scope="module")
def opened() -> Iterator[Scene]:
    enable_socket()
    with open_scripted() as scene:
        yield scene


@pytest.fixture
def scene(opened: Scene) -> Scene:
    stripe, _ = opened
    stripe.script.clear()
    stripe.asked.clear()
    return opened


def failure(ask: Callable[[], object]) -> ProviderError:
    with pytest.raises(ProviderError) as failed:
        ask()
    return failed.value


def test_a_session_is_created_with_our_number_as_the_key(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, session(status="open", url=PAGE))
    started = provider.create(REQUEST)
    assert (started.pay_url, started.reference) == (PAGE, SESSION)
    (asked,) = stripe.asked
    assert (asked.method, asked.path) == ("POST", "/v1/checkout/sessions")
    assert asked.headers["authorization"] == f"Bearer {SECRET_KEY}"
    assert asked.headers["idempotency-key"] == NUMBER
    assert asked.headers["stripe-version"] == calls.API_VERSION
    assert "x-stripe-client-telemetry" not in asked.headers
    assert "telemetry_id" not in asked.headers["x-stripe-client-user-agent"]
    form = stripe.form(0)
    assert form["line_items[0][price_data][unit_amount]"] == "2599"
    assert form["payment_intent_data[metadata][payment_number]"] == NUMBER
    assert "customer" not in form


def test_a_card_is_saved_for_one_customer_per_person(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, {"id": "cus_abc", "object": "customer", "livemode": False})
    stripe.says(200, session(status="open", url=PAGE))
    provider.create(replace(REQUEST, save_method=True))
    assert stripe.asked[0].headers["idempotency-key"] == "customer-c0ffee"
    assert stripe.form(0) == {"metadata[customer_reference]": "c0ffee"}
    assert stripe.form(1)["customer"] == "cus_abc"
    assert stripe.form(1)["payment_intent_data[setup_future_usage]"] == "off_session"


def test_a_payment_by_a_saved_card_is_created_and_not_confirmed(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, intent(status="requires_confirmation"))
    started = provider.create(replace(REQUEST, method="saved"))
    assert (started.pay_url, started.reference) == ("", INTENT)
    assert stripe.asked[0].path == "/v1/payment_intents"
    assert stripe.asked[0].headers["idempotency-key"] == NUMBER
    assert not {"confirm", "off_session"} & set(stripe.form(0))


def test_a_charge_has_a_key_of_its_own_and_says_that_nobody_is_there(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, intent())
    stripe.says(200, intent(latest_charge={"id": "ch_1", "created": CREATED}))
    assert provider.capture(BY_SAVED).state is ProviderState.SUCCEEDED
    assert stripe.asked[0].path == f"/v1/payment_intents/{INTENT}/confirm"
    assert stripe.asked[0].headers["idempotency-key"] == f"{NUMBER}-confirm"
    assert stripe.form(0) == {"off_session": "true"}


def test_a_charge_that_was_refused_in_any_way_is_asked_for(scene: Scene) -> None:
    stripe, provider = scene
    stripe.refuses(402, type="card_error", code="authentication_required")
    stripe.says(200, intent(status="requires_action"))
    assert provider.capture(BY_SAVED).state is ProviderState.PAYER_NEEDED
    stripe.refuses(400, code="payment_intent_unexpected_state")
    stripe.says(200, intent())
    assert provider.capture(BY_SAVED).state is ProviderState.SUCCEEDED
    stripe.refuses(400, code="payment_method_invalid")
    stripe.says(200, intent(status="requires_confirmation"))
    error = failure(lambda: provider.capture(BY_SAVED))
    assert (str(error), error.retryable) == ("HTTP 400 payment_method_invalid", False)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (session(payment_intent=CHARGED), ProviderState.SUCCEEDED),
        (session(status="open", payment_status="unpaid"), ProviderState.PENDING),
        (session(status="expired", payment_status="unpaid"), ProviderState.CLOSED),
        (session(payment_status="unpaid"), ProviderState.PROCESSING),
        (
            session(payment_status="unpaid", payment_intent={"status": "processing"}),
            ProviderState.PROCESSING,
        ),
        (
            session(payment_status="unpaid", payment_intent={"status": "requires_payment_method"}),
            ProviderState.FAILED,
        ),
        (
            session(payment_status="unpaid", payment_intent={"status": "canceled"}),
            ProviderState.FAILED,
        ),
    ],
)
def test_a_session_is_asked_for_with_its_charge(
    scene: Scene, said: dict[str, Any], state: ProviderState
) -> None:
    stripe, provider = scene
    stripe.says(200, said)
    assert provider.query(IN_SESSION).state is state
    assert stripe.asked[0].query == {"expand[0]": "payment_intent.latest_charge"}


def test_a_paid_session_gives_its_exact_report(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, session(payment_intent=CHARGED))
    assert provider.query(IN_SESSION) == PaymentStatusReport(
        payment_number=NUMBER,
        state=ProviderState.SUCCEEDED,
        transaction_id=INTENT,
        amount_minor=2599,
        currency="USD",
        merchant=ACCOUNT,
        paid_at=datetime.fromtimestamp(CREATED, UTC),
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("succeeded", ProviderState.SUCCEEDED),
        ("processing", ProviderState.PROCESSING),
        ("requires_capture", ProviderState.PENDING),
        ("requires_confirmation", ProviderState.APPROVED),
        ("requires_action", ProviderState.PAYER_NEEDED),
        ("requires_payment_method", ProviderState.FAILED),
        ("canceled", ProviderState.CLOSED),
    ],
)
def test_a_payment_by_a_saved_card_of_each_status(
    scene: Scene, status: str, state: ProviderState
) -> None:
    stripe, provider = scene
    stripe.says(200, intent(status=status))
    assert provider.query(BY_SAVED).state is state


def test_without_a_reference_nobody_is_asked(scene: Scene) -> None:
    stripe, provider = scene
    nameless = replace(IN_SESSION, reference="", transaction_id="")
    assert provider.query(nameless).state is ProviderState.UNKNOWN
    provider.close(nameless)
    found = provider.query_refund(RefundHandle(number=REFUND, payment=nameless))
    assert found.outcome is RefundOutcome.UNKNOWN
    assert provider.saved_method(nameless) is None
    with pytest.raises(LocalProtocolError):
        provider.refund(refund_request(payment=nameless))
    with pytest.raises(LocalProtocolError):
        provider.capture(nameless)
    assert stripe.asked == []


def test_what_stripe_has_never_heard_of_is_unknown(scene: Scene) -> None:
    stripe, provider = scene
    stripe.refuses(404, code="resource_missing")
    assert provider.query(IN_SESSION).state is ProviderState.UNKNOWN
    stripe.refuses(404, code="resource_missing")
    handle = RefundHandle(number=REFUND, payment=IN_SESSION, reference="re_3abc")
    assert provider.query_refund(handle).outcome is RefundOutcome.UNKNOWN
    stripe.refuses(404, code="url_invalid")
    assert not failure(lambda: provider.query(IN_SESSION)).retryable


def test_an_answer_about_something_else_is_not_believed(scene: Scene) -> None:
    stripe, provider = scene
    handle = RefundHandle(number=REFUND, payment=IN_SESSION, reference="re_3abc")
    other = refund(metadata={"refund_number": "R2"})
    stripe.says(200, session(client_reference_id="P2"))
    assert failure(lambda: provider.query(IN_SESSION)).retryable
    stripe.says(200, other)
    assert failure(lambda: provider.query_refund(handle)).retryable
    stripe.says(200, {"object": "list", "data": [], "has_more": False})
    stripe.says(200, other)
    request = refund_request(number=REFUND, payment=IN_SESSION)
    assert failure(lambda: provider.refund(request)).retryable


@pytest.mark.parametrize("livemode", [True, None, "false"])
def test_an_answer_of_the_other_mode_is_not_believed(scene: Scene, livemode: object) -> None:
    stripe, provider = scene
    stripe.says(200, session(livemode=livemode))
    error = failure(lambda: provider.query(IN_SESSION))
    assert error.retryable
    assert str(error) == "reply not understood: livemode_wrong"


def test_a_refund_is_looked_for_before_it_is_asked_for(scene: Scene) -> None:
    stripe, provider = scene
    request = refund_request(number=REFUND, payment=IN_SESSION)
    others = [refund(id=f"re_{place}", metadata={}) for place in range(2)]
    stripe.says(200, {"object": "list", "data": others, "has_more": True})
    stripe.says(200, {"object": "list", "data": [refund()], "has_more": False})
    assert provider.refund(request).reference == "re_3abc"
    assert [asked.method for asked in stripe.asked] == ["GET", "GET"]
    assert stripe.asked[0].query == {"payment_intent": INTENT, "limit": "100"}
    assert stripe.asked[1].query["starting_after"] == "re_1"
    stripe.asked.clear()
    stripe.says(200, {"object": "list", "data": others, "has_more": False})
    stripe.says(200, refund())
    assert provider.refund(request).reference == "re_3abc"
    assert stripe.asked[1].headers["idempotency-key"] == REFUND


def test_a_list_that_does_not_end_is_given_up(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe, provider = scene
    monkeypatch.setattr(calls, "PAGES_MAX", 2)
    request = refund_request(number=REFUND, payment=IN_SESSION)
    for _ in range(2):
        stripe.says(200, {"object": "list", "data": [refund(metadata={})], "has_more": True})
    assert str(failure(lambda: provider.refund(request))) == "a list without end"


@pytest.mark.parametrize("page", [{}, {"data": 5}, {"data": [5]}, {"data": None}])
def test_a_list_of_another_form_is_not_believed(scene: Scene, page: dict[str, Any]) -> None:
    stripe, provider = scene
    stripe.says(200, page)
    request = refund_request(number=REFUND, payment=IN_SESSION)
    assert failure(lambda: provider.refund(request)).retryable


def test_a_saved_card_is_shown_by_its_last_digits(scene: Scene) -> None:
    stripe, provider = scene
    card = {"id": "pm_def", "customer": "cus_abc", "card": {"brand": "visa", "last4": "4242"}}
    kept = intent(customer="cus_abc", setup_future_usage="off_session", payment_method=card)
    stripe.says(200, session(payment_intent=kept))
    left = provider.saved_method(IN_SESSION)
    assert left is not None
    assert (left.reference, left.label) == ("cus_abc:pm_def", "Visa •••• 4242")
    assert stripe.asked[0].query == {"expand[0]": "payment_intent.payment_method"}
    card["card"] = {"brand": "tomorrow", "last4": "0001"}
    stripe.says(200, session(payment_intent=kept))
    left = provider.saved_method(IN_SESSION)
    assert left is not None
    assert left.label == "Card •••• 0001"
    for nothing in (INTENT, kept | {"setup_future_usage": None}, kept | {"customer": None}):
        stripe.says(200, session(payment_intent=nothing))
        assert provider.saved_method(IN_SESSION) is None


def test_a_card_that_is_gone_is_forgotten(scene: Scene) -> None:
    stripe, provider = scene
    reference = "cus_abc:pm_def"
    stripe.says(200, {"id": "pm_def", "customer": None})
    provider.forget(reference)
    assert stripe.asked[0].path == "/v1/payment_methods/pm_def/detach"
    stripe.refuses(404, code="resource_missing")
    stripe.refuses(404, code="resource_missing")
    provider.forget(reference)
    stripe.refuses(400)
    stripe.says(200, {"id": "pm_def", "customer": None})
    provider.forget(reference)
    stripe.refuses(400)
    stripe.says(200, {"id": "pm_def", "customer": "cus_abc"})
    assert not failure(lambda: provider.forget(reference)).retryable
    stripe.refuses(429)
    assert failure(lambda: provider.forget(reference)).retryable


def test_a_day_is_fetched_by_its_bounds(scene: Scene) -> None:
    stripe, provider = scene
    stripe.says(200, {"object": "list", "data": [], "has_more": False})
    file = BytesIO()
    provider.fetch_settlement(datetime(2026, 11, 22, tzinfo=UTC).date(), file)
    assert stripe.asked[0].query == {
        "created[gte]": "1795305600",
        "created[lt]": "1795392000",
        "expand[0]": "data.source",
        "limit": "100",
    }
    assert list(provider.read_settlement(BytesIO(file.getvalue()))) == []


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, True), (402, False), (403, True), (404, False), (409, True), (429, True)],
)
def test_a_refusal_is_final_unless_asking_later_may_help(
    scene: Scene, status: int, *, retryable: bool
) -> None:
    stripe, provider = scene
    for _ in range(2):
        stripe.refuses(status, code="some_code", decline_code="other_code")
    error = failure(lambda: provider.query(IN_SESSION))
    assert (str(error), error.retryable) == (f"HTTP {status} some_code", retryable)


def test_a_refusal_says_its_kind_and_none_of_its_words(scene: Scene) -> None:
    stripe, provider = scene
    for words, said in (
        ({"type": "idempotency_error"}, "HTTP 400 idempotency_error"),
        ({"type": "<b>", "code": "A " * 99}, "HTTP 400"),
        ({"type": None, "code": 5}, "HTTP 400"),
    ):
        stripe.refuses(400, **words)
        error = failure(lambda: provider.query(IN_SESSION))
        assert str(error) == said
        assert error.__cause__ is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{", b"\xff\xfe", b"[" * 50_000, b'{"error": "x"}']
)
@pytest.mark.parametrize("status", [200, 302, 500])
def test_what_is_no_reply_of_stripe_is_asked_for_once_more(
    scene: Scene, status: int, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (status, body) == (200, b'{"error": "x"}'):
        pytest.skip("a success may have any members")
    no_wait(monkeypatch)
    stripe, provider = scene
    headers = {"Location": "/elsewhere"} if status == 302 else {}
    for _ in range(2):
        stripe.says(status, body, headers)
    error = failure(lambda: provider.query(IN_SESSION))
    assert error.retryable
    assert str(error) == f"HTTP {status}, not a reply of Stripe"
    assert len(stripe.asked) == 2


def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the SDK not sleep before its second attempt."""
    monkeypatch.setattr(connection.Connection, "_sleep_time_seconds", lambda *_: 0)


def test_one_lost_answer_is_not_noticed_and_two_are(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_wait(monkeypatch)
    stripe, provider = scene
    stripe.hangs_up()
    stripe.says(200, session(payment_intent=CHARGED))
    assert provider.query(IN_SESSION).state is ProviderState.SUCCEEDED
    error = failure(lambda: provider.query(IN_SESSION))
    assert (str(error), error.retryable) == ("no answer (ConnectionError)", True)


def test_both_attempts_have_one_key(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    no_wait(monkeypatch)
    stripe, provider = scene
    stripe.refuses(500, type="api_error")
    stripe.says(200, session(status="open", url=PAGE))
    provider.create(REQUEST)
    assert len({asked.headers["idempotency-key"] for asked in stripe.asked}) == 1
    assert stripe.asked[0].body == stripe.asked[1].body


def test_a_slow_failure_is_not_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "RETRY_WITHIN_SECONDS", -1)
    stripe, provider = scene
    stripe.hangs_up()
    assert failure(lambda: provider.query(IN_SESSION)).retryable
    assert len(stripe.asked) == 1


def test_a_reply_without_end_is_not_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REPLY_BYTES_MAX", 1000)
    stripe, provider = scene
    stripe.says(200, b" " * 100_000)
    error = failure(lambda: provider.query(IN_SESSION))
    assert (str(error), error.retryable) == ("reply too large", True)
    assert len(stripe.asked) == 1


def test_nobody_there_is_an_error_that_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    no_wait(monkeypatch)
    values = {
        "account": ACCOUNT,
        "secret_key": SECRET_KEY,
        "webhook_secret": "whsec_0123456789",
        "api_url": "http://127.0.0.1:9",
    }
    with override_settings(PROVIDER_SETTINGS=given_to("stripe", values)):
        provider = StripeProvider()
    assert failure(lambda: provider.query(IN_SESSION)).retryable
    connection_of(provider).close()


def test_a_reference_cannot_lead_elsewhere(scene: Scene) -> None:
    stripe, provider = scene
    stripe.refuses(404, code="resource_missing")
    provider.query(replace(IN_SESSION, reference="cs_/../../v1/refunds?x=1"))
    assert stripe.asked[0].path.startswith("/v1/checkout/sessions/cs_%2F..%2F..%2Fv1%2Frefunds")


def test_a_method_that_is_none_is_not_sent(scene: Scene) -> None:
    stripe, provider = scene
    with pytest.raises(LocalProtocolError):
        provider.create(replace(REQUEST, method="cheque"))
    assert stripe.asked == []


def test_logs_carry_no_secret_and_no_payload(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    stripe, provider = scene
    with caplog.at_level(logging.INFO, logger="limosa"), caplog.at_level(logging.WARNING, "stripe"):
        stripe.says(200, session(status="open", url=PAGE))
        provider.create(REQUEST)
        stripe.refuses(400, message="Secret words")
        error = failure(lambda: provider.query(IN_SESSION))
    for word in (SECRET_KEY, "ScriptedSecret", "日本", "Secret words", "fid"):
        assert word not in caplog.text
        assert word not in str(error)
