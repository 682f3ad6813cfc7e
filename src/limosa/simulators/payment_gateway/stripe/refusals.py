"""The API's errors.

Source: docs.stripe.com/api/errors, docs.stripe.com/error-codes.
"""

from typing import Any


class RefusalError(Exception):
    """A request that is answered with an error. `keeps`: what was done before it is kept."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = False
        self.body: dict[str, Any] = {"error": {"type": kind, "message": message, **more}}


def missing(kind: str, id_: str) -> RefusalError:
    """Say that there is no such object."""
    return RefusalError(404, f"No such {kind}: '{id_}'", code="resource_missing", param="id")


def parameter(name: str, message: str, code: str = "parameter_invalid_empty") -> RefusalError:
    """Say what is wrong with a parameter."""
    return RefusalError(400, message, code=code, param=name)


def absent(name: str) -> RefusalError:
    """Say that a parameter is needed."""
    return parameter(name, f"Missing required param: {name}.", "parameter_missing")


def declined(code: str, decline_code: str, intent: dict[str, Any]) -> RefusalError:
    """Report that the card was declined. The effect on the payment is kept."""
    refusal = RefusalError(
        402,
        "Your card was declined.",
        kind="card_error",
        code=code,
        decline_code=decline_code,
        payment_intent=intent,
    )
    refusal.keeps = True
    return refusal
