"""How a call to a provider is made: at once, or as somebody who waits can bear it.

The worker and the commands call at once. A page calls through web/provider_calls.py, which waits
only so long and lets only so many calls run; an operation takes that as its `caller`.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

from limosa.domain.payments.port import Provider
from limosa.domain.payments.registry import provider_for
from limosa.foundation.errors import ProviderError

_Answer = TypeVar("_Answer")

# What goes out to the provider. The rest of the port answers by itself.
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
    """Too many calls are under way, so this one was not begun: nothing happened."""

    def __init__(self) -> None:
        super().__init__("not asked: too many calls are under way", retryable=True)


class ProviderSlowError(ProviderError):
    """The call takes longer than anybody here waits. It may succeed yet: nothing is known."""

    def __init__(self) -> None:
        super().__init__("no answer yet", retryable=True)


class Caller(Protocol):
    """Makes a call to a provider and returns its answer.

    late: is given an answer that comes after nobody waits for it any more, in another thread.
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
    """Make the call here and now, for as long as it takes. For the worker and for commands."""
    del provider_code, late
    return ask()


def provider_called_by(caller: Caller, code: str) -> Provider:
    """Return the provider of a code, each of whose calls `caller` makes.

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
