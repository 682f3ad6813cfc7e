"""Leave a mail about an account to the worker."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from limosa.domain.notifications.models import AccountMail
from limosa.domain.notifications.wording import Mail
from limosa.domain.rows import insert_row_once


def write_account_mail(
    *, recipient: str, mail: Mail, useful_for: timedelta, now: datetime, once_key: str | None = None
) -> bool:
    """Store a mail, to be sent within seconds; return whether it was stored.

    No mail server is asked: whether one answers is nothing that a page waits for. `recipient` and
    the mail are encrypted. With a `once_key` that is known nothing happens. One statement.
    """
    return insert_row_once(
        AccountMail(
            once_key=once_key,
            recipient=recipient,
            content=json.dumps(asdict(mail)),
            created_at=now,
            useful_until=now + useful_for,
            next_mail_at=now,
        )
    )
