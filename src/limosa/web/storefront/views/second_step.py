"""Setting up a second step also shows it: whoever has just given its code is not asked again."""

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class SetUpApp(ActivateTOTPView):  # type: ignore[misc]
    """The authenticator app, by the first code that it shows."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and record that it was shown."""
        answer: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.TOTP)
        return answer


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """A passkey, by what the device signs with it."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the passkey, and record that it was shown."""
        answer: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.WEBAUTHN)
        return answer


def _record(request: HttpRequest, kind: str) -> None:
    """Add to allauth's records of this session, as its own question for the step would.

    The person has just shown their password, or the page would have asked for it; so there are
    records, of this person.
    """
    records = list(request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []))
    shown = {"method": "mfa", "at": timezone.now().timestamp(), "type": str(kind)}
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records, shown]
