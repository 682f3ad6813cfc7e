"""Money that somebody gave back on the provider's own pages: told, and found when asked for."""

import time
from collections.abc import Iterator

import pytest

from limosa.domain.payments.facts import RefundFact, RefundOutcome
from limosa.domain.payments.requests import RefundHandle
from tests.contract.providers.abilities import RefundingByHand
from tests.contract.providers.abilities_lists import REFUNDING_BY_HAND, opened
from tests.contract.providers.trial import Trial, created, next_eventful

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module", params=sorted(REFUNDING_BY_HAND))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RefundingByHand]:
    with opened(REFUNDING_BY_HAND, request.param, tmp_path_factory.mktemp("hand")) as harness:
        yield harness


@pytest.fixture
def harness(sandbox: RefundingByHand) -> Iterator[RefundingByHand]:
    sandbox.drain()
    yield sandbox
    sandbox.reset()


def given_by_hand(harness: RefundingByHand, *, amount_minor: int) -> tuple[Trial, RefundFact]:
    """Pay, and have a part given back; return what the next notification of it says."""
    trial = created(harness)
    trial.paid()
    harness.refund_by_hand(trial.number, amount_minor=amount_minor)
    while True:
        _, fact = next_eventful(harness)
        if isinstance(fact, RefundFact):
            return trial, fact


def test_it_names_the_payment_and_no_refund_of_ours(harness: RefundingByHand) -> None:
    trial, said = given_by_hand(harness, amount_minor=600)
    assert said.refund_number == ""
    assert said.reference
    assert said.payment_number == trial.number or said.transaction_id == trial.handle.transaction_id
    assert (said.amount_minor, said.currency) == (600, harness.currency)


def test_it_is_found_by_the_providers_own_name(harness: RefundingByHand) -> None:
    trial, said = given_by_hand(harness, amount_minor=600)
    handle = RefundHandle(number="LH1234567890", payment=trial.handle, reference=said.reference)
    deadline = time.monotonic() + 10
    while (found := harness.provider.query_refund(handle)).outcome is RefundOutcome.PENDING:
        assert time.monotonic() < deadline
        harness.next_notification()
    assert (found.outcome, found.amount_minor) == (RefundOutcome.SUCCEEDED, 600)
    assert found.reference == said.reference


def test_a_name_that_nobody_has_is_unknown(harness: RefundingByHand) -> None:
    trial, said = given_by_hand(harness, amount_minor=600)
    handle = RefundHandle(
        number="LH1234567890", payment=trial.handle, reference=said.reference[:-3] + "xyz"
    )
    assert harness.provider.query_refund(handle).outcome is RefundOutcome.UNKNOWN
