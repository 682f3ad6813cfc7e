"""PayPal's orders, captures, refunds and disputes, read state by state and garbage by garbage."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.paypal import wire
from limosa.domain.payments.providers.paypal.bodies import capture_body, order_body, refund_body
from limosa.domain.payments.providers.paypal.fields import (
    MINOR_MAX,
    read_money,
    read_object,
    read_parts,
    read_time,
    write_money,
)
from limosa.domain.payments.providers.paypal.refusals import Refusal
from limosa.domain.payments.requests import PaymentHandle, PaymentRequest
from limosa.domain.payments.status_reports import (
    Decline,
    DisputeOutcome,
    DisputeStatusReport,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
    SavedMethodReport,
)
from limosa.foundation.money import Money
from tests.contract.providers.paypal_signer import MERCHANT_ID, NOW, capture, dispute, order, refund
from tests.fakes.handles import refund_of

NUMBER = "P20261122000001"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def refused(act: Any, *arguments: Any, **words: Any) -> str:
    with pytest.raises(MessageRefusedError) as failed:
        act(*arguments, **words)
    assert failed.value.reason is Refusal.RESOURCE_MALFORMED
    return str(failed.value)


PAID = PaymentStatusReport(
    payment_number=NUMBER,
    state=ProviderState.SUCCEEDED,
    transaction_id="42311647XV020574X",
    amount_minor=2599,
    currency="USD",
    merchant=MERCHANT_ID,
    paid_at=datetime(2026, 11, 22, 11, 59, 58, tzinfo=UTC),
)


@pytest.mark.parametrize("status", ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"])
def test_a_capture_that_was_completed_is_a_payment(status: str) -> None:
    report = wire.read_order(
        order(status="COMPLETED", captures=[capture(status=status)]), method=""
    )
    assert report == PAID


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("PENDING", ProviderState.PROCESSING),
        ("DECLINED", ProviderState.FAILED),
        ("FAILED", ProviderState.FAILED),
    ],
)
def test_another_capture_says_what_became_of_it(status: str, state: ProviderState) -> None:
    known = order(status="COMPLETED", captures=[capture(status=status)])
    said = wire.read_order(known, method="checkout")
    assert (said.payment_number, said.state, said.merchant) == (NUMBER, state, MERCHANT_ID)
    assert (said.decline is None) == (state is not ProviderState.FAILED)


@pytest.mark.parametrize(
    ("response", "decline"),
    [
        (None, Decline.REFUSED),
        ({"response_code": "5120"}, Decline.INSUFFICIENT_FUNDS),
        ({"response_code": "5400"}, Decline.CARD_EXPIRED),
        ({"response_code": "00N7"}, Decline.DETAILS_WRONG),
        ({"response_code": "9500"}, Decline.REFUSED),
        ({"response_code": ["5120"]}, Decline.REFUSED),
    ],
)
def test_a_declined_capture_says_why(response: object, decline: Decline) -> None:
    declined = capture(status="DECLINED") | {"processor_response": response}
    closed = order(status="COMPLETED", captures=[declined])
    assert wire.read_order(closed, method="checkout").decline is decline
    is_open = order(status="PAYER_ACTION_REQUIRED", captures=[declined])
    said = wire.read_order(is_open, method="checkout")
    assert (said.state, said.decline) == (ProviderState.PENDING, decline)


@pytest.mark.parametrize(
    ("status", "checkout", "saved"),
    [
        ("CREATED", ProviderState.PENDING, ProviderState.PENDING),
        ("SAVED", ProviderState.PENDING, ProviderState.PENDING),
        ("PAYER_ACTION_REQUIRED", ProviderState.PENDING, ProviderState.PAYER_NEEDED),
        ("APPROVED", ProviderState.APPROVED, ProviderState.PAYER_NEEDED),
        ("VOIDED", ProviderState.CLOSED, ProviderState.CLOSED),
    ],
)
def test_an_order_without_a_capture_says_where_it_stands(
    status: str, checkout: ProviderState, saved: ProviderState
) -> None:
    for method, state in (("checkout", checkout), ("saved", saved)):
        report = wire.read_order(order(status=status), method=method)
        assert report == PaymentStatusReport(
            payment_number=NUMBER, state=state, merchant=MERCHANT_ID
        )


def test_a_declined_capture_leaves_an_open_order_open() -> None:
    declined = capture(status="DECLINED")
    assert wire.read_order(order(status="APPROVED", captures=[declined]), method="").state is (
        ProviderState.APPROVED
    )
    paid = order(status="COMPLETED", captures=[declined, capture()])
    assert wire.read_order(paid, method="") == PAID


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "COMPLETED"},
        {"status": "DONE"},
        {"status": 7},
        {"purchase_units": []},
        {"purchase_units": None},
        {"purchase_units": {}},
        {"purchase_units": ["x"]},
        {"unit": {"payee": None}},
        {"unit": {"payee": "x"}},
        {"unit": {"invoice_id": "", "custom_id": None}},
        {"unit": {"invoice_id": "P" * 33, "custom_id": "P" * 33}},
        {"captures": [capture(status="LOST")]},
        {"captures": [capture(id="a/b")]},
        {"captures": [capture(amount=None)]},
        {"captures": [capture(create_time="2026-11-22T11:59:58")]},
        {"captures": [capture(create_time=None)]},
        {"captures": [capture(invoice_id=None, custom_id=7)]},
    ],
)
def test_an_order_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    refused(wire.read_order, order(**changed), method="checkout")


def test_a_capture_that_names_no_payee_is_ours() -> None:
    without = {name: word for name, word in capture().items() if name != "payee"}
    assert wire.read_capture(without, merchant="OURS").merchant == "OURS"
    assert wire.read_capture(capture(), merchant="OURS").merchant == MERCHANT_ID


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("COMPLETED", RefundOutcome.SUCCEEDED),
        ("PENDING", RefundOutcome.PENDING),
        ("CANCELLED", RefundOutcome.FAILED),
        ("FAILED", RefundOutcome.FAILED),
    ],
)
def test_a_refund_says_how_it_stands(status: str, outcome: RefundOutcome) -> None:
    assert wire.read_refund(refund(status=status)) == RefundStatusReport(
        refund_number="R20261122000001",
        payment_number=NUMBER,
        outcome=outcome,
        reference="1JU08902781691411",
        amount_minor=600,
        currency="USD",
    )


def test_a_refund_by_hand_has_no_number_of_ours() -> None:
    by_hand = wire.read_refund(refund(invoice_id=NUMBER))
    assert (by_hand.refund_number, by_hand.payment_number) == ("", NUMBER)
    nameless = wire.read_refund(refund(invoice_id=None, custom_id=None))
    assert (nameless.refund_number, nameless.payment_number) == ("", "")


@pytest.mark.parametrize("changed", [{"status": "GONE"}, {"amount": {}}, {"id": None}])
def test_a_refund_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    refused(wire.read_refund, refund(**changed))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("RESOLVED_BUYER_FAVOUR", DisputeOutcome.LOST),
        ("ACCEPTED", DisputeOutcome.LOST),
        ("RESOLVED_SELLER_FAVOUR", DisputeOutcome.WON),
        ("RESOLVED_WITH_PAYOUT", DisputeOutcome.WON),
        ("CANCELED_BY_BUYER", DisputeOutcome.WON),
        ("DENIED", DisputeOutcome.WON),
        ("NONE", DisputeOutcome.OPEN),
        (7, DisputeOutcome.OPEN),
    ],
)
def test_a_dispute_ends_as_it_says_or_stays_for_a_person(
    code: object, outcome: DisputeOutcome
) -> None:
    open_one = DisputeStatusReport(
        reference="PP-D-27803",
        outcome=DisputeOutcome.OPEN,
        payment_number=NUMBER,
        transaction_id="42311647XV020574X",
        amount_minor=2599,
        currency="USD",
        reason="UNAUTHORISED",
    )
    assert wire.read_dispute(dispute()) == open_one
    said = {"outcome_code": code}
    assert wire.read_dispute(dispute(status="RESOLVED", dispute_outcome=said)).outcome is outcome
    assert wire.read_dispute(dispute(status="UNDER_REVIEW", dispute_outcome=said)) == open_one


def test_what_was_lost_is_what_went_back() -> None:
    said = {
        "outcome_code": "RESOLVED_BUYER_FAVOUR",
        "amount_refunded": {"currency_code": "USD", "value": "5.00"},
    }
    report = wire.read_dispute(dispute(status="RESOLVED", dispute_outcome=said))
    assert (report.amount_minor, report.lost_minor) == (2599, 500)
    said["amount_refunded"] = {"currency_code": "EUR", "value": "5.00"}
    report = wire.read_dispute(dispute(status="RESOLVED", dispute_outcome=said))
    assert (report.amount_minor, report.lost_minor) == (2599, None)


@pytest.mark.parametrize("number", ["x" * 33, "INV 7", None])
def test_a_number_that_cannot_be_ours_names_nothing(number: str | None) -> None:
    by_another = refund(invoice_id=number, custom_id=number)
    report = wire.read_refund(by_another)
    assert (report.refund_number, report.payment_number) == ("", "")
    disputed = {"seller_transaction_id": "42311647XV020574X", "invoice_number": number}
    assert wire.read_dispute(dispute(disputed_transactions=[disputed])).payment_number == ""


def test_a_dispute_about_nothing_is_refused() -> None:
    refused(wire.read_dispute, dispute(disputed_transactions=[]))


def vaulted(status: str = "VAULTED", **wallet: Any) -> dict[str, Any]:
    vault = {"id": "nkq2y9g", "status": status}
    members = {"email_address": "jane@example.com", "attributes": {"vault": vault}} | wallet
    return order(payment_source={"paypal": members})


def test_what_the_vault_kept_is_read_from_the_order() -> None:
    kept = SavedMethodReport(reference="nkq2y9g", label="j•••@example.com")
    assert wire.read_vaulted(vaulted()) == kept
    assert wire.read_vaulted(vaulted("APPROVED")) is None
    assert wire.is_being_vaulted(vaulted("APPROVED"))
    assert not wire.is_being_vaulted(vaulted())
    assert wire.read_vaulted(order()) is None


@pytest.mark.parametrize(
    "email", [None, 7, "", "jane", "@example.com", "jane@", "\n@x.y", "j@\n", "j@" + "x" * 61]
)
def test_an_address_that_is_none_is_not_shown(email: object) -> None:
    kept = wire.read_vaulted(vaulted(email_address=email))
    assert kept is not None
    assert kept.label == "PayPal"


def test_the_link_is_a_web_address() -> None:
    assert wire.read_link(order()) == "https://www.paypal.com/checkoutnow?token=5O1"
    other = {"rel": "self", "href": "https://api-m.paypal.com/"}
    action = {"rel": "payer-action", "href": "https://www.paypal.com/x"}
    assert wire.read_link(order(links=[other, action])) == "https://www.paypal.com/x"
    refused(wire.read_link, order(links=[other]))
    refused(wire.read_link, order(links=[{"rel": "approve", "href": "javascript:alert(1)"}]))


@given(json_values)
def test_any_json_is_read_or_refused(value: Any) -> None:
    fields = value if isinstance(value, dict) else {"purchase_units": value, "status": value}
    for read in (wire.read_refund, wire.read_dispute, wire.read_vaulted, wire.read_link):
        with suppress(MessageRefusedError):
            read(fields)
    for made in (fields, order(unit=fields), order(captures=[fields]), order(**fields)):
        with suppress(MessageRefusedError):
            wire.read_order(made, method="checkout")
    with suppress(MessageRefusedError):
        wire.read_capture(capture(**fields), merchant="")


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_refused(text: bytes) -> None:
    with suppress(MessageRefusedError):
        assert isinstance(read_object(text), dict)


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "[" * 100_000])
def test_what_is_no_object_is_refused(text: str) -> None:
    refused(read_object, text)


def test_a_list_of_anything_else_is_refused() -> None:
    assert read_parts({}, "captures") == []
    refused(read_parts, {"captures": [7]}, "captures")


@given(st.integers(min_value=0, max_value=MINOR_MAX), st.sampled_from(sorted(wire.CURRENCIES)))
def test_an_amount_is_read_as_it_was_written(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    assert read_money({"amount": write_money(amount)}, "amount") == amount


@pytest.mark.parametrize(
    ("minor", "currency", "value"),
    [(2599, "USD", "25.99"), (2500, "EUR", "25.00"), (5, "USD", "0.05"), (2599, "JPY", "2599")],
)
def test_an_amount_is_written_in_full(minor: int, currency: str, value: str) -> None:
    assert write_money(Money(minor, currency)) == {"currency_code": currency, "value": value}


@pytest.mark.parametrize(
    ("currency", "value"),
    [
        ("USD", "25.999"),
        ("JPY", "25.5"),
        ("USD", "-1.00"),
        ("USD", "1e3"),
        ("USD", "25,99"),
        ("USD", ""),
        ("USD", 25.99),
        ("usd", "25.99"),
        (None, "25.99"),
        ("USD", "99999999999999.99"),
    ],
)
def test_what_is_no_amount_is_refused(currency: object, value: object) -> None:
    refused(read_money, {"amount": {"currency_code": currency, "value": value}}, "amount")


def test_a_movement_may_be_below_zero() -> None:
    amount = {"amount": {"currency_code": "USD", "value": "-1.40"}}
    assert read_money(amount, "amount", may_be_negative=True) == Money(-140, "USD")


@pytest.mark.parametrize("text", ["2026-11-22T12:00:00+0000", "2026-11-22T12:00:00.000Z"])
def test_times_are_read_in_either_form(text: str) -> None:
    assert read_time({"at": text}, "at") == NOW


@pytest.mark.parametrize("value", ["", None, 7, "soon", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_refused(value: object) -> None:
    refused(read_time, {"at": value}, "at")


def request(**changed: Any) -> PaymentRequest:
    words: dict[str, Any] = {
        "number": NUMBER,
        "amount": Money(2599, "USD"),
        "description": "Japan 30 days " * 20,
        "method": "checkout",
        "created_at": NOW,
        "expires_at": NOW,
        "notify_url": "https://limosa.example/payments/paypal/notify",
        "return_url": "https://limosa.example/orders/L1/",
        "customer_reference": "c0ffee" * 4,
    }
    return PaymentRequest(**words | changed)


def test_an_order_says_where_the_payer_comes_back_to() -> None:
    body = order_body(request(language="zh-Hans"))
    context = body["payment_source"]["paypal"]["experience_context"]
    assert context["return_url"] == context["cancel_url"] == "https://limosa.example/orders/L1/"
    assert context["locale"] == "zh-CN"
    assert "attributes" not in body["payment_source"]["paypal"]
    [unit] = body["purchase_units"]
    assert (unit["invoice_id"], unit["custom_id"]) == (NUMBER, NUMBER)
    assert len(unit["description"]) == 127


def test_a_language_that_paypal_has_not_is_left_to_the_payer() -> None:
    wallet = order_body(request(language="la"))["payment_source"]["paypal"]
    assert "locale" not in wallet["experience_context"]


def test_a_method_is_kept_only_when_that_was_asked_for() -> None:
    attributes = order_body(request(save_method=True))["payment_source"]["paypal"]["attributes"]
    assert attributes["vault"]["store_in_vault"] == "ON_SUCCESS"
    assert attributes["customer"] == {"merchant_customer_id": "c0ffee" * 4}


def test_an_order_for_a_saved_account_names_it_when_it_is_captured() -> None:
    assert "payment_source" not in order_body(request(method="saved", saved_reference="x"))
    handle = PaymentHandle(number="LM1", method="saved", amount=Money(500, "USD"))
    assert capture_body(handle) == {}
    for is_automatic, initiator in ((False, "CUSTOMER"), (True, "MERCHANT")):
        saved = replace(handle, saved_reference="nkq2y9g", is_automatic=is_automatic)
        wallet = capture_body(saved)["payment_source"]["paypal"]
        assert wallet["vault_id"] == "nkq2y9g"
        assert wallet["stored_credential"]["payment_initiator"] == initiator


def test_a_refund_names_itself_and_its_payment() -> None:
    amount = Money(600, "USD")
    asked = refund_of(NUMBER, number="R1234567", amount=amount, total=amount, reason="x" * 300)
    body = refund_body(asked)
    assert (body["invoice_id"], body["custom_id"]) == ("R1234567", NUMBER)
    assert body["amount"] == {"currency_code": "USD", "value": "6.00"}
    assert len(body["note_to_payer"]) == 255
