"""The second step for signing in: wrong codes count, and are on record.

Setting one up also shows it: whoever has just given its code is not asked again.
"""

from abc import ABC, abstractmethod
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.base.views import AuthenticateView, ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from limosa.domain.accounts.engine.try_rules import TryKind
from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.count_try import count_try
from limosa.domain.accounts.operations.take_back_try import take_back_try
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.web.storefront.access import person_of
from limosa.web.storefront.security_events import note_event
from limosa.web.storefront.tries import too_often, trier_of_step


class _CountedCode(ABC):
    """What a page for a code does beside allauth's view, which it stands before."""

    request: HttpRequest

    @abstractmethod
    def tried(self) -> Subscriber:
        """Return whose second step is tried."""

    def post(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """Count the code before it is looked at, or refuse it."""
        if refused := _count_code(request, self.tried()):
            return refused
        answer: HttpResponse = super().post(request, *args, **named)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on: a right code was no guess."""
        _take_back_code(self.request, self.tried())
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Ask again, and put it on record."""
        note_event(self.request, person=self.tried(), kind=SecurityEventKind.SECOND_FACTOR_FAILED)
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return answer


class SecondStep(_CountedCode, AuthenticateView):  # type: ignore[misc]
    """The code, or the passkey, after a password that was right."""

    def tried(self) -> Subscriber:
        """Return who is signing in."""
        person: Subscriber = self.stage.login.user
        return person


class ReauthenticateByCode(_CountedCode, ReauthenticateView):  # type: ignore[misc]
    """The code once more, from somebody who is signed in."""

    def tried(self) -> Subscriber:
        """Return who is signed in."""
        return person_of(self.request)


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


def _count_code(request: HttpRequest, person: Subscriber) -> HttpResponse | None:
    """Count a typed code; return the refusal when it is one too many.

    What a passkey signs is never counted: nobody can guess it.
    """
    if "code" not in request.POST:
        return None
    try:
        trier = trier_of_step(request, person)
        count_try(kind=TryKind.SECOND_STEP, trier=trier, now=timezone.now())
    except TriedTooOftenError as refusal:
        is_signing_in = not request.user.is_authenticated
        return too_often(request, refusal, asks_second_step=is_signing_in)
    return None


def _take_back_code(request: HttpRequest, person: Subscriber) -> None:
    if "code" in request.POST:
        trier = trier_of_step(request, person)
        take_back_try(kind=TryKind.SECOND_STEP, trier=trier, now=timezone.now())


def _record(request: HttpRequest, kind: str) -> None:
    """Add to allauth's records of this session, as its own question for the step would.

    The person has just shown their password, or the page would have asked for it; so there are
    records, of this person.
    """
    records = list(request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []))
    shown = {"method": "mfa", "at": timezone.now().timestamp(), "type": str(kind)}
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records, shown]
