"""How our pages customize allauth.

The worker sends the mail, each step is recorded as a security event, and a changed address or
password invalidates what depended on the old one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from limosa.domain.accounts.addresses import KeptAddress, addresses_of, confirmed
from limosa.domain.accounts.engine.attempt_rules import AttemptKind, Claimant
from limosa.domain.accounts.engine.mail_rules import MailKind
from limosa.domain.accounts.models import SecurityEventKind, Subscriber
from limosa.domain.accounts.operations.count_attempt import count_attempt
from limosa.domain.accounts.operations.count_mail import count_mail
from limosa.domain.accounts.operations.end_sessions import end_sessions
from limosa.domain.accounts.operations.forget_devices import forget_devices
from limosa.domain.accounts.operations.record_address_change import record_address_change
from limosa.domain.accounts.operations.record_failed_sign_in import record_failed_sign_in
from limosa.domain.accounts.operations.reset_password import reset_password
from limosa.domain.accounts.operations.take_back_attempt import take_back_attempt
from limosa.domain.accounts.queries import known_device, look_again, person_with_address
from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.notifications.not_me import NotMe, not_me_link
from limosa.domain.payments.operations.forget_saved_methods import forget_saved_methods
from limosa.web.origin import origin_of
from limosa.web.own_paths import own_path
from limosa.web.storefront.account_mail import leave_mail
from limosa.web.storefront.attempts import claimant_of, device_token, note_code, remember_device
from limosa.web.storefront.security_events import note_event
from limosa.web.wording.refusals import refusal_text

# We report these ourselves where they happen, with a link that undoes them.
_TOLD_OTHERWISE = frozenset({"account/email/email_changed", "account/email/email_deleted"})
_CAUSED_BY_STRANGERS = {
    "account/email/account_already_exists": MailKind.KNOWN_ADDRESS,
    "account/email/email_confirmation": MailKind.ADDRESS_CODE,
    "account/email/email_confirmation_signup": MailKind.SIGN_UP_CODE,
    "account/email/password_reset_key": MailKind.RESET,
    "account/email/unknown_account": MailKind.UNKNOWN_ADDRESS,
}
# Each of these mails has a link that locks the account, for an owner who did not do it.
_SECOND_STEP_EVENTS = {
    "mfa/email/recovery_codes_generated": SecurityEventKind.RECOVERY_CODES_NEW,
    "mfa/email/totp_activated": SecurityEventKind.SECOND_FACTOR_ADDED,
    "mfa/email/totp_deactivated": SecurityEventKind.SECOND_FACTOR_REMOVED,
    "mfa/email/webauthn_added": SecurityEventKind.SECOND_FACTOR_ADDED,
    "mfa/email/webauthn_removed": SecurityEventKind.SECOND_FACTOR_REMOVED,
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks."""

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Queue the mail, unless strangers have caused too many; the page waits for no mail server.

        A mail above the limit is written and rolled back, so that the response time does not reveal
        that none is sent.
        """
        now, kind = timezone.now(), _CAUSED_BY_STRANGERS.get(template_prefix)
        may = kind is None or self._count(kind, email, now)
        with transaction.atomic():
            leave_mail(template_prefix, recipient=email, context=context, now=now)
            if kind is MailKind.UNKNOWN_ADDRESS:
                note_event(self.request, person=None, kind=SecurityEventKind.PASSWORD_RESET_ASKED)
            if not may:
                transaction.set_rollback(True)

    def _count(self, kind: MailKind, email: str, now: datetime) -> bool:
        return count_mail(
            kind=kind,
            recipient=email,
            address=origin_of(self.request).address,
            device=known_device(email=email, token=device_token(self.request)),
            now=now,
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        """Report a sign-up with an address that has an account, with a link to sign in to it."""
        person = person_with_address(email)
        look_again(email)
        link = f"{settings.BASE_URL}{reverse('account_reset_password')}"
        if person is not None and person.is_active:
            key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
            link = self.get_reset_password_from_key_url(key)
        self.send_mail("account/email/account_already_exists", email, {"password_reset_url": link})

    def respond_email_verification_sent(
        self, request: HttpRequest, user: Subscriber | None
    ) -> HttpResponse:
        """Redirect to the page for the code, where a new one can be requested after a while."""
        note_code(request)
        response: HttpResponse = super().respond_email_verification_sent(request, user)
        return response

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Subscriber,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Notify a person at their main address of a change to their account."""
        told = {"user": user, **(context or {})}
        if (kind := _SECOND_STEP_EVENTS.get(template_prefix)) is not None:
            note_event(self.request, person=user, kind=kind)
            told["not_me"] = not_me_link(NotMe(user.pk, timezone.now()))
        if template_prefix not in _TOLD_OTHERWISE:
            super().send_notification_mail(template_prefix, user, told, email)

    def send_password_reset_mail(self, user: Subscriber, email: str, context: Any) -> None:
        """Record that somebody requested a password reset link.

        The link goes to the main address, whichever was typed: that is the address that is kept.
        """
        del email
        note_event(self.request, person=user, kind=SecurityEventKind.PASSWORD_RESET_ASKED)
        super().send_password_reset_mail(user, user.email, context)

    def is_safe_url(self, url: str) -> bool:
        """Whether a person may be redirected there: only to our own paths, and never to an invalid
        URL.

        allauth's own check crashes on `https://[`.
        """
        return bool(own_path(url))

    def login(self, request: HttpRequest, user: Subscriber) -> None:
        """Begin a session in the current epoch, which confirming an address may just have
        changed."""
        user.refresh_from_db(fields=["sessions_epoch"])
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: Subscriber, **how: Any) -> HttpResponse:
        """Record who has just signed in."""
        response: HttpResponse = super().post_login(request, user, **how)
        remember_device(request, response, user)
        note_event(request, person=user, kind=SecurityEventKind.SIGNED_IN)
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt at a password before it is checked, or refuse it."""
        kind, claimant = _attempt_of(request, credentials)
        try:
            count_attempt(kind=kind, claimant=claimant, now=timezone.now())
        except TriedTooOftenError as refusal:
            raise ValidationError(refusal_text(refusal)) from refusal

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Subscriber | None:
        """Return the person with this password; a right one was no guess, and does not count."""
        user: Subscriber | None = super().authenticate(request, **credentials)
        if user is not None:
            kind, claimant = _attempt_of(request, credentials)
            take_back_attempt(kind=kind, claimant=claimant, now=timezone.now())
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password; without a person if nobody has the address."""
        email = str(credentials.get("email", ""))
        tried = person_with_address(email)
        if tried is not None:
            look_again(email)
        record_failed_sign_in(subscriber=tried, origin=origin_of(request), now=timezone.now())

    def set_password(self, user: Subscriber, password: str) -> None:
        """Record a change of the password."""
        super().set_password(user, password)
        forget_devices(subscriber_id=user.pk, but_token=device_token(self.request))
        note_event(self.request, person=user, kind=SecurityEventKind.PASSWORD_CHANGED)

    @transaction.atomic
    def reset_password(self, user: Subscriber, password: str) -> None:
        """Set the password of somebody who reads the account's mail; record it.

        Everything that somebody else may have left in the account is removed, and the address is
        confirmed.
        """
        is_first = reset_password(subscriber_id=user.pk, password=password)
        forget_devices(subscriber_id=user.pk, but_token=device_token(self.request))
        forget_saved_methods(subscriber_id=user.pk, now=timezone.now())
        note_event(self.request, person=user, kind=SecurityEventKind.PASSWORD_CHANGED)
        if is_first:
            note_event(self.request, person=user, kind=SecurityEventKind.ADDRESS_CONFIRMED)
        user.refresh_from_db()

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address. The first one ends other sessions; a later one is reported to the old
        address."""
        person = Subscriber.objects.select_for_update().get(pk=email_address.user_id)
        before = addresses_of(person.pk)
        if not super().confirm_email(request, email_address):
            return False
        if confirmed(before):
            _tell_of_change(person, before)
            note_event(request, person=person, kind=SecurityEventKind.ADDRESS_MADE_PRIMARY)
        else:
            end_sessions(subscriber_id=person.pk)
            note_event(request, person=person, kind=SecurityEventKind.ADDRESS_CONFIRMED)
            take_back_attempt(
                kind=AttemptKind.SIGN_UP,
                claimant=claimant_of(request, person.email),
                now=timezone.now(),
            )
        return True

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Redirect staff to the console, and everybody else home."""
        if request.user.is_authenticated and request.user.staff_role:
            return reverse("console:today")
        return str(super().get_login_redirect_url(request))


def _tell_of_change(person: Subscriber, before: list[KeptAddress]) -> None:
    now = timezone.now()
    change = record_address_change(subscriber_id=person.pk, before=before, now=now)
    context = {"user": person, "not_me": not_me_link(change)}
    for email in confirmed(before):
        leave_mail("account/email/address_changed", recipient=email, context=context, now=now)


def _attempt_of(request: HttpRequest, credentials: dict[str, Any]) -> tuple[AttemptKind, Claimant]:
    """Return what is being tried with these credentials, and by whom."""
    is_again = request.user.is_authenticated
    kind = AttemptKind.REAUTHENTICATE if is_again else AttemptKind.SIGN_IN
    return kind, claimant_of(request, str(credentials.get("email", "")))
