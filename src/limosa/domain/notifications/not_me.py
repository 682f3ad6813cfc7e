"""The "this was not me" link in mails about changes to an account.

It needs no sign-in, because whoever changed the account may hold it: access to the mailbox is the
proof. It is signed, and valid for seven days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

NOT_ME_PERIOD = timedelta(days=7)
_SALT = "limosa.not-me"


class NotMeLinkError(Exception):
    """The link is not ours, or too old."""


@dataclass(frozen=True, slots=True)
class NotMe:
    """Whose account was changed, and when; `change_id`: the address change, if it was one."""

    subscriber_id: int
    changed_at: datetime
    change_id: int | None = None


def not_me_link(change: NotMe) -> str:
    """Return the absolute address at which a person says that a change was not theirs."""
    return f"{settings.BASE_URL}{reverse('not_me', args=[make_not_me_token(change)])}"


def make_not_me_token(change: NotMe) -> str:
    """Return the token for the link."""
    told = [change.subscriber_id, int(change.changed_at.timestamp()), change.change_id]
    return signing.dumps(told, salt=_SALT)


def read_not_me(token: str, *, now: datetime) -> NotMe:
    """Return what a link is about. Raises NotMeLinkError."""
    try:
        subscriber_id, changed_at, change_id = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise NotMeLinkError from error
    change = NotMe(subscriber_id, datetime.fromtimestamp(changed_at, tz=UTC), change_id)
    if change.changed_at + NOT_ME_PERIOD <= now:
        raise NotMeLinkError
    return change
