"""How a provider names the person at this browser, where one of its methods has to know.

The provider tells it to whoever comes back from its page with a code. The state that goes there
and back is made up for one order and kept in the session, so that nobody's code can be put under
another person's payment. WeChat takes letters and digits only.
"""

from django.http import HttpRequest

from limosa.foundation.identifiers import random_code

_SESSION_KEY = "payer_"
_STATE_KEY = "payer_state"


class StateNotOursError(Exception):
    """A state that is not the one of this order in this browser."""


def payer_reference(request: HttpRequest, provider: str) -> str:
    """Return the payer as the provider names them; empty: not known yet."""
    reference: str = request.session.get(f"{_SESSION_KEY}{provider}", "")
    return reference


def keep_payer_reference(request: HttpRequest, provider: str, reference: str) -> None:
    """Keep it for as long as the session lives."""
    request.session[f"{_SESSION_KEY}{provider}"] = reference


def make_state(request: HttpRequest, number: str) -> str:
    """Return a new state for the way to the provider and back, for this order and browser."""
    state = random_code(24)
    request.session[_STATE_KEY] = [state, number]
    return state


def use_state(request: HttpRequest, state: str, number: str) -> None:
    """Take a state that came back; it is good once. Raises StateNotOursError."""
    if request.session.pop(_STATE_KEY, None) != [state, number]:
        raise StateNotOursError
