"""Forms of allauth's pages that do more, or take as long in each case."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm, SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from limosa.domain.accounts.addresses import is_held
from limosa.domain.accounts.models import Subscriber
from limosa.web.storefront.forms import time_zones
from limosa.web.storefront.languages import CODES


class SignUpForm(SignupForm):  # type: ignore[misc]
    """E-mail and password. The time zone comes from the browser, the language from the page.

    An address that has an account gets the same answer, after the same time, as one that has none.
    """

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def validate_unique_email(self, value: str) -> str:
        """Note whether the address is somebody's, or may yet go back to somebody."""
        email: str = super().validate_unique_email(value)
        if is_held(email, now=timezone.now()):
            self.account_already_exists = True
        return email

    def try_save(self, request: HttpRequest) -> Any:
        """Make the account, or act as if."""
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return super().try_save(request)
            except IntegrityError:  # The same form, sent twice at once.
                self.account_already_exists = True
        make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request: HttpRequest, user: Subscriber) -> None:
        """Keep what the browser told; what it tells wrongly is left at its usual value."""
        told = self.cleaned_data.get("time_zone", "")
        if told in time_zones():
            user.time_zone = told
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        if user.language not in CODES:
            user.language = "en"
        user.save(update_fields=["time_zone", "language"])


class LinkForm(ResetPasswordForm):  # type: ignore[misc]
    """Asks for the link with which a new password is chosen."""

    @transaction.atomic
    def save(self, request: HttpRequest, **named: Any) -> str:
        """Leave a mail: one commit, whether or not the address has an account."""
        email: str = super().save(request, **named)
        return email


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password of somebody who forgot the old one, and opened the link of our mail."""

    def save(self) -> None:
        """Set it, and take away whatever somebody else may have left in the account."""
        get_adapter().reset_password(self.user, self.cleaned_data["password1"])
