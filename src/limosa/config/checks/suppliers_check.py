"""Whether each supplier answers: it is asked for our balance, or for the first page of its list."""

from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from django.conf import settings

from limosa.config.checks.finding import Finding, fault, warning
from limosa.domain.connectivity.registry import adapter_for
from limosa.foundation.errors import ProviderError

# For all of them together, since they are asked at once; each ends its own calls much sooner.
WAIT_SECONDS = 60.0
# What libraries call it, and how an operator does.
_CAUSES = {
    "CERTIFICATE_VERIFY_FAILED": "its certificate is not accepted",
    "NameResolutionError": "the name of its host is unknown",
    "Connection refused": "nothing listens at its address",
    "timed out": "it took too long",
}


def check_suppliers_online(*, wait_seconds: float = WAIT_SECONDS) -> Iterator[Finding]:
    """Yield a finding for each supplier that is set up and does not answer as it should.

    Nothing is ordered or changed. One that can only be ordered from, or is our own, is not asked.
    """
    answers: SimpleQueue[tuple[str, ProviderError | None]] = SimpleQueue()
    asked = [code for code in sorted(settings.SUPPLIER_ADAPTERS) if _can_be_asked(code)]
    for code in asked:
        Thread(target=_ask, args=(code, answers), daemon=True).start()
    silent, until = set(asked), monotonic() + wait_seconds
    found: dict[str, Finding] = {}
    while silent:
        try:
            code, error = answers.get(timeout=max(until - monotonic(), 0))
        except Empty:
            break
        silent.discard(code)
        if error is not None:
            found[code] = _finding(code, error)
    for code in silent:
        found[code] = warning(f"{code} did not answer within {wait_seconds:.0f} seconds.")
    yield from (found[code] for code in sorted(found))


def _can_be_asked(code: str) -> bool:
    can = adapter_for(code).capabilities
    return not can.in_own_database and (can.tells_balance or can.lists_plans)


def _ask(code: str, answers: SimpleQueue[tuple[str, ProviderError | None]]) -> None:
    adapter = adapter_for(code)
    try:
        if adapter.capabilities.tells_balance:
            adapter.balance()
        else:
            adapter.list_plans()
    except ProviderError as error:
        answers.put((code, error))
    else:
        answers.put((code, None))


def _finding(code: str, error: ProviderError) -> Finding:
    said = " ".join(_causes(error))
    why = next((words for theirs, words in _CAUSES.items() if theirs in said), "")
    told = f"{error}; {why}" if why else str(error)
    if error.is_unauthorized:
        return fault(
            f"{code} does not take our credentials: {told}. Compare its variables with the "
            "supplier's own pages: a wrong or revoked key or secret, an account of its test "
            "environment at the real address, or an address of ours that it does not let in."
        )
    if error.retryable:
        return warning(f"{code} can't be asked: {told}. Check its address, if that stays so.")
    return fault(f"{code} refuses to be asked: {told}.")


def _causes(error: BaseException) -> Iterator[str]:
    cause = error.__cause__
    while cause is not None:
        yield str(cause)
        cause = cause.__cause__
