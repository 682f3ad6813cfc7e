"""Methods that are saved for later: while paying, charged without the payer, forgotten."""

from collections.abc import Callable, Iterator

import pytest

from limosa.domain.payments.requests import SAVED
from limosa.domain.payments.status_reports import (
    Decline,
    PaymentStatusReport,
    ProviderState,
    RefundOutcome,
    SavedMethodReport,
)
from limosa.foundation.errors import LocalProtocolError, ProviderError
from limosa.foundation.money import Money
from tests.contract.providers.abilities import Saving
from tests.contract.providers.abilities_lists import SAVING, opened
from tests.contract.providers.later import Later
from tests.contract.providers.trial import Trial, created, next_payment

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module", params=sorted(SAVING))
def sandbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Saving]:
    with opened(SAVING, request.param, tmp_path_factory.mktemp(request.param)) as harness:
        yield harness


@pytest.fixture
def harness(sandbox: Saving) -> Iterator[Saving]:
    yield sandbox
    sandbox.reset()


def saved(harness: Saving, later: Later = Later.CHARGED) -> tuple[Trial, SavedMethodReport]:
    """Pay, and have the method saved; return the payment and what it left."""
    if later not in harness.later_ends:
        pytest.skip(f"a saved method is never {later} here")
    trial = created(harness, save_method=True)
    harness.pay_to_save(trial.number, later=later)
    if harness.needs_capture:
        harness.provider.capture(trial.handle)
    assert trial.query().state is ProviderState.SUCCEEDED
    left = harness.provider.saved_method(trial.handle)
    assert left is not None
    return trial, left


def by_saved(harness: Saving, left: SavedMethodReport) -> Trial:
    """Create a payment by a saved method; nothing moves yet."""
    return created(
        harness, method=SAVED, saved_reference=left.reference, amount=Money(799, harness.currency)
    )


def test_a_method_is_saved_where_the_person_wants_it(harness: Saving) -> None:
    assert harness.provider.saves_methods
    assert SAVED in harness.provider.methods
    trial, left = saved(harness)
    assert left.label == harness.saved_label
    assert 0 < len(left.reference) <= 120
    assert harness.provider.saved_method(trial.handle) == left


def test_without_the_wish_none_is_saved(harness: Saving) -> None:
    trial = created(harness)
    trial.pay()
    assert trial.query().state is ProviderState.SUCCEEDED
    assert harness.provider.saved_method(trial.handle) is None


def test_an_unpaid_payment_has_left_nothing(harness: Saving) -> None:
    assert harness.provider.saved_method(created(harness, save_method=True).handle) is None


def test_a_saved_method_pays_without_the_payer_and_once(harness: Saving) -> None:
    _, left = saved(harness)
    harness.drain()
    trial = by_saved(harness, left)
    assert trial.query().state is ProviderState.APPROVED
    report = harness.provider.capture(trial.handle)
    assert report == PaymentStatusReport(
        payment_number=trial.number,
        state=ProviderState.SUCCEEDED,
        transaction_id=report.transaction_id,
        amount_minor=799,
        currency=harness.currency,
        merchant=harness.provider.merchant,
        paid_at=report.paid_at,
    )
    assert report.transaction_id
    assert report.paid_at
    assert harness.provider.capture(trial.handle) == report
    assert trial.query() == report
    assert next_payment(harness) == report
    assert harness.provider.saved_method(trial.handle) is None


def test_it_pays_again_and_again(harness: Saving) -> None:
    _, left = saved(harness)
    reports = [harness.provider.capture(by_saved(harness, left).handle) for _ in range(2)]
    assert {report.state for report in reports} == {ProviderState.SUCCEEDED}
    assert len({report.transaction_id for report in reports}) == 2


def test_such_a_payment_is_given_back_as_any_other(harness: Saving) -> None:
    _, left = saved(harness)
    trial = by_saved(harness, left)
    report = harness.provider.capture(trial.handle)
    trial.handle = trial.paid_handle(report)
    said = trial.ended(trial.refund(amount=Money(799, harness.currency), total=fact_money(report)))
    assert (said.outcome, said.amount_minor) == (RefundOutcome.SUCCEEDED, 799)


def fact_money(report: PaymentStatusReport) -> Money:
    return Money(report.amount_minor, report.currency)


def test_a_bank_that_wants_the_payer_takes_nothing(harness: Saving) -> None:
    _, left = saved(harness, Later.PAYER_NEEDED)
    harness.drain()
    trial = by_saved(harness, left)
    assert harness.provider.capture(trial.handle).state is ProviderState.PAYER_NEEDED
    assert trial.query().state is ProviderState.PAYER_NEEDED
    assert harness.provider.capture(trial.handle).state is ProviderState.PAYER_NEEDED
    assert next_payment(harness).state is ProviderState.PAYER_NEEDED
    harness.provider.close(trial.handle)
    assert trial.query().state is ProviderState.CLOSED


def test_a_method_that_is_declined_has_failed(harness: Saving) -> None:
    _, left = saved(harness, Later.DECLINED)
    harness.drain()
    trial = by_saved(harness, left)
    refused = harness.provider.capture(trial.handle)
    assert (refused.state, refused.decline) == (ProviderState.FAILED, Decline.REFUSED)
    assert trial.query().state is ProviderState.FAILED
    assert next_payment(harness).state is ProviderState.FAILED


def test_a_closed_one_is_not_charged(harness: Saving) -> None:
    _, left = saved(harness)
    trial = by_saved(harness, left)
    harness.provider.close(trial.handle)
    assert trial.query().state is ProviderState.CLOSED
    assert harness.provider.capture(trial.handle).state is ProviderState.CLOSED


def test_a_forgotten_method_pays_no_more(harness: Saving) -> None:
    _, left = saved(harness)
    before = by_saved(harness, left)
    harness.provider.forget(left.reference)
    harness.provider.forget(left.reference)
    assert is_refused(lambda: harness.provider.capture(before.handle))
    assert is_refused(lambda: harness.provider.capture(by_saved(harness, left).handle))
    assert before.query().state is not ProviderState.SUCCEEDED


def is_refused(charge: Callable[[], PaymentStatusReport]) -> bool:
    """Tell whether a charge was refused for good, in whichever way."""
    try:
        return charge().state is ProviderState.FAILED
    except ProviderError as error:
        return not error.retryable


def test_a_payment_that_nobody_agreed_to_is_not_captured(harness: Saving) -> None:
    trial = created(harness)
    with pytest.raises((LocalProtocolError, ProviderError)):
        harness.provider.capture(trial.handle)
    assert trial.query().state is harness.unpaid_state(trial.request.method)


def test_a_reference_that_is_none_is_never_sent(harness: Saving) -> None:
    for reference in ("", "nonsense", "../refunds"):
        with pytest.raises(LocalProtocolError):
            harness.provider.forget(reference)
        with pytest.raises(LocalProtocolError):
            created(harness, method=SAVED, saved_reference=reference)


@pytest.mark.parametrize("kind", ["server_error", "server_error_after", "timeout_after"])
def test_a_lost_answer_to_a_charge_is_mended_by_asking_again(
    harness: Saving, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, left = saved(harness)
    trial = by_saved(harness, left)
    harness.shorten_timeouts(monkeypatch)
    harness.spoil_next_reply(kind, call="capture", count=harness.attempts)
    with pytest.raises(ProviderError) as failed:
        harness.provider.capture(trial.handle)
    assert failed.value.retryable
    harness.reset()
    report = harness.provider.capture(trial.handle)
    assert (report.state, report.amount_minor) == (ProviderState.SUCCEEDED, 799)
    assert trial.query() == report
