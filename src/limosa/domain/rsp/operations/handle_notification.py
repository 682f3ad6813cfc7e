"""A phone reports what happened on its card: ES9+ HandleNotification."""

import hashlib
from datetime import datetime

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import ReceivedNotification
from limosa.protocols.sgp22 import es9plus, notification


def handle_notification(*, body: bytes, now: datetime) -> bool:
    """Keep a notification to be verified by `apply_notifications`; return whether it is new.

    The phone is answered 204 in any case, also for what is refused here. One statement.
    Raises: RspRefusal for what is no notification; nothing stored.
    Source: SGP.22 section 5.6.4.
    """
    content = es9plus.read_handle_notification(body).pending_notification
    notification.read(content)
    return insert_row_once(
        ReceivedNotification(
            digest=hashlib.sha256(content).hexdigest(), content=content, received_at=now
        )
    )
