"""What every payment provider must do, asked of each against its sandbox."""

import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from limosa.domain.payments import providers
from limosa.domain.payments.requests import RefundHandle
from limosa.domain.payments.status_reports import (
    NotificationRefusedError,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.contract.providers.harness import HARNESSES, Harness
from tests.contract.providers.trial import (
    create,
    created,
    handle_of,
    next_eventful,
    next_payment,
    next_refund,
    paid,
    parse,
    payment_request,
)

pytestmark = pytest.mark.enable_socket


def test_every_provider_has_a_sandbox_here() -> None:
    folder = Path(str(providers.__file__)).parent
    assert sorted(HARNESSES) == sorted(path.parent.name for path in folder.glob("*/provider.py"))


def test_the_address_whose_clock_is_compared_is_the_providers(harness: Harness) -> None:
    assert urlsplit(harness.provider.api_url).hostname == "127.0.0.1"


def test_a_payment_from_its_creation_to_its_notification(harness: Harness) -> None:
    provider = harness.provider
    for method in harness.methods:
        trial = created(harness, method=method)
        report = trial.query()
        assert (report.state, report.transaction_id) == (harness.unpaid_state(method), "")
        before = timezone.now() - timedelta(seconds=1)
        said = trial.paid()
        assert said.paid_at is not None
        assert before <= said.paid_at <= timezone.now()
        assert said == PaymentStatusReport(
            payment_number=trial.number,
            state=ProviderState.SUCCEEDED,
            transaction_id=said.transaction_id,
            amount_minor=trial.request.amount.amount_minor,
            currency=trial.request.amount.currency,
            merchant=provider.merchant,
            paid_at=said.paid_at,
        )
        assert said.transaction_id
        assert trial.query() == said
        assert PaymentStatusReport.from_json(said.to_json()) == said


def test_every_method_that_a_person_may_choose_is_tried_here(harness: Harness) -> None:
    chosen = {name for name, method in harness.provider.methods.items() if method.devices}
    assert chosen == set(harness.methods)


def test_the_same_number_gives_the_same_payment(harness: Harness) -> None:
    for method in harness.methods:
        request = payment_request(harness, method=method)
        started = harness.provider.create(request)
        assert started.pay_url
        assert harness.provider.create(request) == started


def test_the_same_number_with_another_amount_is_refused_for_good(harness: Harness) -> None:
    trial = created(harness)
    other = replace(trial.request, amount=Money(1, trial.request.amount.currency))
    with pytest.raises(ProviderError) as refused:
        harness.provider.create(other)
    assert not refused.value.retryable


def test_a_number_that_it_never_saw_is_unknown(harness: Harness) -> None:
    payment = handle_of(payment_request(harness))
    assert harness.provider.query(payment).state is ProviderState.UNKNOWN
    trial, _ = paid(harness)
    refund = RefundHandle(number="R0000000", payment=trial.handle)
    assert harness.provider.query_refund(refund).outcome is RefundOutcome.UNKNOWN


def test_a_closed_payment_is_not_to_be_paid(harness: Harness) -> None:
    trial = created(harness)
    harness.provider.close(trial.handle)
    assert trial.query().state is harness.closed_state


def test_a_paid_payment_stays_paid_whatever_closing_says(harness: Harness) -> None:
    trial, report = paid(harness)
    if harness.refuses_to_close_paid:
        with pytest.raises(ProviderError) as refused:
            harness.provider.close(trial.handle)
        assert not refused.value.retryable
    else:
        harness.provider.close(trial.handle)
    assert trial.query() == report


def test_a_payment_after_the_close_is_told(harness: Harness) -> None:
    trial = created(harness)
    harness.provider.close(trial.handle)
    report = trial.paid(even_if_closed=True)
    assert report == trial.query()
    assert report.state is ProviderState.SUCCEEDED


def test_a_payment_of_another_amount_is_told_as_it_was(harness: Harness) -> None:
    trial = created(harness)
    report = trial.paid(total=1)
    assert report.amount_minor == 1
    assert trial.query() == report


def test_a_refund_from_its_request_to_its_end(harness: Harness) -> None:
    trial, report = paid(harness)
    asked = trial.refund()
    assert asked.outcome in {RefundOutcome.PENDING, RefundOutcome.SUCCEEDED}
    assert (asked.payment_number, asked.amount_minor) == (
        report.payment_number,
        report.amount_minor,
    )
    said = trial.ended(asked)
    assert said == replace(asked, outcome=RefundOutcome.SUCCEEDED)
    if harness.tells_refunds:
        assert next_refund(harness) == said


def test_a_refund_that_fails_is_told(harness: Harness) -> None:
    if not harness.refund_can_fail:
        pytest.skip("a refund that this provider accepts has succeeded")
    trial, _ = paid(harness)
    harness.end_next_refund()
    asked = trial.refund()
    said = trial.ended(asked)
    assert said == replace(asked, outcome=RefundOutcome.FAILED)
    assert next_refund(harness) == said


def test_the_same_refund_again_is_the_same_refund(harness: Harness) -> None:
    trial, report = paid(harness)
    number = "R" + secrets.token_hex(10)
    part = Money(600, report.currency)
    first = trial.refund(number=number, amount=part)
    again = trial.refund(number=number, amount=part)
    assert (first.amount_minor, again.amount_minor) == (600, 600)
    assert first.reference == again.reference
    trial.ended(first)
    rest = trial.refund(amount=Money(report.amount_minor - 600, report.currency))
    assert rest.amount_minor == report.amount_minor - 600
    assert trial.ended(rest).outcome is RefundOutcome.SUCCEEDED
    assert trial.ended(first).amount_minor == 600


def test_more_than_was_paid_does_not_go_back(harness: Harness) -> None:
    trial, report = paid(harness)
    trial.ended(trial.refund())
    with pytest.raises(ProviderError) as refused:
        trial.refund(amount=Money(1, report.currency))
    assert not refused.value.retryable
    with pytest.raises(LocalProtocolError):
        trial.refund(amount=Money(report.amount_minor + 1, report.currency))


def test_what_the_channel_cannot_take_is_never_sent(harness: Harness) -> None:
    for changed in (
        {"amount": Money(100, "XTS")},
        {"amount": Money(0, harness.currency)},
        {"method": "cheque"},
    ):
        with pytest.raises(LocalProtocolError):
            harness.provider.create(payment_request(harness, **changed))


def test_a_notification_that_is_not_genuine_is_refused(harness: Harness) -> None:
    harness.drain()
    for kind, reason in harness.refusals.items():
        trial = created(harness)
        harness.spoil_next_notification(kind)
        trial.pay()
        with pytest.raises(NotificationRefusedError) as refused:
            parse(harness, harness.next_notification())
        assert refused.value.reason == reason, kind
        assert trial.query().state is ProviderState.SUCCEEDED
        harness.reset()


def test_a_genuine_notification_is_told_as_it_is(harness: Harness) -> None:
    harness.drain()
    for kind in harness.altered:
        trial = created(harness)
        harness.spoil_next_notification(kind)
        trial.pay()
        said = next_payment(harness)
        true = trial.query()
        names = ("amount_minor", "currency", "merchant", "payment_number")
        assert [name for name in names if getattr(said, name) != getattr(true, name)], kind
        assert said.state is ProviderState.SUCCEEDED


def test_a_genuine_notification_is_stale_after_a_while(harness: Harness) -> None:
    created(harness).pay()
    sent, _ = next_eventful(harness)
    now = timezone.now()
    fresh = timedelta(seconds=harness.fresh_seconds)
    parse(harness, sent, at=now + fresh - timedelta(minutes=1))
    for shift in (fresh + timedelta(minutes=1), timedelta(minutes=-6)):
        with pytest.raises(NotificationRefusedError):
            parse(harness, sent, at=now + shift)


def test_the_same_notification_again_has_the_same_id(harness: Harness) -> None:
    created(harness).pay()
    sent, _ = next_eventful(harness)
    assert parse(harness, sent).message_id == parse(harness, sent).message_id
    created(harness).pay()
    other, _ = next_eventful(harness)
    assert parse(harness, other).message_id != parse(harness, sent).message_id


def test_the_answer_to_a_notification_says_yes_or_no(harness: Harness) -> None:
    yes = harness.provider.acknowledge(accepted=True)
    no = harness.provider.acknowledge(accepted=False)
    assert 200 <= yes[0] < 300
    assert yes != no
    assert no[0] >= 400 or no[2]


def test_the_same_payment_saved_twice_is_created_once(harness: Harness) -> None:
    """A lost answer is mended by asking again: with the same number there is one payment."""
    request = payment_request(harness)
    first, second = create(harness, request), create(harness, request)
    assert first.handle == second.handle
    first.paid()
    assert second.query().state is ProviderState.SUCCEEDED
