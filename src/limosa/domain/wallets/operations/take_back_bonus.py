from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.wallets.engine.bonuses import taken_back
from limosa.domain.wallets.engine.bookings import bonus_withdrawn
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.queries import bonus_of, grant_of
from limosa.foundation.money import Money


def take_back_bonus(*, top_up: WalletTopUp, key: str, takes_money: bool, now: datetime) -> None:
    """Take back the share of a bonus that belongs to what has gone back of its top-up.

    What is left of it goes first. `takes_money`: what was spent is taken off the money in the
    wallet, as far as that goes; otherwise it stays spent. The caller holds the top-up, whose
    `reversed_minor` counts what goes back now, and has posted that.
    Locks:  the wallet, until the caller's transaction ends.
    """
    held = lock_wallet(subscriber_id=top_up.subscriber_id, currency=top_up.currency)
    bonus = bonus_of(top_up)
    if bonus is None:
        return
    back = taken_back(grant_of(bonus, top_up), reversed_minor=top_up.reversed_minor)
    spent_minor = min(back.spent_minor, held.amount_minor) if takes_money else 0
    if not back.left_minor and not spent_minor:
        return
    bonus.left_minor -= back.left_minor
    bonus.taken_minor += back.left_minor
    bonus.paid_minor += spent_minor
    bonus.save(update_fields=["left_minor", "taken_minor", "paid_minor"])
    post_entry(
        key=f"bonus-taken:{key}",
        kind="bonus_taken_back",
        order_number=top_up.number,
        legs=bonus_withdrawn(
            Money(back.left_minor, top_up.currency),
            subscriber_id=top_up.subscriber_id,
            spent=Money(spent_minor, top_up.currency),
        ),
        now=now,
    )
