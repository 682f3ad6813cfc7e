from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bonuses import end_after_standstill
from limosa.domain.wallets.engine.bookings import bonus_granted
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.queries import bonus_of
from limosa.foundation.money import Money


def release_bonus(*, top_up: WalletTopUp, is_lost: bool, key: str, now: datetime) -> None:
    """End the holding back of a top-up's bonus, now that the dispute is decided.

    Won: it is there again, and the time for which it was held doesn't count. Lost: it is taken
    back, and so is what still comes back of it from orders. The caller holds the top-up.
    Locks:  the wallet, until the caller's transaction ends.
    """
    lock_wallet(subscriber_id=top_up.subscriber_id, currency=top_up.currency)
    bonus = bonus_of(top_up)
    if bonus is None or bonus.held_at is None:
        return
    part = Money(bonus.held_minor, bonus.currency)
    since, bonus.held_at, bonus.held_minor = bonus.held_at, None, 0
    if is_lost:
        bonus.taken_minor += part.amount_minor
        bonus.ended_at = now
    else:
        bonus.left_minor = part.amount_minor
        bonus.expires_at = end_after_standstill(bonus.expires_at, since=since, now=now)
    bonus.save()
    if part.amount_minor and not is_lost:
        post_entry(
            key=f"bonus-released:{key}",
            kind="bonus_released",
            order_number=top_up.number,
            legs=bonus_granted(part, subscriber_id=top_up.subscriber_id),
            now=now,
        )
