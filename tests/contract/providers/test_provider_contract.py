"""What every payment provider must do, asked of each against its sandbox."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.utils import timezone

from limosa.domain.payments import providers
from limosa.domain.payments.port import (
    NotificationRefusedError,
    PaymentFact,
    PaymentRequest,
    ProviderNotification,
    ProviderState,
    RefundFact,
    RefundOutcome,
)
from limosa.foundation.money import Money
from limosa.foundation.problem import LocalProtocolError, ProviderError
from limosa.simulators.loopback_http import Request
from tests.contract.providers.harness import HARNESSES, Harness

Answer = TypeVar("Answer")
pytestmark = pytest.mark.enable_socket


def payment_request(harness: Harness, **changed: Any) -> PaymentRequest:
    request = PaymentRequest(
        number="P" + secrets.token_hex(10),
        amount=Money(2599, harness.currency),
        description="日本 30 天 10 GB · Japan",
        method=harness.methods[0],
        expires_at=timezone.now() + timedelta(minutes=15),
        notify_url=f"{harness.base_url}/payments/{harness.provider.code}/notify",
        return_url=f"{harness.base_url}/orders/L1/",
        payer_ip="203.0.113.7",
    )
    return replace(request, **changed)


def created(harness: Harness, **changed: Any) -> PaymentRequest:
    request = payment_request(harness, **changed)
    harness.provider.create(request)
    return request


def paid(harness: Harness) -> PaymentFact:
    """Create a payment, pay it and return what its notification says."""
    harness.pay(created(harness).number)
    fact = parse(harness, harness.next_notification()).fact
    assert isinstance(fact, PaymentFact)
    return fact


def parse(harness: Harness, sent: Request, *, at: datetime | None = None) -> ProviderNotification:
    return harness.provider.parse_notification(
        headers=sent.headers, body=sent.body, now=at or timezone.now()
    )


def refund(harness: Harness, fact: PaymentFact, **changed: Any) -> RefundFact:
    words: dict[str, Any] = {
        "refund_number": "R" + secrets.token_hex(10),
        "payment_number": fact.payment_number,
        "amount": Money(fact.amount_minor, fact.currency),
        "total": Money(fact.amount_minor, fact.currency),
        "reason": "not delivered",
    }
    return harness.provider.refund(**words | changed)


def test_every_provider_has_a_sandbox_here() -> None:
    folder = Path(str(providers.__file__)).parent
    assert sorted(HARNESSES) == sorted(path.parent.name for path in folder.glob("*/provider.py"))


def test_a_payment_from_its_creation_to_its_notification(harness: Harness) -> None:
    provider = harness.provider
    for method in harness.methods:
        request = created(harness, method=method)
        fact = provider.query(request.number)
        assert (fact.state, fact.transaction_id) == (ProviderState.PENDING, "")
        before = timezone.now() - timedelta(seconds=1)
        harness.pay(request.number)
        notification = parse(harness, harness.next_notification())
        said = notification.fact
        assert isinstance(said, PaymentFact)
        assert said.paid_at is not None
        assert before <= said.paid_at <= timezone.now()
        assert said == PaymentFact(
            payment_number=request.number,
            state=ProviderState.SUCCEEDED,
            transaction_id=said.transaction_id,
            amount_minor=request.amount.amount_minor,
            currency=request.amount.currency,
            merchant=provider.merchant,
            paid_at=said.paid_at,
        )
        assert said.transaction_id
        assert provider.query(request.number) == said
        assert PaymentFact.from_json(said.to_json()) == said


def test_the_same_number_gives_the_same_url(harness: Harness) -> None:
    for method in harness.methods:
        request = payment_request(harness, method=method)
        url = harness.provider.create(request)
        assert url
        assert harness.provider.create(request) == url


def test_the_same_number_with_another_amount_is_refused_for_good(harness: Harness) -> None:
    request = created(harness)
    other = replace(request, amount=Money(1, request.amount.currency))
    with pytest.raises(ProviderError) as refused:
        harness.provider.create(other)
    assert not refused.value.retryable


def test_a_number_that_it_never_saw_is_unknown(harness: Harness) -> None:
    assert harness.provider.query("P0000000").state is ProviderState.UNKNOWN
    assert harness.provider.query_refund("R0000000").outcome is RefundOutcome.UNKNOWN


def test_a_closed_payment_is_closed(harness: Harness) -> None:
    request = created(harness)
    harness.provider.close(request.number)
    assert harness.provider.query(request.number).state is ProviderState.CLOSED


def test_a_paid_payment_stays_paid_whatever_closing_says(harness: Harness) -> None:
    fact = paid(harness)
    with pytest.raises(ProviderError) as refused:
        harness.provider.close(fact.payment_number)
    assert not refused.value.retryable
    assert harness.provider.query(fact.payment_number) == fact


def test_a_payment_after_the_close_is_told(harness: Harness) -> None:
    request = created(harness)
    harness.provider.close(request.number)
    harness.pay(request.number, even_if_closed=True)
    fact = parse(harness, harness.next_notification()).fact
    assert fact == harness.provider.query(request.number)
    assert isinstance(fact, PaymentFact)
    assert fact.state is ProviderState.SUCCEEDED


def test_a_payment_of_another_amount_is_told_as_it_was(harness: Harness) -> None:
    request = created(harness)
    harness.pay(request.number, total=1)
    fact = parse(harness, harness.next_notification()).fact
    assert isinstance(fact, PaymentFact)
    assert fact.amount_minor == 1
    assert harness.provider.query(request.number) == fact


def test_a_refund_from_its_request_to_its_notification(harness: Harness) -> None:
    fact = paid(harness)
    pending = refund(harness, fact)
    assert pending.outcome in {RefundOutcome.PENDING, RefundOutcome.SUCCEEDED}
    assert pending.payment_number == fact.payment_number
    said = parse(harness, harness.next_notification()).fact
    assert said == replace(pending, outcome=RefundOutcome.SUCCEEDED)
    assert harness.provider.query_refund(pending.refund_number) == said


def test_a_refund_that_fails_is_told(harness: Harness) -> None:
    fact = paid(harness)
    harness.end_next_refund("CLOSED")
    pending = refund(harness, fact)
    said = parse(harness, harness.next_notification()).fact
    assert said == replace(pending, outcome=RefundOutcome.FAILED)
    assert harness.provider.query_refund(pending.refund_number) == said


def test_the_same_refund_again_is_the_same_refund(harness: Harness) -> None:
    fact = paid(harness)
    number = "R" + secrets.token_hex(10)
    part = Money(600, fact.currency)
    first = refund(harness, fact, refund_number=number, amount=part)
    again = refund(harness, fact, refund_number=number, amount=part)
    assert (first.amount_minor, again.amount_minor) == (600, 600)
    parse(harness, harness.next_notification())
    rest = refund(harness, fact, amount=Money(fact.amount_minor - 600, fact.currency))
    assert rest.amount_minor == fact.amount_minor - 600
    parse(harness, harness.next_notification())


def test_more_than_was_paid_does_not_go_back(harness: Harness) -> None:
    fact = paid(harness)
    refund(harness, fact)
    parse(harness, harness.next_notification())
    with pytest.raises(ProviderError) as refused:
        refund(harness, fact, amount=Money(1, fact.currency))
    assert not refused.value.retryable
    with pytest.raises(LocalProtocolError):
        refund(harness, fact, amount=Money(fact.amount_minor + 1, fact.currency))


def test_what_the_channel_cannot_take_is_never_sent(harness: Harness) -> None:
    for changed in (
        {"amount": Money(100, "XTS")},
        {"amount": Money(0, harness.currency)},
        {"method": "cheque"},
    ):
        with pytest.raises(LocalProtocolError):
            harness.provider.create(payment_request(harness, **changed))


FAST_FAULTS = ("server_error", "server_error_after", "unsigned", "bad_signature")
REPLY_FAULTS = (*FAST_FAULTS, "malformed", "timeout", "timeout_after")


@pytest.mark.parametrize("kind", REPLY_FAULTS)
def test_an_unclean_answer_is_an_error_and_asking_again_mends_it(
    harness: Harness, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.shorten_timeouts(monkeypatch)
    provider, request = harness.provider, payment_request(harness)
    url = mended(harness, kind, "create", lambda: provider.create(request))
    assert provider.create(request) == url
    fact = mended(harness, kind, "query", lambda: provider.query(request.number))
    assert fact.state is ProviderState.PENDING
    harness.pay(request.number)
    fact = provider.query(request.number)
    assert parse(harness, harness.next_notification()).fact == fact
    number = "R" + secrets.token_hex(10)
    mended(harness, kind, "refund", lambda: refund(harness, fact, refund_number=number))
    said = parse(harness, harness.next_notification()).fact
    assert said == mended(harness, kind, "query_refund", lambda: provider.query_refund(number))


def mended(harness: Harness, kind: str, call: str, ask: Callable[[], Answer]) -> Answer:
    """Return what the second asking gives, once the first has failed as it should."""
    harness.spoil_next_reply(kind, call=call, count=harness.attempts)
    with pytest.raises(ProviderError) as failed:
        ask()
    assert failed.value.retryable
    harness.reset()
    return ask()


@pytest.mark.parametrize("kind", FAST_FAULTS)
def test_one_fast_failure_is_not_noticed(harness: Harness, kind: str) -> None:
    request = payment_request(harness)
    harness.spoil_next_reply(kind, call="create", count=1)
    assert harness.provider.create(request) == harness.provider.create(request)


def test_a_notification_that_is_not_genuine_is_refused(harness: Harness) -> None:
    for kind, reason in harness.refusals.items():
        request = created(harness)
        harness.spoil_next_notification(kind)
        harness.pay(request.number)
        with pytest.raises(NotificationRefusedError) as refused:
            parse(harness, harness.next_notification())
        assert refused.value.reason == reason, kind
        assert harness.provider.query(request.number).state is ProviderState.SUCCEEDED


def test_a_genuine_notification_is_told_as_it_is(harness: Harness) -> None:
    for kind in harness.altered:
        request = created(harness)
        harness.spoil_next_notification(kind)
        harness.pay(request.number)
        said = parse(harness, harness.next_notification()).fact
        true = harness.provider.query(request.number)
        assert isinstance(said, PaymentFact)
        names = ("amount_minor", "currency", "merchant", "payment_number")
        assert [name for name in names if getattr(said, name) != getattr(true, name)], kind
        assert said.state is ProviderState.SUCCEEDED


def test_a_genuine_notification_is_stale_after_five_minutes(harness: Harness) -> None:
    harness.pay(created(harness).number)
    sent = harness.next_notification()
    now = timezone.now()
    parse(harness, sent, at=now + timedelta(minutes=4))
    for shift in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(NotificationRefusedError):
            parse(harness, sent, at=now + shift)


def test_the_same_notification_again_has_the_same_id(harness: Harness) -> None:
    harness.pay(created(harness).number)
    sent = harness.next_notification()
    assert parse(harness, sent).message_id == parse(harness, sent).message_id
    harness.pay(created(harness).number)
    assert parse(harness, harness.next_notification()) != parse(harness, sent)


def test_the_answer_to_a_notification_says_yes_or_no_in_its_status(harness: Harness) -> None:
    status, _, _ = harness.provider.acknowledge(accepted=True)
    assert 200 <= status < 300
    status, content_type, body = harness.provider.acknowledge(accepted=False)
    assert 400 <= status < 600
    assert content_type
    assert body
