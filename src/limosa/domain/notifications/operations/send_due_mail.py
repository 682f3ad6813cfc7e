"""Send the stored mail that has been due longest: account mail first, then messages to people."""

import json
import logging
from datetime import datetime, timedelta
from email.utils import parseaddr
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import TypeVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation

from limosa.domain.notifications.kinds import page_path
from limosa.domain.notifications.models import AccountMail, Notification
from limosa.domain.notifications.not_me import NotMe, not_me_link
from limosa.domain.notifications.wording import Mail, mail_for

# 4 s, 16 s, 64 s … between attempts: the last is about six hours after the first.
_ATTEMPTS_MAX = 8
_REFUSED = (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError)

_Letter = TypeVar("_Letter", AccountMail, Notification)

logger = logging.getLogger(__name__)


def send_due_mail(*, outbox: BaseEmailBackend, now: datetime) -> bool:
    """Return whether to go on: False if nothing is due, or if the mail server does not answer.

    The attempt is counted, and the next one scheduled, in a transaction of its own before the mail
    is rendered. However a mail fails, it is tried again, after longer and longer pauses, until it
    is given up, and those behind it are not held up. `outbox` is opened when there is something to
    send, stays open for the next mail, and is closed when one fails. To be called outside a
    transaction.

    Account mail goes first: somebody is waiting for its code. Its content is cleared once it is
    sent, given up or too late to be useful; in the last case it is not sent.

    Exactly once, as far as SMTP allows: a crash between the server's last answer and our commit
    sends the mail again, with the same Message-ID, by which mail systems recognize duplicates.
    Locks:  the row of the mail, until the mail server has answered; locked rows are skipped.
    Raises: whatever is wrong with a mail that can't be rendered, a bug of ours; its attempt is
            counted.
    """
    letter = _begin_attempt(AccountMail, now) or _begin_attempt(Notification, now)
    if letter is None:
        return False
    try:
        _send(type(letter), letter.pk, outbox, now)
    except OSError as error:  # SMTPException is a subclass.
        outbox.close()
        _tell(letter, error)
        return isinstance(error, _REFUSED)
    return True


@transaction.atomic
def _begin_attempt(model: type[_Letter], now: datetime) -> _Letter | None:
    """Return the mail to send now, with its next attempt already scheduled."""
    letter = (
        model.objects.select_for_update(skip_locked=True)
        .filter(next_mail_at__lte=now)
        .order_by("next_mail_at")
        .first()
    )
    if letter is None:
        return None
    letter.mail_attempts += 1
    letter.next_mail_at = None
    if letter.mail_attempts < _ATTEMPTS_MAX:
        letter.next_mail_at = now + timedelta(seconds=4**letter.mail_attempts)
    letter.save(update_fields=["mail_attempts", "next_mail_at"])
    return letter


@transaction.atomic
def _send(
    model: type[AccountMail] | type[Notification],
    letter_id: int,
    outbox: BaseEmailBackend,
    now: datetime,
) -> None:
    letter = (
        model.objects.select_for_update(skip_locked=True)
        .filter(pk=letter_id, mailed_at__isnull=True)
        .first()
    )
    if letter is None:
        return  # Deleted, or we were so slow that another worker has taken it.
    if isinstance(letter, AccountMail) and letter.useful_until <= now:
        _empty(letter)
        return
    message = _message(letter, outbox)
    outbox.open()
    message.send()
    letter.mailed_at, letter.next_mail_at = now, None
    letter.save(update_fields=["mailed_at", "next_mail_at"])
    if isinstance(letter, AccountMail):
        _empty(letter)


def _empty(letter: AccountMail) -> None:
    """Clear a mail's content and recipient, and stop retrying it."""
    letter.recipient = letter.content = ""
    letter.next_mail_at = None
    letter.save(update_fields=["recipient", "content", "next_mail_at"])


def _message(
    letter: AccountMail | Notification, outbox: BaseEmailBackend
) -> EmailMultiAlternatives:
    if isinstance(letter, AccountMail):
        recipient, name = letter.recipient, "account-mail"
        mail = Mail(**json.loads(letter.content))
    else:
        recipient, name = letter.subscriber.email, "notification"
        change = NotMe(letter.subscriber_id, letter.created_at)
        with translation.override(letter.subscriber.language):
            mail = mail_for(
                letter,
                link=f"{settings.BASE_URL}{page_path(letter)}",
                not_me=not_me_link(change),
            )
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[recipient],
        connection=outbox,
        headers={
            "Message-ID": f"<{name}-{letter.pk}@{sender.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _tell(letter: AccountMail | Notification, error: OSError) -> None:
    if letter.next_mail_at is not None:
        logger.warning("The mail of %s %s comes again later: %r", *_named(letter), error)
        return
    if isinstance(letter, AccountMail):
        _empty(letter)
    logger.error("The mail of %s %s is given up: %r", *_named(letter), error)


def _named(letter: AccountMail | Notification) -> tuple[str, int]:
    return ("account mail" if isinstance(letter, AccountMail) else "message"), letter.pk
