"""The provider's id for the person at this browser, for methods that need to know the payer.

The person returns from the provider's page with a code that identifies them. The state parameter
that makes the round trip is created for one order and kept in the session, so that one person's
code can't be used for another's payment. WeChat accepts only letters and digits.
"""

from django.http import HttpRequest

from limosa.foundation.identifiers import random_code

_SESSION_KEY = "payer_"
_STATE_KEY = "payer_state"


class StateNotOursError(Exception):
    """The state is not the one issued for this order in this browser."""


def payer_reference(request: HttpRequest, provider: str) -> str:
    """Return the provider's id for the payer; empty: not known yet."""
    reference: str = request.session.get(f"{_SESSION_KEY}{provider}", "")
    return reference


def keep_payer_reference(request: HttpRequest, provider: str, reference: str) -> None:
    """Store it for as long as the session lives."""
    request.session[f"{_SESSION_KEY}{provider}"] = reference


def make_state(request: HttpRequest, number: str) -> str:
    """Return a new state for the round trip to the provider, for this order and browser."""
    state = random_code(24)
    request.session[_STATE_KEY] = [state, number]
    return state


def use_state(request: HttpRequest, state: str, number: str) -> None:
    """Consume a returned state, which is valid once. Raises StateNotOursError."""
    if request.session.pop(_STATE_KEY, None) != [state, number]:
        raise StateNotOursError
