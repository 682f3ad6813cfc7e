"""Make a promotion code, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.promotions.models import PromotionCode
from limosa.domain.promotions.operations.make_promotion_code import (
    CodeTerms,
    make_promotion_code,
)
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.ADD_PROMOTION_CODE)
@transaction.atomic
def add_promotion_code(
    *, promotion_code: str, terms: CodeTerms, actor: Subscriber, now: datetime
) -> PromotionCode:
    """Return the new code, as make_promotion_code does.

    Raises: RoleTooLowError, and as make_promotion_code; nothing changed.
    """
    code = make_promotion_code(promotion_code=promotion_code, terms=terms, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.ADD_PROMOTION_CODE,
        subject=promotion_code,
        detail=code.text,
        now=now,
    )
    return code
