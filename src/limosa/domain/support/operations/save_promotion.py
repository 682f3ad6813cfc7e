"""Make or change a promotion, and record who did it."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.promotions.engine.promotions_file import PromotionRow
from limosa.domain.promotions.models import Promotion
from limosa.domain.promotions.operations.set_promotion import set_promotion
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry


@staff_action(AuditAction.SET_PROMOTION)
@transaction.atomic
def save_promotion(
    *, row: PromotionRow, is_new: bool, actor: Subscriber, now: datetime
) -> Promotion:
    """Return the promotion, made or changed as set_promotion does.

    Locks:  as set_promotion.
    Raises: RoleTooLowError, and as set_promotion; nothing changed.
    """
    promotion = set_promotion(row=row, is_new=is_new, now=now)
    record_audit_entry(
        actor=actor,
        action=AuditAction.SET_PROMOTION,
        subject=promotion.code,
        detail=_said(row),
        now=now,
    )
    return promotion


def _said(row: PromotionRow) -> str:
    """Return what it gives and when, as it stands in the record."""
    if row.percent_off:
        gift = f"-{row.percent_off}%"
    elif row.amount_off_minor:
        gift = f"-{row.amount_currency} {row.amount_off_minor}"
    else:
        gift = f"+{row.bonus_bytes} B"
    return f"{gift} {row.starts_at:%Y-%m-%d %H:%M} – {row.ends_at:%Y-%m-%d %H:%M} UTC"
