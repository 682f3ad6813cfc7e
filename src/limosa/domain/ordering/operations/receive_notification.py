from collections.abc import Mapping
from datetime import datetime

from limosa.domain.ordering.operations.apply_notification import apply_notification
from limosa.domain.payments.registry import provider_for


def receive_notification(
    *, provider_code: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> str:
    """Verify a notification over its raw bytes, apply it once, and return the result.

    For callers without an event loop (the simulation, a benchmark); the web server first verifies
    through WebhookReceiver, in its event loop, and applies in a thread.
    Raises: NotificationRefusedError; nothing is stored. ProviderError as apply_notification.
    """
    notification = provider_for(provider_code).verify_webhook(headers=headers, body=body, now=now)
    return apply_notification(provider_code=provider_code, notification=notification, now=now)
