"""Looks up a payment provider by its code. Tests may clear the cache."""

from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from limosa.domain.payments.engine.days import is_over
from limosa.domain.payments.port import Provider
from limosa.domain.payments.refusals import DayNotOverError
from limosa.foundation.errors import ProviderError


class ProviderNotSetUpError(ProviderError):
    """A payment's provider is no longer in the settings: it can't be called until it is."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is not set up", retryable=True)


@cache
def provider_for(code: str) -> Provider:
    """Return the provider named in settings.PAYMENT_PROVIDERS. Raises ProviderNotSetUpError."""
    path: str | None = settings.PAYMENT_PROVIDERS.get(code)
    if path is None:
        raise ProviderNotSetUpError(code)
    provider: Provider = import_string(path)()
    return provider


def check_day_is_over(*, provider_code: str, day: date, at: datetime) -> None:
    """Raise DayNotOverError if a day had not ended, at a moment, in the provider's own time
    zone."""
    zone = provider_for(provider_code).settlement_zone
    if not is_over(day, zone=zone, at=at):
        raise DayNotOverError(provider_code, day, zone)


def check_providers() -> None:
    """Create every provider once, so that a wrong setting fails at startup, not at the first
    payment."""
    for code in settings.PAYMENT_PROVIDERS:
        provider_for(code)
