"""What allauth does on our pages beyond its own: each step of an account goes on its record."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.queries import person_with_address
from limosa.web.storefront.security_events import note_event


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks."""

    def post_login(self, request: HttpRequest, user: Subscriber, **how: Any) -> HttpResponse:
        """Record who has just signed in."""
        response: HttpResponse = super().post_login(request, user, **how)
        note_event(request, person=user, kind=SecurityEventKind.SIGNED_IN)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password; of an address that nobody has, without a person."""
        tried = person_with_address(str(credentials.get("email", "")))
        note_event(request, person=tried, kind=SecurityEventKind.SIGN_IN_FAILED)

    def set_password(self, user: Subscriber, password: str) -> None:
        """Record a change of the password, and of a reset."""
        super().set_password(user, password)
        note_event(self.request, person=user, kind=SecurityEventKind.PASSWORD_CHANGED)

    def send_password_reset_mail(self, user: Subscriber, email: str, context: Any) -> None:
        """Record that somebody asked for the link with which the password is reset."""
        note_event(self.request, person=user, kind=SecurityEventKind.PASSWORD_RESET_ASKED)
        super().send_password_reset_mail(user, email, context)
