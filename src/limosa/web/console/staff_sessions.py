"""How long staff stay signed in, and what the console requires of their sessions."""

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.web.shown import signed_in_at

SESSION_LASTS = timedelta(hours=12)


class StaffSessionMiddleware:
    """Ends a staff session twelve hours after it began, whatever its activity."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check before and after: the response may be that to signing in."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _limit(request)
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or request.session.modified:
            _limit(request)
        return response


def second_step_address(person: Subscriber) -> str:
    """Return the page for the second step of somebody who is signed in without it.

    A code, or the passkey of somebody without an app.
    """
    ways = {way["id"]: way["url"] for way in get_adapter().get_reauthentication_methods(person)}
    by_code, by_passkey = "mfa_reauthenticate", "mfa_reauthenticate:webauthn"
    has_app = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
    order = (by_code, by_passkey) if has_app else (by_passkey, by_code)
    return str(next(ways[way] for way in order if way in ways))


def _limit(request: HttpRequest) -> None:
    """Limit a staff session, and sign out whoever comes with one that has expired."""
    person = request.user
    if not person.is_authenticated or not person.staff_role:
        return
    now = timezone.now()
    ends_at = (signed_in_at(request, person) or now) + SESSION_LASTS
    if ends_at <= now:
        logout(request)
    elif request.session.get_expiry_date() > ends_at:
        request.session.set_expiry(ends_at)
