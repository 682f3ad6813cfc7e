"""A phone reports what happened on its card: ES9+ HandleNotification."""

import hashlib
import logging
from datetime import datetime

from limosa.domain.rows import insert_row_once
from limosa.domain.rsp.models import NotificationResult, ReceivedNotification
from limosa.protocols.sgp22 import es9plus, notification
from limosa.protocols.sgp22.refusal import RspRefusal

UNREADABLE_MAX = 1000  # Ours: strangers may send as much as they like.

logger = logging.getLogger(__name__)


def handle_notification(*, body: bytes, now: datetime) -> bool:
    """Keep a notification to be verified by `apply_notifications`; return whether it is new: the
    same signed bytes are not, in whatever wrapping.

    Bytes that are no notification, as far as we know, are set aside with their content, as what
    makes us fault is, until there are a thousand of them: the phone is answered 204, and its card
    forgets them. One statement; two for those.
    Raises: RspRefusal for a body without the bytes of a notification; nothing stored.
    Source: SGP.22 section 5.6.4.
    """
    content = es9plus.read_handle_notification(body).pending_notification
    try:
        digest = notification.digest_of(notification.read(content)).hex()
    except RspRefusal as refusal:
        return _set_aside(content, str(refusal), now)
    return insert_row_once(ReceivedNotification(digest=digest, content=content, received_at=now))


def _set_aside(content: bytes, why: str, now: datetime) -> bool:
    set_aside = ReceivedNotification.objects.filter(result=NotificationResult.FAULT)
    if set_aside[:UNREADABLE_MAX].count() >= UNREADABLE_MAX:
        logger.warning("a notification that can't be read is dropped: %s", why)
        return False
    row = ReceivedNotification(
        digest=hashlib.sha256(content).hexdigest(),
        content=content,
        result=NotificationResult.FAULT.value,
        received_at=now,
    )
    is_new = insert_row_once(row)
    if is_new:
        logger.warning("notification %d can't be read, and is set aside: %s", row.pk, why)
    return is_new
