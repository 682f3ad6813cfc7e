"""Background work of this package; each task calls one operation."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from limosa.domain.notifications.operations.send_mail import send_mail

# 4 s, 16 s, 64 s … : the last try is about six hours after the first.
_PATIENCE = RetryStrategy(max_attempts=7, exponential_wait=4, retry_exceptions=[OSError])


@app.task(name="notifications.send_mail", queue="mail", retry=_PATIENCE)
def send_mail_of_notification(notification_id: int) -> None:
    """Mail a message; a mail server that does not answer is tried again later."""
    send_mail(notification_id=notification_id, now=timezone.now())
