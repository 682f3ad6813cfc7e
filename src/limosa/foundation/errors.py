"""The kinds of error that the code distinguishes: five kinds, never mixed."""


class DomainRefusal(Exception):
    """The business says no; nothing was changed. `code` selects the translated text."""

    code = "refused"


class ProviderError(Exception):
    """A provider or supplier did not answer cleanly. `retryable`: trying again may help.

    `is_unauthorized`: it rejects our credentials, or signs with a key other than the one we hold.
    Retrying helps once the operator has fixed that, so such an error is usually retryable as well.
    """

    def __init__(self, message: str, *, retryable: bool, is_unauthorized: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.is_unauthorized = is_unauthorized


class LocalProtocolError(Exception):
    """We were about to break a protocol: our bug."""


class RemoteProtocolError(Exception):
    """The other side broke a protocol: refuse, change nothing."""
