"""Money that somebody gave back on the provider's own pages: told, and found when asked for."""

import time
from collections.abc import Iterator

import pytest

from limosa.domain.payments.requests import RefundHandle
from limosa.domain.payments.status_reports import RefundOutcome, RefundStatusReport
from tests.contract.providers.abilities import RefundingByHand
from tests.contract.providers.abilities_lists import REFUNDING_BY_HAND, opened
from tests.contract.providers.harness import HARNESSES
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


def paid(harness: RefundingByHand) -> Trial:
    trial = created(harness)
    trial.paid()
    return trial


def given_by_hand(
    harness: RefundingByHand, trial: Trial, *, amount_minor: int
) -> RefundStatusReport:
    """Have a part given back; return what the next notification of it says."""
    harness.refund_by_hand(trial.number, amount_minor=amount_minor)
    while True:
        _, report = next_eventful(harness)
        if isinstance(report, RefundStatusReport):
            return report


def handle_of(trial: Trial, said: RefundStatusReport, *, end: str = "") -> RefundHandle:
    """Return by what we ask for it, as it is noted. `end`: of its name, in place of its own."""
    names = [name[: len(name) - len(end)] + end for name in (said.refund_number, said.reference)]
    number, reference = names if said.reference else (names[0], names[0])
    return RefundHandle(
        number=number if said.refund_number else "LH1234567890",
        payment=trial.handle,
        reference=reference,
    )


def ended(harness: RefundingByHand, handle: RefundHandle) -> RefundStatusReport:
    deadline = time.monotonic() + 10
    while (found := harness.provider.query_refund(handle)).outcome is RefundOutcome.PENDING:
        assert time.monotonic() < deadline
        harness.next_notification()
    return found


def test_every_provider_is_asked() -> None:
    assert set(REFUNDING_BY_HAND) == set(HARNESSES)


def test_it_names_the_payment_and_no_refund_of_ours(harness: RefundingByHand) -> None:
    trial = paid(harness)
    said = given_by_hand(harness, trial, amount_minor=600)
    assert said.reference or said.refund_number
    assert said.refund_number != trial.number
    assert said.payment_number == trial.number or said.transaction_id == trial.handle.transaction_id
    assert (said.amount_minor, said.currency) == (600, harness.currency)


def test_it_is_found_by_the_providers_own_name(harness: RefundingByHand) -> None:
    trial = paid(harness)
    said = given_by_hand(harness, trial, amount_minor=600)
    found = ended(harness, handle_of(trial, said))
    assert (found.outcome, found.amount_minor) == (RefundOutcome.SUCCEEDED, 600)
    assert found.reference == said.reference


def test_a_second_one_is_found_with_its_own_amount(harness: RefundingByHand) -> None:
    """Whatever its notification says: Alipay's tells the sum of all."""
    trial = paid(harness)
    first = handle_of(trial, given_by_hand(harness, trial, amount_minor=600))
    ended(harness, first)
    harness.drain()
    second = handle_of(trial, given_by_hand(harness, trial, amount_minor=250))
    assert second != first
    assert ended(harness, second).amount_minor == 250


def test_a_name_that_nobody_has_is_unknown(harness: RefundingByHand) -> None:
    trial = paid(harness)
    said = given_by_hand(harness, trial, amount_minor=600)
    handle = handle_of(trial, said, end="000" if said.refund_number else "xyz")
    assert harness.provider.query_refund(handle).outcome is RefundOutcome.UNKNOWN
