"""PayPal's notifications: what is believed, what is refused and why; and nothing else comes out."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.payments.message_refusals import MessageRefusedError
from limosa.domain.payments.providers.paypal import certificates
from limosa.domain.payments.providers.paypal.account import read_account
from limosa.domain.payments.providers.paypal.certificates import Certificates
from limosa.domain.payments.providers.paypal.connection import BoundedSession
from limosa.domain.payments.providers.paypal.notification import (
    BODY_BYTES_MAX,
    NotificationReader,
)
from limosa.domain.payments.providers.paypal.provider import PayPalProvider
from limosa.domain.payments.providers.paypal.refusals import Refusal
from limosa.domain.payments.status_reports import (
    DisputeStatusReport,
    NoReport,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderNotification,
    ProviderState,
    RefundOutcome,
    RefundStatusReport,
)
from limosa.foundation.errors import ProviderError
from tests.contract.providers.paypal_signer import (
    CERTIFICATE,
    MERCHANT_ID,
    NOW,
    PREFIX,
    WEBHOOK_ID,
    Authority,
    PayPalSigner,
    capture,
    dispute,
    event,
    order,
    pem,
    refund,
)
from tests.provider_settings import given_to

SIGNER = PayPalSigner()
COMPLETED = event("PAYMENT.CAPTURE.COMPLETED", capture())


class Served(BoundedSession):
    """Answers every request as it is told, and counts them."""

    def __init__(self, body: bytes = b"", *, status: int = 200) -> None:
        super().__init__()
        self.body, self.status, self.asked = body, status, list[str]()

    def request(self, *arguments: Any, **words: Any) -> Any:
        self.asked.append(arguments[1])
        if self.status == 0:
            raise requests.ConnectionError("nobody there")
        response = requests.Response()
        response.status_code = self.status
        response._content = self.body
        return response


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("paypal")


def holding(folder: Path, body: bytes | None = None, **changed: str) -> tuple[Certificates, Served]:
    account = read_account(SIGNER.settings(folder, **changed))
    session = Served(SIGNER.chain if body is None else body)
    return Certificates(account, session), session


@pytest.fixture(scope="module")
def reader(folder: Path) -> NotificationReader:
    kept, _ = holding(folder)
    kept.fetch(PREFIX + CERTIFICATE, now=NOW)
    return NotificationReader(certificates=kept, webhook_id=WEBHOOK_ID, merchant=MERCHANT_ID)


def read(
    reader: NotificationReader, body: bytes, headers: Mapping[str, str] | None = None
) -> ProviderNotification:
    return reader.read(headers=headers or SIGNER.headers(body), body=body, now=NOW)


def refusal(
    reader: NotificationReader, body: bytes, headers: Mapping[str, str] | None = None
) -> str:
    with pytest.raises(NotificationRefusedError) as refused:
        read(reader, body, headers)
    return refused.value.reason


def test_a_capture_is_told_with_the_events_id(reader: NotificationReader) -> None:
    told = read(reader, COMPLETED)
    assert told.message_id == "WH-58D329510W468432D-8HN650336L201105X"
    assert isinstance(told.report, PaymentStatusReport)
    assert told.report.state is ProviderState.SUCCEEDED
    assert told.report.transaction_id == "42311647XV020574X"


@pytest.mark.parametrize(
    ("event_type", "status", "state"),
    [
        ("PAYMENT.CAPTURE.PENDING", "PENDING", ProviderState.PROCESSING),
        ("PAYMENT.CAPTURE.DENIED", "DECLINED", ProviderState.FAILED),
        ("PAYMENT.CAPTURE.DECLINED", "DECLINED", ProviderState.FAILED),
    ],
)
def test_a_capture_that_took_nothing_is_told(
    reader: NotificationReader, event_type: str, status: str, state: ProviderState
) -> None:
    report = read(reader, event(event_type, capture(status=status))).report
    assert isinstance(report, PaymentStatusReport)
    assert report.state is state


def test_a_payer_who_agreed_is_told(reader: NotificationReader) -> None:
    report = read(reader, event("CHECKOUT.ORDER.APPROVED", order(status="APPROVED"))).report
    assert isinstance(report, PaymentStatusReport)
    assert report.state is ProviderState.APPROVED


@pytest.mark.parametrize(
    ("event_type", "status", "outcome"),
    [
        ("PAYMENT.CAPTURE.REFUNDED", "COMPLETED", RefundOutcome.SUCCEEDED),
        ("PAYMENT.REFUND.PENDING", "PENDING", RefundOutcome.PENDING),
        ("PAYMENT.REFUND.FAILED", "FAILED", RefundOutcome.FAILED),
        ("PAYMENT.REFUND.CANCELLED", "CANCELLED", RefundOutcome.FAILED),
    ],
)
def test_a_refund_is_told(
    reader: NotificationReader, event_type: str, status: str, outcome: RefundOutcome
) -> None:
    report = read(reader, event(event_type, refund(status=status))).report
    assert isinstance(report, RefundStatusReport)
    assert report.outcome is outcome


def test_a_dispute_is_told(reader: NotificationReader) -> None:
    for word in ("CREATED", "UPDATED", "RESOLVED"):
        report = read(reader, event(f"CUSTOMER.DISPUTE.{word}", dispute())).report
        assert isinstance(report, DisputeStatusReport)


@pytest.mark.parametrize(
    ("event_type", "resource"),
    [
        ("CHECKOUT.ORDER.COMPLETED", order()),
        ("VAULT.PAYMENT-TOKEN.CREATED", {"id": "nkq2y9g"}),
        ("BILLING.SUBSCRIPTION.CREATED", {}),
        ("PAYMENT.CAPTURE.REFUNDED", refund(invoice_id=None, custom_id=None)),
    ],
)
def test_what_we_do_not_act_on_is_no_report(
    reader: NotificationReader, event_type: str, resource: dict[str, Any]
) -> None:
    assert isinstance(read(reader, event(event_type, resource)).report, NoReport)


def test_what_paypal_itself_gives_back_is_a_refund_of_no_number_of_ours(
    reader: NotificationReader,
) -> None:
    resource = refund(invoice_id=None, custom_id=None) | {
        "links": [
            {"rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/1Y107995YT783435V"},
            {"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/2GG279541U471931P"},
        ]
    }
    report = read(reader, event("PAYMENT.CAPTURE.REVERSED", resource)).report
    assert isinstance(report, RefundStatusReport)
    assert (report.refund_number, report.transaction_id) == ("", "2GG279541U471931P")


NAMES = sorted(SIGNER.headers(b""))


@pytest.mark.parametrize("name", NAMES)
def test_every_header_is_needed(reader: NotificationReader, name: str) -> None:
    headers = SIGNER.headers(COMPLETED)
    assert refusal(reader, COMPLETED, headers | {name: ""}) == Refusal.HEADER_MISSING
    del headers[name]
    assert refusal(reader, COMPLETED, headers) == Refusal.HEADER_MISSING


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"auth_algo": "SHA1withRSA"}, Refusal.SIGNATURE_TYPE_UNKNOWN),
        ({"transmission_id": "a|b"}, Refusal.SIGNATURE_WRONG),
        ({"transmission_sig": "QUJD"}, Refusal.SIGNATURE_WRONG),
        ({"transmission_sig": "not base64"}, Refusal.SIGNATURE_WRONG),
        ({"transmission_sig": "é"}, Refusal.SIGNATURE_WRONG),
        ({"transmission_time": "soon"}, Refusal.TIMESTAMP_MALFORMED),
        ({"transmission_time": "2026-11-22T12:00:00"}, Refusal.TIMESTAMP_MALFORMED),
        ({"transmission_time": "0001-01-01T00:00:00+14:00"}, Refusal.TIMESTAMP_TOO_OLD),
        ({"webhook_id": "2JE4291016473214C"}, Refusal.SIGNATURE_WRONG),
        ({"cert_url": "http" + PREFIX[5:] + CERTIFICATE}, Refusal.CERTIFICATE_ADDRESS_WRONG),
        ({"cert_url": PREFIX}, Refusal.CERTIFICATE_ADDRESS_WRONG),
        ({"cert_url": PREFIX + "a/b"}, Refusal.CERTIFICATE_ADDRESS_WRONG),
        ({"cert_url": PREFIX + ".."}, Refusal.CERTIFICATE_ADDRESS_WRONG),
        ({"cert_url": PREFIX + "a?b"}, Refusal.CERTIFICATE_ADDRESS_WRONG),
        ({"cert_url": "https://api.paypal.com@evil.example/x"}, Refusal.CERTIFICATE_ADDRESS_WRONG),
    ],
)
def test_what_paypal_would_not_sign_is_refused(
    reader: NotificationReader, changed: dict[str, Any], reason: Refusal
) -> None:
    assert refusal(reader, COMPLETED, SIGNER.headers(COMPLETED, **changed)) == reason


def test_another_body_is_refused(reader: NotificationReader) -> None:
    headers = SIGNER.headers(COMPLETED)
    assert refusal(reader, COMPLETED + b" ", headers) == Refusal.SIGNATURE_WRONG
    assert refusal(reader, b" " * (BODY_BYTES_MAX + 1)) == Refusal.BODY_TOO_LARGE


def test_another_key_is_refused(reader: NotificationReader) -> None:
    stranger = PayPalSigner(authority=SIGNER.authority)
    assert refusal(reader, COMPLETED, stranger.headers(COMPLETED)) == Refusal.SIGNATURE_WRONG


@pytest.mark.parametrize(
    ("shift", "reason"),
    [
        (timedelta(days=-3, minutes=-59), None),
        (timedelta(days=-3, minutes=-61), Refusal.TIMESTAMP_TOO_OLD),
        (timedelta(minutes=5), None),
        (timedelta(minutes=5, seconds=1), Refusal.TIMESTAMP_IN_FUTURE),
    ],
)
def test_paypal_sends_for_three_days(
    reader: NotificationReader, shift: timedelta, reason: Refusal | None
) -> None:
    headers = SIGNER.headers(COMPLETED, at=NOW + shift)
    if reason is None:
        assert read(reader, COMPLETED, headers).message_id
    else:
        assert refusal(reader, COMPLETED, headers) == reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        event("PAYMENT.CAPTURE.COMPLETED", capture(), id=None),
        event("PAYMENT.CAPTURE.COMPLETED", capture(), id="two words"),
        event("payment.capture.completed", capture()),
        event("PAYMENT.CAPTURE.COMPLETED", "a text"),
    ],
)
def test_an_envelope_of_another_form_is_refused(reader: NotificationReader, body: bytes) -> None:
    assert refusal(reader, body) == Refusal.ENVELOPE_MALFORMED


def test_a_resource_of_another_form_is_refused(reader: NotificationReader) -> None:
    for event_type in ("PAYMENT.CAPTURE.COMPLETED", "CUSTOMER.DISPUTE.CREATED"):
        body = event(event_type, {})
        assert refusal(reader, body) == Refusal.RESOURCE_MALFORMED


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=40), min_size=3),
    st.binary(max_size=40),
)
def test_garbage_is_refused_and_nothing_else_comes_of_it(
    reader: NotificationReader, headers: dict[str, str], body: bytes
) -> None:
    refusal(reader, body, SIGNER.headers(body) | headers | {"paypal-transmission-id": "x"})


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_a_signed_resource_of_any_form_is_read_or_refused(
    reader: NotificationReader, value: Any
) -> None:
    words = capture(), order(), refund(), dispute()
    kinds = ("PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED", "PAYMENT.REFUND.FAILED")
    for kind, resource in zip((*kinds, "CUSTOMER.DISPUTE.CREATED"), words, strict=True):
        name = sorted(resource)[len(json.dumps(value)) % len(resource)]
        body = event(kind, resource | {name: value})
        with suppress(NotificationRefusedError):
            assert read(reader, body).message_id


# Certificates.


def key_error(kept: Certificates, name: str = CERTIFICATE, *, now: datetime = NOW) -> StrEnum:
    with pytest.raises(MessageRefusedError) as refused:
        kept.key_of(PREFIX + name, now=now)
    return refused.value.reason


def test_a_certificate_is_believed_for_its_time_only(folder: Path) -> None:
    kept, _ = holding(folder)
    kept.fetch(PREFIX + CERTIFICATE, now=NOW)
    assert kept.key_of(PREFIX + CERTIFICATE, now=NOW) == SIGNER.key.public_key()
    for now in (NOW + timedelta(days=336), NOW - timedelta(days=31)):
        assert key_error(kept, now=now) is Refusal.CERTIFICATE_NOT_VALID


def test_an_unknown_one_is_fetched_by_nobody_in_the_request(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "FETCH_EVERY_SECONDS", 0)
    kept, session = holding(folder)
    assert key_error(kept) is Refusal.CERTIFICATE_UNKNOWN
    kept.wait_until_fetched()
    assert session.asked == [PREFIX + CERTIFICATE]
    assert kept.key_of(PREFIX + CERTIFICATE, now=NOW) == SIGNER.key.public_key()
    assert session.asked == [PREFIX + CERTIFICATE]
    assert kept.waiting == 0


def test_one_that_cannot_be_fetched_is_asked_for_again_another_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "FETCH_EVERY_SECONDS", 0)
    kept, session = holding(folder)
    for session.status in (404, 0, 200):
        assert key_error(kept) is Refusal.CERTIFICATE_UNKNOWN
        kept.wait_until_fetched()
    assert kept.key_of(PREFIX + CERTIFICATE, now=NOW) == SIGNER.key.public_key()
    assert len(session.asked) == 3


def test_few_wait_at_a_time_and_each_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "FETCH_EVERY_SECONDS", 60)
    kept, session = holding(folder, b"no certificate")
    for number in range(3 * certificates.NOTED_MAX):
        key_error(kept, f"CERT-{number // 2}")
    assert kept.waiting <= certificates.NOTED_MAX
    assert len(session.asked) <= 1
    kept.stop()


def believed(folder: Path, chain: bytes, *, now: datetime = NOW) -> None:
    kept, _ = holding(folder, chain)
    kept.fetch(PREFIX + CERTIFICATE, now=now)


def test_only_a_chain_to_a_trusted_root_is_believed(folder: Path) -> None:
    key, stranger = SIGNER.key.public_key(), Authority()
    other_kind = ec.generate_private_key(ec.SECP256R1()).public_key()
    for chain in (
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        pem(stranger.issue(key)),
        pem(stranger.issue(key), stranger.certificate),
        pem(SIGNER.authority.issue(key, host="paypal.com.example")),
        pem(SIGNER.authority.issue(key, days=20)),
        pem(SIGNER.authority.issue(other_kind)),
    ):
        with pytest.raises(MessageRefusedError) as refused:
            believed(folder, chain)
        assert refused.value.reason is Refusal.CERTIFICATE_NOT_VALID
    with pytest.raises(MessageRefusedError):
        believed(folder, SIGNER.chain, now=NOW + timedelta(days=400))
    with pytest.raises(ProviderError):
        believed(folder, b" " * (certificates.PEM_BYTES_MAX + 1))


def test_a_new_one_makes_room_for_itself(folder: Path) -> None:
    kept, session = holding(folder)
    for number in range(certificates.KEPT_MAX + 1):
        kept.fetch(f"{PREFIX}CERT-{number}", now=NOW)
    session.status = 404
    assert key_error(kept, "CERT-0") is Refusal.CERTIFICATE_UNKNOWN
    last = f"{PREFIX}CERT-{certificates.KEPT_MAX}"
    assert kept.key_of(last, now=NOW) == SIGNER.key.public_key()


def test_the_folder_is_believed_no_more_than_the_wire(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "kept"
    first, _ = holding(folder, certificate_folder=str(where))
    first.fetch(PREFIX + CERTIFICATE, now=NOW)
    assert [path.name for path in where.iterdir()] == [f"{CERTIFICATE}.pem"]
    second, session = holding(folder, b"", certificate_folder=str(where))
    assert second.key_of(PREFIX + CERTIFICATE, now=NOW) == SIGNER.key.public_key()
    assert session.asked == []
    (where / "CERT-1.pem").write_bytes(pem(Authority().issue(SIGNER.key.public_key())))
    for name in ("CERT-1", "CERT-2"):
        assert key_error(second, name) is Refusal.CERTIFICATE_UNKNOWN


def test_what_was_kept_is_known_from_the_start(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "kept"
    first, _ = holding(folder, certificate_folder=str(where))
    first.fetch(PREFIX + CERTIFICATE, now=NOW)
    (where / "CERT-1.pem").write_bytes(pem(Authority().issue(SIGNER.key.public_key())))
    (where / "CERT-2.pem").mkdir()
    second, session = holding(folder, b"", certificate_folder=str(where))
    second.read_kept(now=NOW)
    (where / f"{CERTIFICATE}.pem").unlink()  # It is not read for the notification any more.
    assert second.key_of(PREFIX + CERTIFICATE, now=NOW) == SIGNER.key.public_key()
    assert key_error(second, "CERT-1") is Refusal.CERTIFICATE_UNKNOWN
    assert session.asked == []


def test_a_provider_that_starts_reads_what_was_kept(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "kept"
    first, _ = holding(folder, certificate_folder=str(where))
    first.fetch(PREFIX + CERTIFICATE, now=NOW)
    values = SIGNER.settings(folder, certificate_folder=str(where))
    with (
        time_machine.travel(NOW, tick=False),
        override_settings(PROVIDER_SETTINGS=given_to("paypal", values)),
    ):
        provider = PayPalProvider()
    (where / f"{CERTIFICATE}.pem").unlink()
    url = PREFIX + CERTIFICATE
    assert provider.certificates.key_of(url, now=NOW) == SIGNER.key.public_key()
