"""Variants of allauth's forms that do more, or take equally long in each case."""

from secrets import token_hex
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, ResetPasswordKeyForm, SignupForm
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from limosa.domain.accounts.addresses import addresses_of, is_held
from limosa.domain.accounts.attempt_counts import count_nothing
from limosa.domain.accounts.models import Subscriber
from limosa.domain.accounts.operations.keep_preferences import keep_preferences
from limosa.domain.accounts.queries import look_again
from limosa.domain.catalog.queries import default_currency
from limosa.web.storefront.forms import time_zones
from limosa.web.storefront.languages import CODES

_NOBODY = 0


class SignUpForm(SignupForm):  # type: ignore[misc]
    """E-mail and password. The time zone comes from the browser, the language from the page.

    The answer, and the time it takes, is the same whether or not the address has an account.
    """

    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)

    def validate_unique_email(self, value: str) -> str:
        """Note whether the address belongs to somebody, or may still be restored to somebody."""
        email: str = super().validate_unique_email(value)
        if is_held(email, now=timezone.now()):
            self.account_already_exists = True
        return email

    def try_save(self, request: HttpRequest) -> Any:
        """Create the account, or take the same steps without creating one."""
        if not self.account_already_exists:
            try:
                return self._make_account(request)
            except IntegrityError:  # The same form, submitted twice at once.
                self.account_already_exists = True
        self._act_as_if(request)
        return super().try_save(request)

    def _act_as_if(self, request: HttpRequest) -> None:
        """Create an account with an unused address, and roll it back."""
        typed = self.cleaned_data["email"]
        self.cleaned_data["email"] = f"{token_hex(16)}@nobody.invalid"
        self.account_already_exists = False
        try:
            self._make_account(request, is_kept=False)
        finally:
            self.cleaned_data["email"] = typed
            self.account_already_exists = True

    def _make_account(self, request: HttpRequest, *, is_kept: bool = True) -> Any:
        """Create it, or create it without keeping it but for one row: either way there is a
        commit."""
        with transaction.atomic():
            count_nothing(now=timezone.now())
            with transaction.atomic():
                made = super().try_save(request)
                if not is_kept:
                    transaction.set_rollback(True)
        return made

    def custom_signup(self, request: HttpRequest, user: Subscriber) -> None:
        """Store what the browser reported; invalid values are left at their defaults. The first
        currency is one in which something is sold."""
        told = self.cleaned_data.get("time_zone", "")
        if told in time_zones():
            user.time_zone = told
        user.language = getattr(request, "LANGUAGE_CODE", "en")
        if user.language not in CODES:
            user.language = "en"
        user.currency = default_currency()
        keep_preferences(person=user, names=["time_zone", "language", "currency"])


class LinkForm(ResetPasswordForm):  # type: ignore[misc]
    """Requests the link for setting a new password."""

    def clean_email(self) -> str:
        """Look the address up, in as many steps whether or not it has an account."""
        email: str = super().clean_email()
        if self.users:
            look_again(email.lower())
        return email

    @transaction.atomic
    def save(self, request: HttpRequest, **named: Any) -> str:
        """Queue a mail: one commit, whether or not the address has an account."""
        if not self.users:
            for _ in range(2):  # A link depends on the person's addresses, read twice.
                addresses_of(_NOBODY)
        email: str = super().save(request, **named)
        return email


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, set through the link in our mail."""

    def save(self) -> None:
        """Set it, and remove whatever somebody else may have left in the account."""
        get_adapter().reset_password(self.user, self.cleaned_data["password1"])
