from dataclasses import dataclass
from datetime import datetime

from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bonuses import (
    Grant,
    end_after_standstill,
    split_back,
    taken_back,
)
from limosa.domain.wallets.models import Bonus, BonusUse
from limosa.foundation.money import Money


@dataclass(frozen=True, slots=True)
class ReturnedBonus:
    """What of a payment comes back to bonus: to be spent again, and to bonuses that have been
    taken back since, or are held back. The rest is money."""

    left_minor: int = 0
    withdrawn_minor: int = 0


def return_bonus(
    *, subscriber_id: int, part: Money, payment_number: str, now: datetime
) -> ReturnedBonus:
    """Return a part of a payment from a wallet to the bonus that paid it, before any of it becomes
    money again; say how much that is.

    The bonus that was used last is the first to get it, and has the time back for which it was
    spent. What comes back to a bonus that is held back or was taken back stays with us. The caller
    posts it, in the same transaction.
    Locks:  the wallet, until the caller's transaction ends.
    """
    lock_wallet(subscriber_id=subscriber_id, currency=part.currency)
    uses = list(
        BonusUse.objects.filter(payment_number=payment_number)
        .select_related("bonus__top_up")
        .order_by("-id")
    )
    used_minor = sum(use.used_minor - use.returned_minor for use in uses)
    left_minor = split_back(part.amount_minor, bonus_minor=used_minor).bonus_minor
    found = ReturnedBonus()
    for use in uses:
        back_minor = min(use.used_minor - use.returned_minor, left_minor)
        left_minor -= back_minor
        if back_minor:
            withdrawn_minor = _put_back(use, back_minor, now)
            found = ReturnedBonus(
                found.left_minor + back_minor - withdrawn_minor,
                found.withdrawn_minor + withdrawn_minor,
            )
    return found


def _put_back(use: BonusUse, back_minor: int, now: datetime) -> int:
    """Return how much of it stays with us."""
    use.returned_minor += back_minor
    use.save(update_fields=["returned_minor"])
    bonus = use.bonus
    bonus.used_minor -= back_minor
    if bonus.ended_at is not None:
        bonus.taken_minor += back_minor
        withdrawn_minor = back_minor
    elif bonus.held_at is not None:
        bonus.held_minor += back_minor
        withdrawn_minor = back_minor
    else:
        withdrawn_minor = _due(bonus, back_minor)
        bonus.taken_minor += withdrawn_minor
        bonus.left_minor += back_minor - withdrawn_minor
    resumed = end_after_standstill(use.expires_at, since=use.used_at, now=now)
    if bonus.expires_at is not None and resumed is not None:
        bonus.expires_at = max(bonus.expires_at, resumed)
    bonus.save()
    return withdrawn_minor


def _due(bonus: Bonus, back_minor: int) -> int:
    """Return what is still to be taken back of it since its top-up went back."""
    grant = Grant(
        amount_minor=bonus.top_up.amount_minor,
        granted_minor=bonus.granted_minor,
        left_minor=back_minor,
        gone_minor=bonus.taken_minor + bonus.paid_minor + bonus.expired_minor,
    )
    return taken_back(grant, reversed_minor=bonus.top_up.reversed_minor).left_minor
