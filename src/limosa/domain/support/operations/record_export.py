"""A member of the staff takes a table away, which is kept on record."""

from datetime import date, datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_deed
from limosa.domain.support.models import StaffAction, StaffActionKind
from limosa.domain.support.operations.record_staff_action import record_staff_action


@staff_deed(StaffActionKind.EXPORT)
@transaction.atomic
def record_export(
    *, table: str, since: date, until: date, actor: Subscriber, now: datetime
) -> StaffAction:
    """Return the line of the record, without which no file is sent. Both days are included.

    Raises: RoleTooLowError; nothing changed.
    """
    return record_staff_action(
        actor=actor,
        action=StaffActionKind.EXPORT,
        subject=table,
        detail=f"{since.isoformat()} – {until.isoformat()}",
        now=now,
    )
