"""Gives the payment provider of a code. Tests may clear the cache."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from limosa.domain.payments.port import Provider


@cache
def provider_for(code: str) -> Provider:
    """Return the provider named in settings.PAYMENT_PROVIDERS. Raises KeyError."""
    path: str = settings.PAYMENT_PROVIDERS[code]
    provider: Provider = import_string(path)()
    return provider


def check_providers() -> None:
    """Make every provider once, so that a wrong setting stops the start, not the first payment."""
    for code in settings.PAYMENT_PROVIDERS:
        provider_for(code)
