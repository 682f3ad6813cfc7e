"""Clean-up of expired sessions, counts and devices."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from limosa.domain.accounts.device_tokens import DEVICE_LIFETIME
from limosa.domain.accounts.models import AttemptCount, KnownDevice

_AT_ONCE = 1000


def delete_what_is_over(*, now: datetime) -> int:
    """Delete expired sessions, expired counts, and devices not seen for long. Returns how many.

    Deletes a thousand rows per transaction, so nobody has to wait for it.
    """
    return sum(
        _delete_by_parts(rows)
        for rows in (
            Session.objects.filter(expire_date__lt=now),
            AttemptCount.objects.filter(over_at__lt=now),
            KnownDevice.objects.filter(seen_at__lt=now - DEVICE_LIFETIME),
        )
    )


def _delete_by_parts(
    rows: QuerySet[Session] | QuerySet[AttemptCount] | QuerySet[KnownDevice],
) -> int:
    total = 0
    while True:
        part: list[Any] = list(rows.values_list("pk", flat=True)[:_AT_ONCE])
        deleted, _ = rows.filter(pk__in=part).delete()
        total += deleted
        if deleted < _AT_ONCE:
            return total
