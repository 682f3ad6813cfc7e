"""What PayPal does beyond what all providers do, against its simulator."""

import io
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_socket import enable_socket

from limosa.domain.payments.providers.paypal import certificates
from limosa.domain.payments.providers.paypal.provider import PayPalProvider
from limosa.domain.payments.status_reports import (
    Decline,
    DisputeOutcome,
    DisputeStatusReport,
    NoReport,
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    SavedMethodReport,
    SettlementKind,
    SettlementLine,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from limosa.simulators.loopback_http import Request
from tests.contract.providers.harness_paypal import PayPalHarness, open_paypal
from tests.contract.providers.trial import Trial, created, next_eventful, parse
from tests.provider_settings import changed_for

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayPalHarness]:
    enable_socket()
    with open_paypal(tmp_path_factory.mktemp("paypal")) as harness:
        yield harness


@pytest.fixture
def paypal(sandbox: PayPalHarness) -> Iterator[PayPalHarness]:
    yield sandbox
    sandbox.reset()
    sandbox.drain()


def captured(paypal: PayPalHarness, **changed: Any) -> Trial:
    trial = created(paypal, **changed)
    trial.paid()
    return trial


def saved(paypal: PayPalHarness) -> SavedMethodReport:
    """Pay once, saving the method; return what was saved."""
    trial = captured(paypal, save_method=True)
    kept = paypal.provider.saved_method(trial.handle)
    assert kept is not None
    return kept


def charging(paypal: PayPalHarness, kept: SavedMethodReport) -> Trial:
    return created(paypal, method="saved", saved_reference=kept.reference)


def next_told(paypal: PayPalHarness, event_type: str) -> Request:
    while f'"{event_type}"'.encode() not in (sent := paypal.next_notification()).body:
        continue
    return sent


def test_the_payers_word_is_told_before_the_money(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    paypal.pay(trial.number)
    said = parse(paypal, paypal.next_approval()).report
    approved = PaymentStatusReport(
        payment_number=trial.number,
        state=ProviderState.APPROVED,
        merchant=paypal.provider.merchant,
    )
    assert said == approved
    assert trial.query() == approved


def test_what_nobody_agreed_to_is_not_captured(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    assert paypal.provider.capture(trial.handle).state is ProviderState.PENDING


def test_capturing_again_takes_the_money_once(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    paypal.pay(trial.number)
    first = paypal.provider.capture(trial.handle)
    assert first.state is ProviderState.SUCCEEDED
    assert paypal.provider.capture(trial.handle) == first
    paypal.control("forget-requests")
    assert paypal.provider.capture(trial.handle) == first


def test_a_capture_whose_answer_was_lost_is_found_again(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    paypal.pay(trial.number)
    paypal.spoil_next_reply("server_error_after", call="capture", count=2)
    with pytest.raises(ProviderError) as failed:
        paypal.provider.capture(trial.handle)
    assert failed.value.retryable
    assert trial.query().state is ProviderState.SUCCEEDED


def test_a_declined_card_leaves_the_order_to_its_payer(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    paypal.pay(trial.number, capture="DECLINED")
    refused = paypal.provider.capture(trial.handle)
    assert (refused.state, refused.decline) == (ProviderState.PENDING, Decline.REFUSED)
    paypal.pay(trial.number)
    # The id of the first try is answered with its refusal; so the next one has another.
    assert paypal.provider.capture(trial.handle).state is ProviderState.APPROVED
    again = replace(trial.handle, captures_refused=1)
    assert paypal.provider.capture(again).state is ProviderState.SUCCEEDED
    assert paypal.provider.capture(again).state is ProviderState.SUCCEEDED


def test_an_echeck_is_pending(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    paypal.pay(trial.number, capture="PENDING")
    pending = paypal.provider.capture(trial.handle)
    assert (pending.state, pending.transaction_id) == (ProviderState.PROCESSING, "")
    assert parse(paypal, paypal.next_notification()).report == pending
    assert trial.query() == pending
    with pytest.raises(ProviderError) as failed:
        trial.refund()
    assert failed.value.retryable


def test_yen_have_no_decimals(paypal: PayPalHarness) -> None:
    trial = created(paypal, amount=Money(2599, "JPY"))
    report = trial.paid()
    assert (report.amount_minor, report.currency) == (2599, "JPY")


def test_a_saved_account_is_charged_without_its_owner(paypal: PayPalHarness) -> None:
    kept = saved(paypal)
    assert kept.label == "j•••@payer.example"
    trial = charging(paypal, kept)
    assert trial.query().state is ProviderState.PENDING
    report = paypal.provider.capture(trial.handle)
    assert report.state is ProviderState.SUCCEEDED
    assert paypal.provider.capture(trial.handle) == report
    assert trial.query() == report
    assert paypal.provider.saved_method(trial.handle) is None


def test_nothing_is_saved_that_nobody_asked_to_save(paypal: PayPalHarness) -> None:
    assert paypal.provider.saved_method(captured(paypal).handle) is None
    assert paypal.provider.saved_method(created(paypal).handle) is None


@pytest.mark.parametrize(
    ("behaviour", "state"),
    [("wants_payer", ProviderState.PAYER_NEEDED), ("declines", ProviderState.FAILED)],
)
def test_a_saved_account_that_does_not_pay_says_so(
    paypal: PayPalHarness, behaviour: str, state: ProviderState
) -> None:
    kept = saved(paypal)
    paypal.control("saved-method", id=kept.reference, behaviour=behaviour)
    trial = charging(paypal, kept)
    assert paypal.provider.capture(trial.handle).state is state
    assert trial.query().transaction_id == ""


def test_a_forgotten_account_is_not_charged(paypal: PayPalHarness) -> None:
    kept = saved(paypal)
    paypal.provider.forget(kept.reference)
    paypal.provider.forget(kept.reference)
    trial = charging(paypal, kept)
    assert paypal.provider.capture(trial.handle).state is ProviderState.FAILED


def test_a_saved_reference_goes_with_its_method_only(paypal: PayPalHarness) -> None:
    trial = created(paypal)
    for handle in (
        replace(trial.handle, saved_reference="x1"),
        replace(trial.handle, method="saved"),
    ):
        with pytest.raises(LocalProtocolError):
            paypal.provider.capture(handle)
    with pytest.raises(LocalProtocolError):
        paypal.provider.forget("../orders")


def test_a_refund_is_found_among_the_orders_when_its_request_is_forgotten(
    paypal: PayPalHarness,
) -> None:
    trial = captured(paypal)
    first = trial.refund(number="R-first-1", amount=Money(600, "USD"))
    paypal.control("forget-requests")
    again = trial.refund(number="R-first-1", amount=Money(600, "USD"))
    assert again.reference == first.reference
    ended = trial.ended(first)
    assert trial.query_refund(replace(first, reference="")) == ended


def test_a_failed_refund_leaves_its_money_to_the_next(paypal: PayPalHarness) -> None:
    trial = captured(paypal)
    paypal.end_next_refund()
    failed = trial.ended(trial.refund())
    assert failed.outcome is RefundOutcome.FAILED
    assert trial.ended(trial.refund()).outcome is RefundOutcome.SUCCEEDED


@pytest.mark.parametrize(
    ("outcome", "said"), [("won", DisputeOutcome.WON), ("lost", DisputeOutcome.LOST)]
)
def test_a_dispute_from_its_beginning_to_its_end(
    paypal: PayPalHarness, outcome: str, said: DisputeOutcome
) -> None:
    trial = captured(paypal)
    paypal.control("dispute", number=trial.number, reason="UNAUTHORISED")
    opened = parse(paypal, next_told(paypal, "CUSTOMER.DISPUTE.CREATED")).report
    assert isinstance(opened, DisputeStatusReport)
    assert opened == DisputeStatusReport(
        reference=opened.reference,
        outcome=DisputeOutcome.OPEN,
        payment_number=trial.number,
        transaction_id=trial.handle.transaction_id,
        amount_minor=2599,
        currency="USD",
        reason="UNAUTHORISED",
    )
    paypal.control("dispute-outcome", number=trial.number, outcome=outcome)
    ended = parse(paypal, next_told(paypal, "CUSTOMER.DISPUTE.RESOLVED")).report
    lost_minor = 2599 if said is DisputeOutcome.LOST else None
    assert ended == replace(opened, outcome=said, lost_minor=lost_minor)


def test_what_does_not_concern_money_is_no_report(paypal: PayPalHarness) -> None:
    created(paypal, save_method=True).pay()
    sent = next_told(paypal, "VAULT.PAYMENT-TOKEN.CREATED")
    assert isinstance(parse(paypal, sent).report, NoReport)


def settled(paypal: PayPalHarness, day: datetime) -> list[SettlementLine]:
    file = io.BytesIO()
    paypal.provider.fetch_settlement(day.date(), file)
    file.seek(0)
    return list(paypal.provider.read_settlement(file))


def test_a_day_is_settled_when_paypal_has_gone_through_it(paypal: PayPalHarness) -> None:
    today = timezone.now().astimezone(UTC)
    paypal.control("reported-until", at=today.isoformat())
    with pytest.raises(ProviderError) as failed:
        settled(paypal, today)
    assert failed.value.retryable
    trial = captured(paypal)
    refund = trial.ended(trial.refund(number="R-settled", amount=Money(600, "USD")))
    disputed = captured(paypal)
    for act, words in (("dispute", {}), ("dispute-outcome", {"outcome": "won"})):
        paypal.control(act, number=disputed.number, **words)
    paypal.control("reported-until", at=(today + timedelta(days=1)).isoformat())
    lines = settled(paypal, today)
    [payment, back] = [line for line in lines if line.payment_number == trial.number]
    assert payment == SettlementLine(
        kind=SettlementKind.PAYMENT,
        reference=trial.handle.transaction_id,
        amount_minor=2599,
        currency="USD",
        at=payment.at,
        payment_number=trial.number,
        transaction_id=trial.handle.transaction_id,
        fee_minor=91 + 49,  # 3.49 % of 25.99, and the fixed fee.
    )
    assert back == SettlementLine(
        kind=SettlementKind.REFUND,
        reference=refund.reference,
        amount_minor=600,
        currency="USD",
        at=back.at,
        payment_number=trial.number,
        refund_number="R-settled",
        transaction_id=trial.handle.transaction_id,
    )
    kinds = [line.kind for line in lines if line.payment_number == disputed.number]
    assert kinds == [
        SettlementKind.PAYMENT,
        SettlementKind.DISPUTE,
        SettlementKind.DISPUTE_REVERSAL,
    ]


def test_a_certificate_that_is_not_known_is_fetched_after_the_refusal(
    paypal: PayPalHarness, tmp_path: Path
) -> None:
    trial = created(paypal)
    trial.pay()
    sent, _ = next_eventful(paypal)
    folder = tmp_path / "certificates"
    with override_settings(
        PROVIDER_SETTINGS=changed_for("paypal", {"certificate_folder": str(folder)})
    ):
        fresh = PayPalProvider()
        words: dict[str, Any] = {"headers": sent.headers, "body": sent.body}
        with pytest.raises(NotificationRefusedError) as refused:
            fresh.verify_webhook(**words, now=timezone.now())
        assert refused.value.reason == "certificate_unknown"
        fresh.certificates.wait_until_fetched()
        assert fresh.verify_webhook(**words, now=timezone.now()).report == trial.query()
        # Another process, or this one after a restart, reads it from the folder.
        other = PayPalProvider()
        assert other.verify_webhook(**words, now=timezone.now()).report == trial.query()
        shutil.rmtree(folder)
        assert other.verify_webhook(**words, now=timezone.now()).report == trial.query()
        fresh.certificates.stop()


def test_strangers_make_one_thread_fetch_now_and_then(
    paypal: PayPalHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "FETCH_EVERY_SECONDS", 60)
    paypal.paypal.certificates.stop()
    paypal.pay(created(paypal).number)
    sent = paypal.next_approval()
    with override_settings(PROVIDER_SETTINGS=changed_for("paypal", {"certificate_folder": ""})):
        fresh = PayPalProvider()
    prefix = sent.headers["paypal-cert-url"].rpartition("/")[0]
    for number in range(50):
        headers = {**sent.headers, "paypal-cert-url": f"{prefix}/CERT-{number}"}
        with pytest.raises(NotificationRefusedError) as refused:
            fresh.verify_webhook(headers=headers, body=sent.body, now=timezone.now())
        assert refused.value.reason == "certificate_unknown"
    fetching = [one for one in threading.enumerate() if one.name == "paypal-certificates"]
    assert len(fetching) == 1
    assert 0 < fresh.certificates.waiting <= certificates.NOTED_MAX
    fresh.certificates.stop()
    fetching[0].join(timeout=10)
    assert not fetching[0].is_alive()
