"""What becomes of a provider's message that its wire refuses: a reply to a call of ours, or a
notification."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from limosa.domain.payments.status_reports import NotificationRefusedError, Waiting
from limosa.foundation.errors import ProviderError, RemoteProtocolError


class MessageRefusedError(RemoteProtocolError):
    """A message that is not genuine, not fresh, not for us or not in the documented format.

    reason: a member of the provider's own Refusal. awaited: as in NotificationRefusedError.
    """

    def __init__(self, reason: StrEnum, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.awaited: Waiting | None = None


@contextmanager
def understood_reply() -> Iterator[None]:
    """Turn a reply that is refused into a ProviderError: what it is about remains unknown."""
    try:
        yield
    except MessageRefusedError as refused:
        raise ProviderError(f"reply not understood: {refused}", retryable=True) from refused


@contextmanager
def understood_notification() -> Iterator[None]:
    """Turn a notification that is refused into a NotificationRefusedError with the same reason."""
    try:
        yield
    except MessageRefusedError as refused:
        raise NotificationRefusedError(refused.reason, awaited=refused.awaited) from refused
