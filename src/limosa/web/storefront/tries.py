"""Limits on guessing, for every page on which somebody could guess, and the devices that are known.

What a page must count is said here by the name of its address; a test asks it of all of allauth's.
Signing in and giving the password once more count wrong tries only: the adapter does it.
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
from limosa.domain.accounts.engine.try_rules import Trier, TryKind
from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.count_try import count_try
from limosa.domain.accounts.operations.know_device import know_device
from limosa.domain.accounts.queries import known_device
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.web.storefront.refusals import refusal_text

# Every sent form of these pages is a try.
KINDS = {
    "account_signup": TryKind.SIGN_UP,
    "account_reset_password": TryKind.RESET,
    "account_reset_password_from_key": TryKind.CODE,
    "account_email_verification_sent": TryKind.CODE,
    "account_confirm_email": TryKind.CODE,
    "account_confirm_login_code": TryKind.CODE,
    "mfa_authenticate": TryKind.CODE,
    "mfa_login_webauthn": TryKind.CODE,
    "mfa_reauthenticate": TryKind.CODE,
    "mfa_reauthenticate_webauthn": TryKind.CODE,
    "account_email": TryKind.ADDRESS,
    "account_change_password": TryKind.PASSWORD,
    "account_set_password": TryKind.PASSWORD,
    "reset_pin": TryKind.PIN,
}
_OWN = {TryKind.ADDRESS, TryKind.PASSWORD, TryKind.PIN}
_COOKIE = "limosa_device"
_SALT = "limosa.device"
_CODE_AT = "code_mailed_at"
_CODES_APART = timedelta(minutes=1)


class TriesMiddleware:
    """Answers 429 to a form that was sent too often; nothing of it is then looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, arguments: object, named: object
    ) -> HttpResponse | None:
        """Count the form that a page was sent, before the page sees it."""
        del view, arguments, named
        match = request.resolver_match
        kind = KINDS.get(match.url_name or "") if match else None
        if kind is None or request.method != "POST":
            return None
        if kind in _OWN and not request.user.is_authenticated:
            return None  # The page sends strangers away.
        typed = request.POST.get("email", "")
        try:
            count_try(kind=kind, trier=trier_of(request, typed), now=timezone.now())
            if request.POST.get("action") == "resend":
                _check_code_is_old(request)
            elif kind is TryKind.ADDRESS:
                count_try(
                    kind=TryKind.NEW_ADDRESS, trier=_who_adds(request, typed), now=timezone.now()
                )
        except TriedTooOftenError as refusal:
            return too_often(request, refusal)
        return None


def trier_of(request: HttpRequest, typed: str) -> Trier:
    """Return who tries: the person who is signed in, or somebody with the address they typed."""
    address = request.META.get("REMOTE_ADDR", "")
    if request.user.is_authenticated:
        session = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()
        return Trier(account=str(request.user.pk), address=address, device=session)
    device = known_device(email=typed, token=device_token(request))
    return Trier(account=typed, address=address, device=device)


def note_code(request: HttpRequest) -> None:
    """Remember when a code was mailed for this session, or would have been."""
    request.session[_CODE_AT] = timezone.now().timestamp()


def _check_code_is_old(request: HttpRequest) -> None:
    """Refuse a new code while the last one is so new that its mail may be on its way.

    The session alone decides: it tells nothing of the address, and nobody else can hold it up.
    """
    passed = timedelta(seconds=timezone.now().timestamp() - request.session.get(_CODE_AT, 0))
    if passed < _CODES_APART:
        raise TriedTooOftenError(_CODES_APART - passed)
    note_code(request)


def _who_adds(request: HttpRequest, typed: str) -> Trier:
    return Trier(account=f"{request.user.pk} {typed}", address=request.META.get("REMOTE_ADDR", ""))


def too_often(request: HttpRequest, refusal: TriedTooOftenError) -> HttpResponse:
    """Return the page that says how long to wait."""
    context = {"wait": refusal_text(refusal)}
    response = render(request, "429.html", context, status=429)
    response["Retry-After"] = str(-(-refusal.wait // timedelta(seconds=1)))
    return response


def device_token(request: HttpRequest) -> str:
    """Return what this browser was given when somebody signed in on it; else an empty text."""
    token: Any = request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=DEVICE_LIFETIME)
    return str(token)


def remember_device(request: HttpRequest, response: HttpResponse, person: Subscriber) -> None:
    """Make this browser known to the person who has just signed in on it."""
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
