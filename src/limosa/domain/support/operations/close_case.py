"""Close a case that has been dealt with."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.case_news import tell_person
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, Case
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.CLOSE_CASE)
@transaction.atomic
def close_case(
    *, case_number: str, detail: str, closing: str = "", actor: Subscriber, now: datetime
) -> bool:
    """Return whether the case was open. The person is notified, by mail too.

    `detail`: the outcome, for the audit log, not shown to the person. `closing`: a final word to
    the person.
    Raises: RoleTooLowError; Case.DoesNotExist.
    Locks:  the Case row.
    """
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("order").get(number=case_number)
    )
    if case.closed_at is not None:
        return False
    case.closed_at, case.closing = now, closing.strip()
    case.save(update_fields=["closed_at", "closing"])
    tell_person(case, kind="case_closed", words=case.closing, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.CLOSE_CASE,
        subject=case_number,
        detail=detail,
        now=now,
    )
    return True
