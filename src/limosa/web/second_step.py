"""The second step for signing in: what allauth's mfa does here in our own way.

Secrets of apps and seeds of recovery codes stand encrypted inside the JSON of a row of allauth's.
`limosa keys rotate` knows them by ENCRYPTED_IN.
"""

from typing import Any

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from limosa.domain.accounts.models import Subscriber
from limosa.domain.encryption.cipher import decrypt, encrypt

PLACE = "mfa_authenticator.data"
# Which member of a row's JSON is encrypted, by the row's type.
ENCRYPTED_IN = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
# What a person signs in with; recovery codes only stand in for them.
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
        """Open a secret that comes from the database. Raises as decrypt."""
        return decrypt(encrypted_text, place=PLACE)

    def build_totp_svg(self, url: str) -> str:
        """Draw the code that an app scans as our other codes are."""
        return segno.make(url, error="m").svg_inline(
            omitsize=True, border=0, svgclass=None, lineclass=None
        )

    def generate_authenticator_name(self, user: Subscriber, type: Any) -> str:  # noqa: A002 -- allauth's own.
        """Return how a new passkey is called until the person calls it something else."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def has_second_step(person: Subscriber) -> bool:
    """Whether the person has an app or a passkey."""
    return bool(Authenticator.objects.filter(user=person, type__in=STEPS).exists())
