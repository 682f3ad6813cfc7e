"""Queue a mail about an account for the worker."""

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

    No mail server is contacted, so no page waits for one. `recipient` and the mail are encrypted. A
    `once_key` already stored changes nothing. One statement.
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
