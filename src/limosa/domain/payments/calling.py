"""How a provider is called: directly, or with a limit on how long the caller waits.

The worker and the commands call directly. A page calls through web/provider_calls.py, which limits
the waiting time and the number of concurrent calls; operations receive it as `caller`.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from limosa.domain.payments.port import Provider
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError

_Answer = TypeVar("_Answer")

# The methods that call the provider. The rest of the port makes no outside calls.
CALLS = frozenset(
    {
        "create",
        "query",
        "capture",
        "close",
        "refund",
        "query_refund",
        "saved_method",
        "forget",
        "fetch_settlement",
        "identify",
    }
)


class ProviderBusyError(ProviderError):
    """Too many calls are in progress, so this one was not begun: nothing happened."""

    def __init__(self) -> None:
        super().__init__("not asked: too many calls are under way", retryable=True)


class ProviderSlowError(ProviderError):
    """The call takes longer than the caller waits. It may still succeed: the outcome is unknown."""

    def __init__(self) -> None:
        super().__init__("no answer yet", retryable=True)


class Caller(Protocol):
    """Makes a call to a provider and returns its answer.

    late: called in another thread with an answer that arrives after the caller has stopped waiting.
    Raises: what `ask` raises; ProviderBusyError, ProviderSlowError.
    """

    def __call__(
        self,
        provider_code: str,
        ask: Callable[[], _Answer],
        *,
        late: Callable[[_Answer], None] | None = None,
    ) -> _Answer: ...


def call_directly(
    provider_code: str,
    ask: Callable[[], _Answer],
    *,
    late: Callable[[_Answer], None] | None = None,
) -> _Answer:
    """Make the call directly, however long it takes. For the worker and for commands."""
    del provider_code, late
    return ask()


def provider_called_by(caller: Caller, code: str) -> Provider:
    """Return the provider for a code, with every call made by `caller`.

    Raises: ProviderNotSetUpError.
    """
    return cast(Provider, _Called(provider_for(code), caller))


class _Called:
    def __init__(self, provider: Provider, caller: Caller) -> None:
        self._provider = provider
        self._caller = caller

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._provider, name)
        if name not in CALLS:
            return found
        return lambda *values: self._caller(self._provider.code, lambda: found(*values))
