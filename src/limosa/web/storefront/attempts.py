"""Limits on guessing, for every page on which somebody could guess, and known devices.

The pages to count are listed here by URL name; a test checks all of allauth's. Signing in, giving
the password again and the second step count only wrong attempts: the adapter and
views/second_step.py do that. The rules are in `accounts/engine/attempt_rules.py`.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.accounts.device_tokens import DEVICE_LIFETIME, new_token
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.know_device import know_device
from limosa.domain.accounts.queries import known_device
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.web.wording.refusals import refusal_text

# Every submission of these pages is an attempt.
KINDS = {
    "account_signup": AttemptKind.SIGN_UP,
    "account_reset_password": AttemptKind.RESET,
    "account_email": AttemptKind.ADDRESS,
    "account_change_password": AttemptKind.PASSWORD,
    "account_set_password": AttemptKind.PASSWORD,
    "reset_pin": AttemptKind.PIN,
}
_CODE_PAGE = "account_email_verification_sent"
_OWN = {AttemptKind.ADDRESS, AttemptKind.PASSWORD, AttemptKind.PIN}
_COOKIE = "limosa_device"
_SALT = "limosa.device"
_CODE_AT = "code_mailed_at"
_CODES_APART = timedelta(minutes=1)


class AttemptsMiddleware:
    """Answers 429 to a form that was submitted too often; its content is then not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, arguments: object, named: object
    ) -> HttpResponse | None:
        """Count a submitted form before the page sees it."""
        del view, arguments, named
        if request.method != "POST" or request.resolver_match is None:
            return None
        try:
            _count(request, page=request.resolver_match.url_name or "")
        except TriedTooOftenError as refusal:
            return too_often(request, refusal)
        return None


def _count(request: HttpRequest, *, page: str) -> None:
    if page == _CODE_PAGE and request.POST.get("action") == "resend":
        _check_code_is_old(request)
    kind = KINDS.get(page)
    if kind is None or (kind in _OWN and not request.user.is_authenticated):
        return  # Nothing to guess, or the page sends strangers away.
    typed, now = request.POST.get("email", ""), timezone.now()
    count_attempt(kind=kind, claimant=claimant_of(request, typed), now=now)
    if kind is AttemptKind.ADDRESS:
        count_attempt(kind=AttemptKind.NEW_ADDRESS, claimant=_who_adds(request, typed), now=now)


def count_esim_number(request: HttpRequest) -> None:
    """Count a number that an eSIM could have. Raises TriedTooOftenError."""
    claimant = claimant_of(request, "")
    count_attempt(kind=AttemptKind.ESIM_NUMBER, claimant=claimant, now=timezone.now())


def claimant_of(request: HttpRequest, typed: str) -> Claimant:
    """Return who is trying: the signed-in person, or somebody with the address they typed."""
    if request.user.is_authenticated:
        return _claimant(request, account=str(request.user.pk), device=_session_digest(request))
    device = known_device(email=typed, token=device_token(request))
    return _claimant(request, account=typed, device=device)


def claimant_of_step(request: HttpRequest, person: Subscriber) -> Claimant:
    """Return who is trying the second step, after giving the right password.

    Anyone who has the password is held to its attempts; a new password starts a new count. So a
    thief with the old one can't lock out an owner who has just chosen another.
    """
    if request.user.is_authenticated:
        device = _session_digest(request)
    else:
        device = known_device(email=person.email, token=device_token(request))
    account = f"{person.pk} {person.get_session_auth_hash()}"
    return _claimant(request, account=account, device=device)


def _session_digest(request: HttpRequest) -> str:
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def _claimant(request: HttpRequest, *, account: str, device: str) -> Claimant:
    return Claimant(account=account, address=request.META.get("REMOTE_ADDR", ""), device=device)


def note_code(request: HttpRequest) -> None:
    """Remember when a code was mailed for this session, or would have been."""
    request.session[_CODE_AT] = timezone.now().timestamp()


def _check_code_is_old(request: HttpRequest) -> None:
    """Refuse a new code while the previous one is so recent that its mail may be on its way.

    Only the session decides: this reveals nothing about the address, and nobody else can cause a
    delay.
    """
    passed = timedelta(seconds=timezone.now().timestamp() - request.session.get(_CODE_AT, 0))
    if passed < _CODES_APART:
        raise TriedTooOftenError(_CODES_APART - passed)
    note_code(request)


def _who_adds(request: HttpRequest, typed: str) -> Claimant:
    return _claimant(request, account=f"{request.user.pk} {typed}", device="")


def too_often(
    request: HttpRequest,
    refusal: TriedTooOftenError,
    *,
    asks_second_step: bool = False,
    renews: bool = False,
) -> HttpResponse:
    """Return the page that says how long to wait, and what to do until then.

    asks_second_step: for somebody who is signing in and gave the right password. renews: for
    somebody who gives eSIMs' numbers.
    """
    context = {
        "wait": refusal_text(refusal),
        "asks_second_step": asks_second_step,
        "renews": renews,
    }
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(-(-refusal.wait // timedelta(seconds=1)))
    return response


def device_token(request: HttpRequest) -> str:
    """Return the token this browser got when somebody signed in on it; otherwise empty."""
    token: Any = request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=DEVICE_LIFETIME)
    return str(token)


def remember_device(request: HttpRequest, response: HttpResponse, person: Subscriber) -> None:
    """Make this browser a known device of the person who has just signed in on it."""
    token = device_token(request) or new_token()
    know_device(
        subscriber_id=person.pk,
        token=token,
        device=request.headers.get("User-Agent", ""),
        now=timezone.now(),
    )
    response.set_signed_cookie(
        _COOKIE,
        token,
        salt=_SALT,
        max_age=DEVICE_LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
