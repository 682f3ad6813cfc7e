"""What it means for an order that its message was not sent, or not taken."""

from limosa.domain.connectivity.answers import Failure, Refused
from limosa.domain.http.messages import NotReachedError, Reply, TooManyCallsError
from limosa.foundation.errors import ProviderError

UNAUTHORIZED, FORBIDDEN = 401, 403


class TurnedAwayError(NotReachedError):
    """It was refused at the door, by status alone, so that nothing was done: our credentials or our
    address are not taken."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}", retryable=True, is_unauthorized=True)
        self.status = status


def fault_of(reply: Reply) -> ProviderError:
    """Return the fault of a reply whose status is not that of an answer: a TurnedAwayError, or one
    after which nobody knows what was done."""
    if reply.status in (UNAUTHORIZED, FORBIDDEN):
        return TurnedAwayError(reply.status)
    return ProviderError(f"HTTP {reply.status}", retryable=True)


def unsent(error: ProviderError) -> Refused:
    """Return that the same order is to be sent again: later, if the supplier takes no more calls
    for now. Any fault but a NotReachedError is of a question that comes before the order."""
    match error:
        case TooManyCallsError():
            return Refused(failure=Failure.AGAIN, reason="rate_limited", wait=error.wait)
        case TurnedAwayError():
            return Refused(failure=Failure.AGAIN, reason=f"http_{error.status}")
        case NotReachedError():
            return Refused(failure=Failure.AGAIN, reason="not_reached")
        case _:
            return Refused(failure=Failure.AGAIN, reason="not_checked")
