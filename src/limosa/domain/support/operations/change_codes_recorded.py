from datetime import datetime

from limosa.domain.accounts.models import Subscriber
from limosa.domain.redemption.models import ChangeKind, CodeChange
from limosa.domain.redemption.operations.change_codes import change_codes
from limosa.domain.support.duties import check_may
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


def change_codes_recorded(
    *,
    action: AuditAction,
    batch_id: int,
    kind: ChangeKind,
    serials: tuple[int, int],
    actor: Subscriber | None,
    now: datetime,
) -> CodeChange:
    """Ask for a change of a range of serials, both included, and record who did; return it.

    In the caller's transaction.

    Raises: RoleTooLowError before anything is looked at; else as change_codes.
    Locks:  as change_codes.
    """
    check_may(actor, action)
    first, last = serials
    change = change_codes(
        batch_id=batch_id,
        kind=kind,
        first_serial=first,
        last_serial=last,
        actor=actor,
        now=now,
    )
    record_audit_entry(
        actor=actor,
        action=action,
        subject=change.batch.number,
        detail=f"{first}–{last}",
        now=now,
    )
    return change
