"""The kinds of error that the code tells apart (HOUSE: five kinds, never mixed)."""


class DomainRefusal(Exception):
    """The business says no; nothing was changed. `code` selects the translated text."""

    code = "refused"


class ProviderError(Exception):
    """A provider or supplier did not answer cleanly. `retryable`: asking again may help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class LocalProtocolError(Exception):
    """We were about to break a protocol: our bug."""


class RemoteProtocolError(Exception):
    """The other side broke a protocol: refuse, change nothing."""
