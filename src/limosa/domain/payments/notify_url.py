"""The URL for providers' notifications, served by servers/endpoints/notifications.py."""

from django.conf import settings

PREFIX, SUFFIX = "/payments/", "/notify"


def notify_url(provider_code: str) -> str:
    """Return the URL for a provider's notifications."""
    return f"{settings.BASE_URL}{PREFIX}{provider_code}{SUFFIX}"
