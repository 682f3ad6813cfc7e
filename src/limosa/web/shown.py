"""How recently somebody in a session authenticated, with a password, a code or a passkey.

allauth records each in the session (`allauth.account.authentication`).
"""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber

# allauth's own pages ask again after the same time.
LATELY = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def has_shown_lately(request: HttpRequest, person: Subscriber, *, now: datetime) -> bool:
    """Whether the password or the second step was given in the last few minutes, sign-in
    included."""
    return _are_recent(_records(request, person), now)


def has_shown_again_lately(request: HttpRequest, person: Subscriber, *, now: datetime) -> bool:
    """Whether it was given in the last few minutes by somebody who was already signed in.

    Signing in does not count: the newest sessions are the ones most often stolen.
    """
    again = [record for record in _records(request, person) if record.get("reauthenticated")]
    return _are_recent(again, now)


def has_shown_second_step_lately(
    request: HttpRequest, person: Subscriber, *, now: datetime
) -> bool:
    """Whether a code or a passkey was given in the last few minutes by somebody who was already
    signed in."""
    records = _records(request, person)
    again = [one for one in records if one.get("reauthenticated") and one["method"] == "mfa"]
    return _are_recent(again, now)


def signed_in_by_second_step(request: HttpRequest, person: Subscriber) -> bool:
    """Whether a code, a passkey or a recovery code was given in this session."""
    return any(record["method"] == "mfa" for record in _records(request, person))


def signed_in_at(request: HttpRequest, person: Subscriber) -> datetime | None:
    """Return when the person signed in to the session; None: it does not say."""
    records = _records(request, person)
    return _moment(records[0]) if records else None


def _are_recent(records: list[dict[str, Any]], now: datetime) -> bool:
    return bool(records) and now - _moment(records[-1]) < LATELY


def _records(request: HttpRequest, person: Subscriber) -> list[dict[str, Any]]:
    return list(get_authentication_records(request, person))


def _moment(record: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(record["at"], tz=timezone.get_default_timezone())
