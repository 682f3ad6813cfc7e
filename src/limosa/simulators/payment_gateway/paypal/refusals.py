"""PayPal's refusals: name, issue and the other members of an error.

Source: developer.paypal.com, "Orders v2 errors", "Payments v2 errors", "API responses".
"""

import json
import secrets
from dataclasses import dataclass

from limosa.simulators.loopback_http import Reply

_MESSAGES = {
    "INVALID_REQUEST": "Request is not well-formed, syntactically incorrect, or violates schema.",
    "UNPROCESSABLE_ENTITY": "The requested action could not be performed, semantically incorrect, "
    "or failed business validation.",
    "RESOURCE_NOT_FOUND": "The specified resource does not exist.",
    "AUTHENTICATION_FAILURE": "Authentication failed due to missing authorization header, or "
    "invalid authentication credentials.",
    "INTERNAL_SERVER_ERROR": "An internal server error has occurred.",
}
_STATUSES = {
    "INVALID_REQUEST": 400,
    "AUTHENTICATION_FAILURE": 401,
    "RESOURCE_NOT_FOUND": 404,
    "UNPROCESSABLE_ENTITY": 422,
    "INTERNAL_SERVER_ERROR": 500,
}


@dataclass(eq=False)
class PayPalRefusalError(Exception):
    """A call is refused; `links` may lead the payer further."""

    name: str
    issue: str = ""
    field: str = ""
    value: str = ""
    links: tuple[dict[str, str], ...] = ()

    def reply(self) -> Reply:
        """Return the refusal as a reply."""
        detail = {"issue": self.issue, "field": self.field, "value": self.value}
        body = {
            "name": self.name,
            "message": _MESSAGES[self.name],
            "debug_id": secrets.token_hex(7),
            "details": [{name: text for name, text in detail.items() if text}],
            "links": list(self.links),
        }
        headers = {"Content-Type": "application/json"}
        return Reply(_STATUSES[self.name], json.dumps(body).encode(), headers)


def unprocessable(issue: str) -> PayPalRefusalError:
    """Return a refusal by a business rule."""
    return PayPalRefusalError("UNPROCESSABLE_ENTITY", issue)


def parameter_refusal(field: str, issue: str, value: object) -> PayPalRefusalError:
    """Return the refusal of one member."""
    return PayPalRefusalError("INVALID_REQUEST", issue, field, str(value)[:100])


def not_found() -> PayPalRefusalError:
    """Return the refusal of an unknown id."""
    return PayPalRefusalError("RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")


def server_error() -> Reply:
    """Return the answer when something broke."""
    return PayPalRefusalError("INTERNAL_SERVER_ERROR").reply()
