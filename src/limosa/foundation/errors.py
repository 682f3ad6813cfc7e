"""The kinds of error that the code tells apart (HOUSE: five kinds, never mixed)."""


class DomainRefusal(Exception):
    """The business says no; nothing was changed. `code` selects the translated text."""

    code = "refused"


class ProviderError(Exception):
    """A provider or supplier did not answer cleanly. `retryable`: asking again may help.

    `is_unauthorized`: it does not take our credentials, or it signs by a key that is not the one we
    hold. Asking again helps once the operator has mended that, so it is mostly retryable as well.
    """

    def __init__(self, message: str, *, retryable: bool, is_unauthorized: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.is_unauthorized = is_unauthorized


class LocalProtocolError(Exception):
    """We were about to break a protocol: our bug."""


class RemoteProtocolError(Exception):
    """The other side broke a protocol: refuse, change nothing."""
