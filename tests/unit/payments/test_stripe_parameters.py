"""What goes out to Stripe: the same request gives the same words, and nothing wrong is sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.stripe import parameters, wire
from limosa.domain.payments.requests import PaymentHandle, PaymentRequest, RefundRequest
from limosa.foundation.errors import LocalProtocolError
from limosa.foundation.money import Money

CREATED_AT = datetime(2026, 11, 22, 16, tzinfo=UTC)
REQUEST = PaymentRequest(
    number="P20261122000001",
    amount=Money(2599, "USD"),
    description="日本 30 天 10 GB",
    method="checkout",
    created_at=CREATED_AT,
    expires_at=CREATED_AT + timedelta(minutes=15),
    notify_url="https://limosa.example/payments/stripe/notify",
    return_url="https://limosa.example/orders/L1/",
    customer_reference="c0ffee",
    saved_reference="cus_abc:pm_def",
    language="zh-hant",
)
PAYMENT = PaymentHandle(
    number=REQUEST.number, method="checkout", amount=REQUEST.amount, transaction_id="pi_1"
)


def refund_request(**changed: Any) -> RefundRequest:
    words: dict[str, Any] = {
        "number": "R1",
        "payment": PAYMENT,
        "amount": Money(600, "USD"),
        "total": Money(2599, "USD"),
        "reason": "not delivered",
    }
    return RefundRequest(**words | changed)


def test_a_session_is_asked_for_with() -> None:
    metadata = {"payment_number": "P20261122000001", "method": "checkout"}
    assert parameters.session(REQUEST, customer="") == {
        "mode": "payment",
        "payment_method_types": ["card"],
        "client_reference_id": "P20261122000001",
        "metadata": metadata,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 2599,
                    "product_data": {"name": "日本 30 天 10 GB"},
                },
            }
        ],
        "adaptive_pricing": {"enabled": False},
        "payment_intent_data": {"metadata": metadata, "description": "日本 30 天 10 GB"},
        "expires_at": int(CREATED_AT.timestamp()) + 3600,
        "success_url": "https://limosa.example/orders/L1/",
        "cancel_url": "https://limosa.example/orders/L1/",
        "locale": "zh-TW",
    }


def test_a_card_is_saved_for_the_customer_alone() -> None:
    asked = parameters.session(replace(REQUEST, save_method=True), customer="cus_abc")
    assert asked["customer"] == "cus_abc"
    assert asked["payment_intent_data"]["setup_future_usage"] == "off_session"
    assert parameters.customer(REQUEST) == {"metadata": {"customer_reference": "c0ffee"}}


@pytest.mark.parametrize(
    ("language", "locale"),
    [("zh-hans", "zh"), ("ZH-Hant", "zh-TW"), ("en", "en"), ("es", "es"), ("de", "auto")],
)
def test_stripe_speaks_the_persons_language(language: str, locale: str) -> None:
    asked = parameters.session(replace(REQUEST, language=language), customer="")
    assert asked["locale"] == locale


def test_a_saved_card_is_asked_to_pay_with() -> None:
    assert parameters.intent(REQUEST) == {
        "amount": 2599,
        "currency": "usd",
        "customer": "cus_abc",
        "payment_method": "pm_def",
        "payment_method_types": ["card"],
        "description": "日本 30 天 10 GB",
        "metadata": {"payment_number": "P20261122000001", "method": "saved"},
    }


def test_a_refund_is_asked_for_with() -> None:
    assert parameters.refund(refund_request()) == {
        "payment_intent": "pi_1",
        "amount": 600,
        "metadata": {
            "refund_number": "R1",
            "payment_number": "P20261122000001",
            "reason": "not delivered",
        },
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"number": "a/b"},
        {"number": "a" * 33},
        {"amount": Money(0, "USD")},
        {"amount": Money(100, "KWD")},
        {"save_method": True, "customer_reference": ""},
    ],
)
def test_a_payment_that_cannot_be_is_not_asked_for(changed: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        parameters.check(replace(REQUEST, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"amount": Money(0, "USD")},
        {"amount": Money(2600, "USD")},
        {"amount": Money(600, "EUR")},
    ],
)
def test_a_refund_that_cannot_be_is_not_asked_for(changed: dict[str, Any]) -> None:
    with pytest.raises(LocalProtocolError):
        parameters.check_refund(refund_request(**changed))


@pytest.mark.parametrize(
    "reference", ["", "cus_abc", "cus_abc:", "pm_def:cus_abc", "cus_a:pm_d/.."]
)
def test_a_reference_that_is_none_is_not_sent_and_not_shown(reference: str) -> None:
    with pytest.raises(LocalProtocolError) as refused:
        parameters.saved_parts(reference)
    assert not reference or reference not in str(refused.value)


@pytest.mark.parametrize(
    ("amount", "counted"),
    [
        (Money(2599, "USD"), 2599),
        (Money(2599, "JPY"), 2599),
        (Money(2599, "KRW"), 2599),
        (Money(2599, "ISK"), 259_900),
        (Money(2599, "UGX"), 259_900),
    ],
)
def test_stripe_counts_a_currency_as_it_does(amount: Money, counted: int) -> None:
    request = replace(REQUEST, amount=amount)
    parameters.check(request)
    price = parameters.session(request, customer="")["line_items"][0]["price_data"]
    assert price["unit_amount"] == parameters.intent(request)["amount"] == counted
    given = refund_request(amount=amount, total=amount)
    assert parameters.refund(given)["amount"] == counted
    said = {"currency": amount.currency.lower(), "amount": counted}
    assert wire.money(said, "amount") == amount


def test_what_stripe_counts_in_whole_ariary_has_two_decimals_here() -> None:
    assert wire.money({"currency": "mga", "amount": 25}, "amount") == Money(2500, "MGA")


@pytest.mark.parametrize("currency", ["KWD", "BHD", "TND", "MGA"])
def test_what_stripe_does_not_take_in_every_amount_is_not_asked_for(currency: str) -> None:
    with pytest.raises(LocalProtocolError):
        parameters.check(replace(REQUEST, amount=Money(1234, currency)))


def test_a_fraction_of_a_krona_is_refused() -> None:
    with pytest.raises(MessageRefusedError):
        wire.money({"currency": "isk", "amount": 150}, "amount")
