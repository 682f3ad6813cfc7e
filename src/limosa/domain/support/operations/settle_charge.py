"""Decide on a difference between a supplier's statement and our books."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payables.models import ChargeDifference
from limosa.domain.payables.operations.agree_to_charge import agree_to_charge
from limosa.domain.payables.operations.dispute_charge import dispute_charge
from limosa.domain.payables.refusals import ChargeDifferenceChangedError
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.AGREE_TO_CHARGE)
@transaction.atomic
def settle_charge(
    *,
    difference_id: int,
    delta_minor: int,
    is_agreed: bool,
    detail: str,
    actor: Subscriber,
    now: datetime,
) -> ChargeDifference:
    """Book the supplier's side as agree_to_charge does, or note that it is disputed.

    `delta_minor`: the amount that the page showed. `detail`: why, for the audit log.
    Raises: RoleTooLowError; ChargeDifferenceChangedError; nothing changed.
            ChargeDifference.DoesNotExist.
    Locks:  the supplier's account.
    """
    if is_agreed:
        settled = agree_to_charge(
            difference_id=difference_id, delta_minor=delta_minor, resolved_by=actor, now=now
        )
    else:
        disputed = dispute_charge(difference_id=difference_id)
        if disputed is None:
            raise ChargeDifferenceChangedError
        settled = disputed
    record_audit_entry(
        actor=actor,
        action=AuditAction.AGREE_TO_CHARGE if is_agreed else AuditAction.DISPUTE_CHARGE,
        subject=settled.number,
        detail=detail,
        now=now,
    )
    return settled
