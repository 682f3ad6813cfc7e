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
