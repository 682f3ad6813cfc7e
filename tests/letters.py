"""The mail about accounts that waits for the worker, opened."""

import json
import re

from limosa.domain.notifications.models import AccountMail
from limosa.domain.notifications.wording import Mail

_CODE = re.compile(r"^ {4}([B-Z]{4}-[B-Z]{4})$", re.MULTILINE)
_PATH = re.compile(r"https?://[^/\s]+(/\S+)")


def letters(recipient: str = "") -> list[Mail]:
    """Return the waiting mails, oldest first: all, or those to one address."""
    rows = AccountMail.objects.exclude(next_mail_at=None).order_by("pk")
    return [Mail(**json.loads(row.content)) for row in rows if recipient in {"", row.recipient}]


def code_in(mail: Mail) -> str:
    """Return the code that a mail tells."""
    (code,) = _CODE.findall(mail.text)
    return str(code)


def path_in(mail: Mail, *, part: str = "") -> str:
    """Return the path of the first link in a mail, or of the first that has a part."""
    return str(next(path for path in _PATH.findall(mail.text) if part in path))
