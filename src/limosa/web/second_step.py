"""The second step at sign-in: how we customize allauth's mfa.

The secrets of apps and the seeds of recovery codes are encrypted inside the JSON of allauth's rows.
ENCRYPTED_IN tells `limosa keys rotate` where.
"""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber
from limosa.domain.encryption.cipher import decrypt, encrypt
from limosa.web.qr_codes import qr_code

PLACE = "mfa_authenticator.data"
# The encrypted member of a row's JSON, by the row's type.
ENCRYPTED_IN = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
# The second steps proper; recovery codes only replace them.
STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's hooks."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("This can't be removed."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
        "incorrect_code": _(
            "This code is incorrect or has already been used. Wait for the next one and enter it."
        ),
        "unverified_email": _("Confirm your email address first."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret on its way to the database."""
        return encrypt(text, place=PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret from the database. Raises as decrypt."""
        return decrypt(encrypted_text, place=PLACE)

    def build_totp_svg(self, url: str) -> str:
        """Draw the QR code for an app in the style of our other codes."""
        return qr_code(url)

    def generate_authenticator_name(self, user: Subscriber, type: Any) -> str:  # noqa: A002 -- allauth's own.
        """Return the name of a new passkey, until the person renames it."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def has_second_step(person: Subscriber) -> bool:
    """Whether the person has an app or a passkey."""
    return bool(Authenticator.objects.filter(user=person, type__in=STEPS).exists())
