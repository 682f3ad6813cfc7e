"""Answers that are late, broken or not genuine: an error each time, and asking again mends it."""

import secrets
from collections.abc import Callable
from typing import TypeVar

import pytest

from limosa.domain.payments.facts import RefundOutcome
from limosa.foundation.problem import ProviderError
from tests.contract.providers.harness import Harness
from tests.contract.providers.trial import Trial, handle_of, payment_request

Answer = TypeVar("Answer")
pytestmark = pytest.mark.enable_socket
REPLY_FAULTS = (
    "server_error",
    "server_error_after",
    "unsigned",
    "bad_signature",
    "malformed",
    "timeout",
    "timeout_after",
)


@pytest.mark.parametrize("kind", REPLY_FAULTS)
def test_an_unclean_answer_is_an_error_and_asking_again_mends_it(
    harness: Harness, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind not in harness.reply_faults:
        pytest.skip("its answers are not signed: TLS says whose they are")
    harness.shorten_timeouts(monkeypatch)
    provider, request = harness.provider, payment_request(harness)
    started = mended(harness, kind, "create", lambda: provider.create(request))
    assert provider.create(request) == started
    trial = Trial(harness, request, handle_of(request, started.reference))
    fact = mended(harness, kind, "query", trial.query)
    assert fact.state is harness.unpaid_state(request.method)
    told = trial.paid()
    assert trial.query() == told
    number = "R" + secrets.token_hex(10)
    asked = mended(harness, kind, "refund", lambda: trial.refund(number=number))
    said = mended(harness, kind, "query_refund", lambda: trial.query_refund(asked))
    assert said.outcome in {RefundOutcome.PENDING, RefundOutcome.SUCCEEDED}
    assert trial.ended(asked).amount_minor == told.amount_minor


def mended(harness: Harness, kind: str, call: str, ask: Callable[[], Answer]) -> Answer:
    """Return what the second asking gives, once the first has failed as it should."""
    harness.spoil_next_reply(kind, call=call, count=harness.attempts)
    with pytest.raises(ProviderError) as failed:
        ask()
    assert failed.value.retryable
    harness.reset()
    return ask()


def test_one_fast_failure_is_not_noticed(harness: Harness) -> None:
    if harness.attempts < 2:
        pytest.skip("each call is made once; the caller asks again")
    for kind in ("server_error", "server_error_after"):
        request = payment_request(harness)
        harness.spoil_next_reply(kind, call="create", count=1)
        assert harness.provider.create(request) == harness.provider.create(request)
