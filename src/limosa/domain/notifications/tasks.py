"""The worker's periodic jobs for messages."""

import logging
from contextlib import closing
from datetime import timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import Error as DatabaseFault
from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.notifications.operations.forget_account_mail import forget_account_mail
from limosa.domain.notifications.operations.send_due_mail import send_due_mail

# After this long a round makes room for other jobs; the next one continues.
_ROUND = timedelta(seconds=30)

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * * */5")
@app.task(name="notifications.send_due_mail", queueing_lock="notifications.send_due_mail")
def send(timestamp: int) -> None:
    """Send the mails that are due, over one connection to the mail server."""
    end = timezone.now() + _ROUND
    with closing(get_connection()) as outbox:
        while timezone.now() < end and _send_one(outbox):
            pass


@app.periodic(cron="17 * * * *")
@app.task(name="notifications.forget_mail", queueing_lock="notifications.forget_mail")
def forget(timestamp: int) -> None:
    """Delete old account mail."""
    forget_account_mail(now=timezone.now())


def _send_one(outbox: BaseEmailBackend) -> bool:
    try:
        return send_due_mail(outbox=outbox, now=timezone.now())
    except DatabaseFault:
        raise
    except Exception:
        # A bug of ours in one mail, which is retried later: those behind it need not wait.
        logger.exception("A mail could not be made")
        return True
