from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bookings import bonus_withdrawn
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.queries import bonus_of
from limosa.foundation.money import Money


def hold_bonus(*, top_up: WalletTopUp, key: str, now: datetime) -> None:
    """Hold back what is left of a top-up's bonus, while its payer disputes the payment.

    The caller holds the top-up.
    Locks:  the wallet, until the caller's transaction ends.
    """
    lock_wallet(subscriber_id=top_up.subscriber_id, currency=top_up.currency)
    bonus = bonus_of(top_up)
    if bonus is None or bonus.held_at is not None or bonus.ended_at is not None:
        return
    part = bonus.left
    bonus.held_at, bonus.held_minor, bonus.left_minor = now, part.amount_minor, 0
    bonus.save(update_fields=["held_at", "held_minor", "left_minor"])
    if part.amount_minor:
        post_entry(
            key=f"bonus-held:{key}",
            kind="bonus_held",
            order_number=top_up.number,
            legs=bonus_withdrawn(
                part, subscriber_id=top_up.subscriber_id, spent=Money(0, top_up.currency)
            ),
            now=now,
        )
