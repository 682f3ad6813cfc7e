from datetime import datetime, timedelta

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.wallets.engine.bookings import bonus_granted
from limosa.domain.wallets.models import Bonus, WalletTopUp


def grant_bonus(*, top_up: WalletTopUp, now: datetime) -> None:
    """Give the bonus that a top-up was placed with, once, as its money is credited.

    The caller holds the top-up, and its wallet.
    Raises: IntegrityError if it was given before; nothing changed.
    """
    if not top_up.bonus_minor:
        return
    days = top_up.bonus_days
    Bonus.objects.create(
        top_up=top_up,
        subscriber_id=top_up.subscriber_id,
        currency=top_up.currency,
        granted_minor=top_up.bonus_minor,
        left_minor=top_up.bonus_minor,
        granted_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    post_entry(
        key=f"bonus:{top_up.number}",
        kind="bonus_granted",
        order_number=top_up.number,
        legs=bonus_granted(top_up.bonus, subscriber_id=top_up.subscriber_id),
        now=now,
    )
