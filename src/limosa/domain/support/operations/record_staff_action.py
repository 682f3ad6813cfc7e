"""Keep what a member of the staff did."""

from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import check_may
from limosa.domain.support.models import StaffAction, StaffActionKind


def record_staff_action(
    *,
    actor: Subscriber | None,
    action: StaffActionKind,
    subject: str,
    detail: str = "",
    now: datetime,
) -> StaffAction:
    """Return the new line of the record. Call it in the transaction of the deed itself.

    `actor` None: a command on the machine itself.
    Raises: RoleTooLowError, if the actor's role may not do it.
    """
    check_may(actor, action)
    return StaffAction.objects.create(
        actor=actor, action=action, subject=subject, detail=detail, at=now
    )
