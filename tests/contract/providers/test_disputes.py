"""Payers who have their banks take the money back: told when it begins, and how it ends."""

from collections.abc import Iterator

import pytest

from limosa.domain.payments.status_reports import (
    DisputeOutcome,
    DisputeStatusReport,
    PaymentStatusReport,
    ProviderState,
)
from limosa.foundation.errors import ProviderError
from tests.contract.providers.abilities import Disputing
from tests.contract.providers.abilities_lists import DISPUTING, opened
from tests.contract.providers.trial import Trial, created, next_eventful

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module", params=sorted(DISPUTING))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Disputing]:
    with opened(DISPUTING, request.param, tmp_path_factory.mktemp(request.param)) as harness:
        yield harness


@pytest.fixture
def harness(sandbox: Disputing) -> Iterator[Disputing]:
    sandbox.drain()
    yield sandbox
    sandbox.reset()


def disputed(harness: Disputing) -> tuple[Trial, PaymentStatusReport, DisputeStatusReport]:
    """Pay, and have it disputed; return what is said of both."""
    trial = created(harness)
    paid = trial.paid()
    harness.dispute(trial.number)
    return trial, paid, next_dispute(harness)


def next_dispute(harness: Disputing) -> DisputeStatusReport:
    """Return what the next notification of a dispute says; others are passed over."""
    while True:
        _, report = next_eventful(harness)
        if isinstance(report, DisputeStatusReport):
            return report


def test_a_dispute_names_the_payment_and_its_sum(harness: Disputing) -> None:
    trial, paid, said = disputed(harness)
    assert said.outcome is DisputeOutcome.OPEN
    assert said.payment_number == trial.number or said.transaction_id == paid.transaction_id
    assert (said.amount_minor, said.currency) == (paid.amount_minor, paid.currency)
    assert said.reason
    assert 0 < len(said.reference) <= 80
    assert said.to_json()["reference"] == said.reference


@pytest.mark.parametrize("is_won", [True, False])
def test_its_end_is_told_of_the_same_dispute(harness: Disputing, *, is_won: bool) -> None:
    trial, _, begun = disputed(harness)
    harness.decide(trial.number, is_won=is_won)
    ended = next_dispute(harness)
    while ended.outcome is DisputeOutcome.OPEN:
        ended = next_dispute(harness)
    assert ended.outcome is (DisputeOutcome.WON if is_won else DisputeOutcome.LOST)
    assert ended.reference == begun.reference
    assert (ended.amount_minor, ended.currency) == (begun.amount_minor, begun.currency)


def test_a_disputed_payment_was_paid_all_the_same(harness: Disputing) -> None:
    trial, paid, _ = disputed(harness)
    assert trial.query() == paid
    assert paid.state is ProviderState.SUCCEEDED


def test_disputed_money_does_not_go_back_a_second_time(harness: Disputing) -> None:
    trial, _, _ = disputed(harness)
    with pytest.raises(ProviderError) as refused:
        trial.refund()
    assert not refused.value.retryable
