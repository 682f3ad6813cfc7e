"""Offer a bonus on top of top-ups."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.duties import staff_action
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_audit_entry import record_audit_entry
from limosa.domain.wallets.models import BonusTier
from limosa.domain.wallets.operations.offer_tier import WantedTier, offer_tier


@staff_action(AuditAction.OFFER_BONUS)
@transaction.atomic
def offer_bonus(*, wanted: WantedTier, actor: Subscriber | None, now: datetime) -> BonusTier:
    """Return the new tier, and record it.

    Raises: RoleTooLowError, TierTermsError; nothing changed.
    """
    tier = offer_tier(wanted=wanted, now=now)
    least, bonus = tier.least.to_decimal(), tier.bonus.to_decimal()
    ends = "" if tier.ends_at is None else tier.ends_at.isoformat()
    days = "" if tier.valid_days is None else f", {tier.valid_days} d"
    record_audit_entry(
        actor=actor,
        action=AuditAction.OFFER_BONUS,
        subject=str(tier.pk),
        detail=f"{least} + {bonus} {tier.currency}{days}, {tier.starts_at.isoformat()} – {ends}",
        now=now,
    )
    return tier
