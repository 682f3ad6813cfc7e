"""What only an outside call can check: mail, the payment providers, their clocks."""

import secrets
from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from smtplib import SMTPException

import requests
from django.conf import settings
from django.core.mail import get_connection
from django.utils import timezone

from limosa.config.checks.clock_check import check_clock
from limosa.config.checks.finding import Finding, fault, warning
from limosa.domain.http.session import new_session
from limosa.domain.payments.registry import provider_for
from limosa.domain.payments.requests import PaymentHandle
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money

MAIL_SECONDS = 5
CLOCK_SECONDS = 5
# With a larger difference WeChat Pay refuses our signatures, and we refuse theirs.
FRESH_MAX = timedelta(minutes=5)


def check_mail() -> Iterator[Finding]:
    """Yield a warning if the mail server does not accept us; nothing is sent."""
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    outbox = get_connection(timeout=MAIL_SECONDS)
    try:
        outbox.open()
        outbox.close()
    except (OSError, SMTPException) as error:
        why = str(error).rstrip(".")
        yield warning(f"The mail server {where} does not take our mail: {why}. Mail waits.")


def check_providers_online() -> Iterator[Finding]:
    """Yield a fault for each provider that rejects our credentials, and a finding for each whose
    clock differs from ours.

    Each is queried about a payment that can't exist: nothing is created or changed.
    """
    for code in sorted(settings.PAYMENT_PROVIDERS):
        yield from _credentials(code)
        yield from _clock(code)


def _credentials(code: str) -> Iterator[Finding]:
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
        if error.is_unauthorized:
            yield fault(f"{code} does not take our credentials, or signs by another key: {error}")
        elif error.retryable:
            yield warning(f"{code} cannot be asked now: {error}")
        else:
            yield fault(f"{code} refuses to be asked: {error}")


def _clock(code: str) -> Iterator[Finding]:
    """Compare our clock with the Date header of any response from a provider's host.

    An unreachable provider was reported already; one that sends no time has no clock to compare.
    """
    url = provider_for(code).api_url
    if not url:
        return
    asked_at = timezone.now()
    try:
        with new_session() as session:
            said = session.head(url, timeout=CLOCK_SECONDS, allow_redirects=False).headers
        theirs = parsedate_to_datetime(said["Date"])
    except (requests.RequestException, LookupError, ValueError):
        return
    yield from check_clock(
        f"{code}'s",
        theirs.astimezone(UTC),
        asked_at=asked_at,
        answered_at=timezone.now(),
        fatal_after=FRESH_MAX,
    )
