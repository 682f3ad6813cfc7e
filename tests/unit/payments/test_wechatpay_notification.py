"""Notifications: what is believed, what is refused and why; and that nothing else comes out."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.providers.wechatpay.notification import (
    BODY_BYTES_MAX,
    NotificationReader,
)
from limosa.domain.payments.providers.wechatpay.refusals import Refusal
from limosa.domain.payments.providers.wechatpay.signature import PlatformKey, PlatformKeys
from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from tests.contract.providers.signer import (
    API_V3_KEY,
    APPID,
    MCHID,
    SERIAL,
    PlatformSigner,
    envelope,
    refund_notice,
    seal,
    transaction,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNER = PlatformSigner()
READER = NotificationReader(
    platform_keys=PlatformKeys([PlatformKey(serial=SERIAL, public_key=SIGNER.key.public_key())]),
    api_v3_key=API_V3_KEY.encode(),
    mchid=MCHID,
    appid=APPID,
)


def read(body: bytes, headers: Mapping[str, str] | None = None) -> ProviderNotification:
    return READER.read(headers=headers or SIGNER.headers(body, at=NOW), body=body, now=NOW)


def refusal(body: bytes, headers: Mapping[str, str] | None = None) -> str:
    with pytest.raises(NotificationRefusedError) as refused:
        read(body, headers)
    return refused.value.reason


def payment_body(**changed: Any) -> bytes:
    return envelope("TRANSACTION.SUCCESS", seal(transaction(**changed)))


def test_a_payment_notification_gives_its_exact_report() -> None:
    assert read(payment_body()) == ProviderNotification(
        message_id="EV-2018022511223320873",
        report=PaymentStatusReport(
            payment_number="1217752501201407033233368018",
            state=ProviderState.SUCCEEDED,
            transaction_id="1217752501201407033233368018",
            amount_minor=100,
            currency="CNY",
            merchant=MCHID,
            paid_at=datetime(2018, 6, 8, 2, 34, 56, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("SUCCESS", RefundOutcome.SUCCEEDED),
        ("ABNORMAL", RefundOutcome.FAILED),
        ("CLOSED", RefundOutcome.FAILED),
    ],
)
def test_a_refund_notification_gives_its_exact_report(status: str, outcome: RefundOutcome) -> None:
    resource = seal(refund_notice(refund_status=status), associated_data="refund")
    assert read(envelope(f"REFUND.{status}", resource)).report == RefundStatusReport(
        refund_number="7752501201407033233368018",
        payment_number="20150806125346",
        outcome=outcome,
        amount_minor=999,
        currency="CNY",
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": {"total": 1, "currency": "CNY"}}, (1, "CNY", MCHID)),
        ({"amount": {"total": 100, "currency": "USD"}}, (100, "USD", MCHID)),
        ({"mchid": "1900000999"}, (100, "CNY", f"1900000999/{APPID}")),
        ({"appid": "wxanother"}, (100, "CNY", f"{MCHID}/wxanother")),
    ],
)
def test_amount_currency_and_merchant_are_reported_as_they_are_said(
    changed: dict[str, Any], said: tuple[int, str, str]
) -> None:
    report = read(payment_body(**changed)).report
    assert isinstance(report, PaymentStatusReport)
    assert (report.amount_minor, report.currency, report.merchant) == said


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_side_are_fresh(seconds: int) -> None:
    body = payment_body()
    read(body, SIGNER.headers(body, at=NOW + timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"timestamp": str(int(NOW.timestamp()) - 301)}, Refusal.TIMESTAMP_TOO_OLD),
        ({"timestamp": str(int(NOW.timestamp()) + 301)}, Refusal.TIMESTAMP_IN_FUTURE),
        ({"timestamp": "0x6921"}, Refusal.TIMESTAMP_MALFORMED),
        ({"timestamp": "٣" * 10}, Refusal.TIMESTAMP_MALFORMED),
        ({"timestamp": "9" * 5000}, Refusal.TIMESTAMP_MALFORMED),
        ({"serial": "PUB_KEY_ID_9"}, Refusal.SERIAL_UNKNOWN),
        ({"serial": ""}, Refusal.HEADER_MISSING),
        ({"nonce": ""}, Refusal.HEADER_MISSING),
        ({"signature": ""}, Refusal.HEADER_MISSING),
        ({"signature": "WECHATPAY/SIGNTEST/" + "A" * 325}, Refusal.SIGNATURE_PROBE),
        ({"signature": "not base64!"}, Refusal.SIGNATURE_WRONG),
        ({"signature": "QUJD"}, Refusal.SIGNATURE_WRONG),
        ({"signature_type": "WECHATPAY-BRAND-SHA256-RSA2048"}, Refusal.SIGNATURE_TYPE_UNKNOWN),
    ],
)
def test_a_header_that_does_not_hold_is_refused(changed: dict[str, str], reason: str) -> None:
    body = payment_body()
    assert refusal(body, SIGNER.headers(body, at=NOW, **changed)) == reason


def test_each_signature_header_is_needed_but_the_type() -> None:
    body = payment_body()
    for name in ("timestamp", "nonce", "signature", "serial"):
        headers = SIGNER.headers(body, at=NOW)
        del headers[f"wechatpay-{name}"]
        assert refusal(body, headers) == Refusal.HEADER_MISSING
    headers = SIGNER.headers(body, at=NOW)
    del headers["wechatpay-signature-type"]
    read(body, headers)


def test_a_signature_is_base64_and_nothing_around_it() -> None:
    body = payment_body()
    headers = SIGNER.headers(body, at=NOW)
    headers["wechatpay-signature"] += "\n"
    assert refusal(body, headers) == Refusal.SIGNATURE_WRONG


def test_another_platforms_signature_is_wrong() -> None:
    body = payment_body()
    assert refusal(body, PlatformSigner().headers(body, at=NOW)) == Refusal.SIGNATURE_WRONG


def test_the_nonce_is_signed() -> None:
    body = payment_body()
    headers = SIGNER.headers(body, at=NOW) | {"wechatpay-nonce": "another"}
    assert refusal(body, headers) == Refusal.SIGNATURE_WRONG


@given(place=st.integers(0), bit=st.integers(0, 7))
def test_no_bit_of_the_body_can_be_turned(place: int, bit: int) -> None:
    body = bytearray(payment_body())
    headers = SIGNER.headers(bytes(body), at=NOW)
    body[place % len(body)] ^= 1 << bit
    assert refusal(bytes(body), headers) == Refusal.SIGNATURE_WRONG


def test_a_large_body_is_refused_before_it_is_verified() -> None:
    assert refusal(b" " * (BODY_BYTES_MAX + 1), {"x": "y"}) == Refusal.BODY_TOO_LARGE


@pytest.mark.parametrize(
    "resource",
    [
        None,
        "text",
        {},
        seal(transaction()) | {"algorithm": "AEAD_SM4_GCM"},
        seal(transaction()) | {"ciphertext": 7},
        seal(transaction()) | {"ciphertext": "密"},
        seal(transaction()) | {"nonce": None},
        seal(transaction()) | {"nonce": "short"},
        seal(transaction()) | {"associated_data": ["transaction"]},
    ],
)
def test_an_envelope_of_another_form_is_refused(resource: Any) -> None:
    assert refusal(envelope("TRANSACTION.SUCCESS", resource)) == Refusal.ENVELOPE_MALFORMED


@pytest.mark.parametrize("message_id", [None, 7, "", "x" * 65, "a\x00b", "编号", "a\nb"])
def test_a_message_id_that_names_nothing_is_refused(message_id: Any) -> None:
    body = envelope("TRANSACTION.SUCCESS", seal(transaction()), id=message_id)
    assert refusal(body) == Refusal.ENVELOPE_MALFORMED


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"7", b"{", b"\xff", b"[" * 60_000, b'{"id":' + b"9" * 5000 + b"}"],
)
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    assert refusal(body) == Refusal.ENVELOPE_MALFORMED


@pytest.mark.parametrize("event", ["PAYSCORE.USER_PAID", "TRANSACTION.SUCCESS ", "", None, [], 7])
def test_an_event_that_we_did_not_ask_for_is_refused(event: Any) -> None:
    assert refusal(envelope(event, seal(transaction()))) == Refusal.EVENT_UNKNOWN


@pytest.mark.parametrize(
    "resource",
    [
        seal(transaction(), key="F" * 32),
        seal(transaction()) | {"ciphertext": ""},
        seal(transaction()) | {"ciphertext": "!!!!"},
        seal(transaction()) | {"nonce": "fdasflkja485"},
        seal(transaction()) | {"associated_data": "refund"},
    ],
)
def test_a_resource_that_does_not_open_is_refused(resource: Any) -> None:
    assert refusal(envelope("TRANSACTION.SUCCESS", resource)) == Refusal.DECRYPTION_FAILED


def test_absent_associated_data_is_empty() -> None:
    resource = seal(transaction(), associated_data="")
    del resource["associated_data"]
    read(envelope("TRANSACTION.SUCCESS", resource))


@pytest.mark.parametrize("resource", [b"", b"[]", b"null", b"\xff", b"{", b'{"mchid": 7}'])
def test_a_resource_that_is_no_transaction_is_refused(resource: bytes) -> None:
    body = envelope("TRANSACTION.SUCCESS", seal(resource))
    assert refusal(body) == Refusal.RESOURCE_MALFORMED


def test_another_merchants_refund_is_refused() -> None:
    resource = seal(refund_notice(mchid="1900000999"))
    assert refusal(envelope("REFUND.SUCCESS", resource)) == Refusal.MERCHANT_WRONG


@given(
    headers=st.dictionaries(
        st.sampled_from(sorted(SIGNER.headers(b"", at=NOW))) | st.text(max_size=30),
        st.text(max_size=400)
        | st.sampled_from([SERIAL, str(int(NOW.timestamp())), "QUJD"])
        | st.characters(categories=["Cs"]),
    ),
    body=st.binary(max_size=2000),
)
def test_garbage_is_refused_and_never_anything_else(headers: dict[str, str], body: bytes) -> None:
    assert refusal(body, headers or {"x": "y"}) in set(Refusal)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(event=st.sampled_from(["TRANSACTION.SUCCESS", "REFUND.SUCCESS"]) | JSON, value=JSON)
def test_signed_garbage_is_refused_and_never_anything_else(event: Any, value: Any) -> None:
    for body in (
        envelope(event, value),
        envelope(event, seal(json.dumps(value).encode())),
        json.dumps(value).encode(),
    ):
        assert refusal(body) in set(Refusal)


@given(name=st.sampled_from(sorted(transaction())), value=JSON, is_amount=st.booleans())
def test_one_wrong_member_gives_a_storable_report_or_a_refusal(
    name: str, value: Any, *, is_amount: bool
) -> None:
    changed = {"amount": {"total": value, "currency": value}} if is_amount else {name: value}
    try:
        report = read(payment_body(**changed)).report
    except NotificationRefusedError:
        return
    assert isinstance(report, PaymentStatusReport)
    assert PaymentStatusReport.from_json(json.loads(json.dumps(report.to_json()))) == report
    texts = (report.payment_number, report.transaction_id, report.currency, report.merchant)
    assert all(text.isascii() and "\x00" not in text for text in texts)
    assert len(report.payment_number) <= 32
    assert 0 <= report.amount_minor < 2**63


def test_reading_takes_well_under_a_millisecond() -> None:
    body = payment_body()
    headers = SIGNER.headers(body, at=NOW)
    best_seconds = 1.0
    for _ in range(5):
        started = time.process_time()
        for _ in range(50):
            READER.read(headers=headers, body=body, now=NOW)
        best_seconds = min(best_seconds, (time.process_time() - started) / 50)
    assert best_seconds < 0.001
