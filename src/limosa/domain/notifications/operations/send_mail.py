"""Mail a stored message, once, in the person's language."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import translation

from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import mail_for


@transaction.atomic
def send_mail(*, notification_id: int, now: datetime) -> bool:
    """Return whether a mail went out; False when it had gone before, or the message is deleted.

    Exactly once, as far as SMTP allows: a crash between the server's last answer and our commit
    sends the mail again, with the same Message-ID, by which mailboxes tell copies apart.
    Locks:  the Notification row, until the mail server has answered.
    Raises: OSError (SMTPException is one) when the server did not take it; nothing changed.
    """
    notification = (
        Notification.objects.select_for_update(of=("self",))
        .select_related("subscriber")
        .filter(id=notification_id)
        .first()
    )
    if notification is None or notification.mailed_at is not None:
        return False
    _message(notification).send()
    notification.mailed_at = now
    notification.save(update_fields=["mailed_at"])
    return True


def _message(notification: Notification) -> EmailMultiAlternatives:
    with translation.override(notification.subscriber.language):
        mail = mail_for(notification, link=f"{settings.BASE_URL}{notification.path}")
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[notification.subscriber.email],
        headers={
            "Message-ID": f"<notification-{notification.pk}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message
