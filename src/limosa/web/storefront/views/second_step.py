"""The second step at sign-in: wrong codes are counted and recorded.

Setting one up also counts as giving it: a person who has just entered its code is not asked again.
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

from limosa.domain.accounts.engine.attempt_rules import AttemptKind
from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.take_back_attempt import take_back_attempt
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.web.storefront.access import person_of
from limosa.web.storefront.attempts import claimant_of_step, too_often
from limosa.web.storefront.security_events import note_event


class _CountedCode(ABC):
    """Adds counting to one of allauth's views for codes, as a mixin in front of it."""

    request: HttpRequest

    @abstractmethod
    def tried(self) -> Subscriber:
        """Return the person whose second step is being tried."""

    def post(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """Count the code before it is checked, or refuse it."""
        if refused := _count_code(request, self.tried()):
            return refused
        answer: HttpResponse = super().post(request, *args, **named)  # type: ignore[misc]
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """Continue: a right code was no guess."""
        _take_back_code(self.request, self.tried())
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Ask again, and record it."""
        note_event(self.request, person=self.tried(), kind=SecurityEventKind.SECOND_FACTOR_FAILED)
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return answer


class SecondStep(_CountedCode, AuthenticateView):  # type: ignore[misc]
    """The code, or the passkey, after the right password."""

    def tried(self) -> Subscriber:
        """Return the person who is signing in."""
        person: Subscriber = self.stage.login.user
        return person


class ReauthenticateByCode(_CountedCode, ReauthenticateView):  # type: ignore[misc]
    """The code again, from somebody who is signed in."""

    def tried(self) -> Subscriber:
        """Return the signed-in person."""
        return person_of(self.request)


class SetUpApp(ActivateTOTPView):  # type: ignore[misc]
    """Sets up an authenticator app with its first code."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the app, and record that its code was given."""
        answer: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.TOTP)
        return answer


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Adds a passkey, with a signature by the device."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Save the passkey, and record that it was used."""
        answer: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.WEBAUTHN)
        return answer


def _count_code(request: HttpRequest, person: Subscriber) -> HttpResponse | None:
    """Count a typed code; return the refusal if it is one too many.

    A passkey's signature is never counted: nobody can guess it.
    """
    if "code" not in request.POST:
        return None
    try:
        claimant = claimant_of_step(request, person)
        count_attempt(kind=AttemptKind.SECOND_STEP, claimant=claimant, now=timezone.now())
    except TriedTooOftenError as refusal:
        is_signing_in = not request.user.is_authenticated
        return too_often(request, refusal, asks_second_step=is_signing_in)
    return None


def _take_back_code(request: HttpRequest, person: Subscriber) -> None:
    if "code" in request.POST:
        claimant = claimant_of_step(request, person)
        take_back_attempt(kind=AttemptKind.SECOND_STEP, claimant=claimant, now=timezone.now())


def _record(request: HttpRequest, kind: str) -> None:
    """Add to allauth's authentication records of this session, as its own second-step page would.

    The person has just given their password, or the page would have asked for it, so there are
    records, and they are this person's.
    """
    records = list(request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []))
    shown = {"method": "mfa", "at": timezone.now().timestamp(), "type": str(kind)}
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records, shown]
