"""What only a call outside can tell: mail, the payment providers."""

import secrets
from collections.abc import Iterator
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import get_connection

from limosa.config.checks.finding import Finding, warning
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import PaymentHandle
from limosa.foundation.money import Money
from limosa.foundation.problem import ProviderError

MAIL_SECONDS = 5


def check_mail() -> Iterator[Finding]:
    """Yield a warning if the mail server does not take us; nothing is sent."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    outbox = get_connection(timeout=MAIL_SECONDS)
    try:
        outbox.open()
        outbox.close()
    except (OSError, SMTPException) as error:
        why = str(error).rstrip(".")
        yield warning(f"The mail server {where} does not take our mail: {why}. Mail waits.")


def check_providers_online() -> Iterator[Finding]:
    """Yield a fault for each provider that does not take our credentials.

    Each is asked for a payment that it can't know: nothing is made and nothing changes.
    """
    for code in sorted(settings.PAYMENT_PROVIDERS):
        provider = provider_for(code)
        unknown = PaymentHandle(
            number=f"P{secrets.token_hex(8).upper()}",
            method=next(iter(provider.methods)),
            amount=Money(100, next(iter(sorted(provider.currencies)), "USD")),
            reference=provider.unknown_reference,
        )
        try:
            provider.query(unknown)
        except ProviderError as error:
            word = "cannot be asked now" if error.retryable else "does not take our credentials"
            yield Finding(f"{code} {word}: {error}", is_fault=not error.retryable)
