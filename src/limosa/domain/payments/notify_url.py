"""Where providers tell us what happened; servers/endpoints/notifications.py listens there."""

from django.conf import settings

PREFIX, SUFFIX = "/payments/", "/notify"


def notify_url(provider_code: str) -> str:
    """Return the address for a provider's notifications."""
    return f"{settings.BASE_URL}{PREFIX}{provider_code}{SUFFIX}"
