"""A phone reports what happened on its card: ES9+ HandleNotification."""

from datetime import datetime

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import ReceivedNotification
from limosa.protocols.sgp22 import es9plus, notification


def handle_notification(*, body: bytes, now: datetime) -> bool:
    """Keep a notification to be verified by `apply_notifications`; return whether it is new: the
    same signed bytes are not, in whatever wrapping.

    The phone is answered 204 in any case, also for what is refused here. One statement.
    Raises: RspRefusal for what is no notification; nothing stored.
    Source: SGP.22 section 5.6.4.
    """
    content = es9plus.read_handle_notification(body).pending_notification
    digest = notification.digest_of(notification.read(content)).hex()
    return insert_row_once(ReceivedNotification(digest=digest, content=content, received_at=now))
