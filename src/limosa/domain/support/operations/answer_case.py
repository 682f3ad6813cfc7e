"""Answer a person's case: once, by mail and on the case's page."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.case_news import tell_person
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction, Case, CaseState
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.ANSWER_CASE)
@transaction.atomic
def answer_case(*, case_number: str, answer: str, actor: Subscriber, now: datetime) -> bool:
    """Return whether this was the answer; a case that has one, or is closed, is unchanged.

    The person is mailed the answer, and may reply to it once. The mail is sent when the transaction
    commits; submitting twice mails it once.
    Locks:  the Case row.
    Raises: RoleTooLowError; Case.DoesNotExist; ValueError for an empty answer; nothing changed.
    """
    if not answer.strip():
        raise ValueError("an answer has words")
    case = (
        Case.objects.select_for_update(of=("self",)).select_related("order").get(number=case_number)
    )
    if case.state != CaseState.OPEN:
        return False
    case.answer, case.answered_at, case.answered_by = answer.strip(), now, actor
    case.save(update_fields=["answer", "answered_at", "answered_by"])
    tell_person(case, kind="case_answered", words=case.answer, now=now)
    record_audit_entry(actor=actor, action=AuditAction.ANSWER_CASE, subject=case_number, now=now)
    return True
