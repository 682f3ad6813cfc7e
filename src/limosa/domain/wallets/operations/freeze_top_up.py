from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ledger.wallets import lock_wallet
from limosa.domain.rows import update_row
from limosa.domain.wallets.engine.bookings import frozen
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.hold_bonus import hold_bonus
from limosa.foundation.money import Money


def freeze_top_up(*, top_up: WalletTopUp, key: str, now: datetime) -> None:
    """Keep what is there of a top-up, and of its bonus, from being spent, while its payer disputes
    the payment.

    What the person has spent already can't be kept. The caller holds the payment and the top-up.
    Locks: the wallet.
    """
    hold_bonus(top_up=top_up, key=key, now=now)
    held = lock_wallet(subscriber_id=top_up.subscriber_id, currency=top_up.currency)
    part = Money(
        min(held.amount_minor, top_up.amount_minor - top_up.reversed_minor), top_up.currency
    )
    if not part.amount_minor:
        return
    top_up.frozen_minor = part.amount_minor
    update_row(top_up, "frozen_minor")
    post_entry(
        key=key,
        kind="wallet_frozen",
        order_number=top_up.number,
        legs=frozen(part, subscriber_id=top_up.subscriber_id),
        now=now,
    )
