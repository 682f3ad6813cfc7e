"""What it means for an order that its message was not sent, or not taken."""

from limosa.domain.connectivity.answers import Failure, Refused
from limosa.domain.http.messages import NotReachedError, TooManyCallsError


def unsent(error: NotReachedError) -> Refused:
    """Return that the same order is to be sent again: later, if the supplier takes no more calls
    for now."""
    if isinstance(error, TooManyCallsError):
        return Refused(failure=Failure.AGAIN, reason="rate_limited", wait=error.wait)
    return Refused(failure=Failure.AGAIN, reason="not_reached")
