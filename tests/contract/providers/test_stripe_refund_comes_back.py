"""A refund by Stripe that had succeeded fails: told by event, and confirmed when asked for."""

from collections.abc import Iterator
from datetime import UTC
from io import BytesIO

import pytest

from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport, SettlementKind
from tests.contract.providers.harness_stripe import StripeHarness, open_stripe
from tests.contract.providers.trial import Trial, created, next_refund

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeHarness]:
    with open_stripe(tmp_path_factory.mktemp("stripe")) as opened:
        yield opened


def come_back(harness: StripeHarness) -> tuple[Trial, RefundStatusReport, list[RefundStatusReport]]:
    """Have a refund arrive and come back; return what was said of it, until it had failed."""
    trial = created(harness)
    trial.paid()
    harness._control("stripe/refund-outcomes", outcome="succeeded_then_failed")
    asked = trial.refund()
    told = [next_refund(harness)]
    while told[-1].outcome is not RefundOutcome.FAILED:
        told.append(next_refund(harness))
    return trial, asked, told


def test_success_is_told_first_and_then_failure_of_the_same_refund(harness: StripeHarness) -> None:
    _, asked, told = come_back(harness)
    outcomes = [report.outcome for report in told]
    assert outcomes == [RefundOutcome.SUCCEEDED, RefundOutcome.FAILED]
    assert {(report.refund_number, report.reference) for report in told} == {
        (asked.refund_number, asked.reference)
    }
    assert {report.amount_minor for report in told} == {asked.amount_minor}


def test_who_asks_hears_that_it_failed(harness: StripeHarness) -> None:
    trial, asked, _ = come_back(harness)
    assert trial.query_refund(asked).outcome is RefundOutcome.FAILED
    again = trial.refund(number=asked.refund_number)
    assert (again.outcome, again.reference) == (RefundOutcome.FAILED, asked.reference)


def test_another_refund_may_be_asked_for_instead(harness: StripeHarness) -> None:
    trial, asked, _ = come_back(harness)
    anew = trial.refund()
    assert anew.reference != asked.reference
    assert trial.ended(anew).outcome is RefundOutcome.SUCCEEDED


def test_the_settlement_names_it_both_times(harness: StripeHarness) -> None:
    trial, asked, _ = come_back(harness)
    paid_at = trial.query().paid_at
    assert paid_at is not None
    file = BytesIO()
    harness.provider.fetch_settlement(paid_at.astimezone(UTC).date(), file)
    file.seek(0)
    lines = [
        line
        for line in harness.provider.read_settlement(file)
        if line.refund_number == asked.refund_number
    ]
    assert {(line.kind, line.reference, line.amount_minor) for line in lines} == {
        (SettlementKind.REFUND, asked.reference, asked.amount_minor),
        (SettlementKind.REFUND_REVERSAL, asked.reference, asked.amount_minor),
    }
