"""Mail the stored message that is due the longest, in the person's language."""

import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation

from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import mail_for

# 4 s, 16 s, 64 s … lie between them: the last is about six hours after the first.
_TRIES_MAX = 8
_REFUSED = (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)

logger = logging.getLogger(__name__)


def send_due_mail(*, outbox: BaseEmailBackend, now: datetime) -> bool:
    """Return whether to go on: False when nothing is due, or the mail server does not answer.

    A try is counted, and the next one set, in a transaction of its own before the mail is made.
    So whatever a mail fails by, it comes again by itself, later each time, until it is given up;
    and those behind it go first. `outbox` is opened when there is something to send, stays open
    for the next, and is closed when a mail fails. Call it outside of a transaction.

    Exactly once, as far as SMTP allows: a crash between the server's last answer and our commit
    sends the mail again, with the same Message-ID, by which mailboxes tell copies apart.
    Locks:  the Notification row, until the mail server has answered; one that is locked is passed.
    Raises: what is wrong with a mail that can't be made, a fault of ours; its try is counted.
    """
    notification = _begin_try(now)
    if notification is None:
        return False
    try:
        _send(notification.pk, outbox, now)
    except OSError as error:  # SMTPException is one.
        outbox.close()
        _tell(notification, error)
        return isinstance(error, _REFUSED)
    return True


@transaction.atomic
def _begin_try(now: datetime) -> Notification | None:
    """Return the message to mail now, having set when it would be tried again."""
    notification = (
        Notification.objects.select_for_update(skip_locked=True)
        .filter(next_mail_at__lte=now)
        .order_by("next_mail_at")
        .first()
    )
    if notification is None:
        return None
    notification.mail_tries += 1
    notification.next_mail_at = None
    if notification.mail_tries < _TRIES_MAX:
        notification.next_mail_at = now + timedelta(seconds=4**notification.mail_tries)
    notification.save(update_fields=["mail_tries", "next_mail_at"])
    return notification


@transaction.atomic
def _send(notification_id: int, outbox: BaseEmailBackend, now: datetime) -> None:
    notification = (
        Notification.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("subscriber")
        .filter(pk=notification_id, mailed_at__isnull=True)
        .first()
    )
    if notification is None:
        return  # Deleted; or we were so slow that somebody else had it in hand.
    message = _message(notification, outbox)
    outbox.open()
    message.send()
    notification.mailed_at, notification.next_mail_at = now, None
    notification.save(update_fields=["mailed_at", "next_mail_at"])


def _message(notification: Notification, outbox: BaseEmailBackend) -> EmailMultiAlternatives:
    with translation.override(notification.subscriber.language):
        mail = mail_for(notification, link=f"{settings.BASE_URL}{notification.path}")
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[notification.subscriber.email],
        connection=outbox,
        headers={
            "Message-ID": f"<notification-{notification.pk}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _tell(notification: Notification, error: OSError) -> None:
    if notification.next_mail_at is None:
        logger.error("The mail of message %s is given up: %r", notification.pk, error)
    else:
        logger.warning("The mail of message %s comes again later: %r", notification.pk, error)
