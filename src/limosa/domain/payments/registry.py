"""Gives the payment provider of a code. Tests may clear the cache."""

from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from limosa.domain.payments.engine.days import is_over
from limosa.domain.payments.port import Provider
from limosa.domain.payments.refusals import DayNotOverError
from limosa.foundation.errors import ProviderError


class ProviderNotSetUpError(ProviderError):
    """A payment's provider is not in the settings any more: nobody can be asked until it is."""

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
    """Raise DayNotOverError when a day had not ended, at a moment, in the provider's own zone."""
    zone = provider_for(provider_code).settlement_zone
    if not is_over(day, zone=zone, at=at):
        raise DayNotOverError(provider_code, day, zone)


def check_providers() -> None:
    """Make every provider once, so that a wrong setting stops the start, not the first payment."""
    for code in settings.PAYMENT_PROVIDERS:
        provider_for(code)
