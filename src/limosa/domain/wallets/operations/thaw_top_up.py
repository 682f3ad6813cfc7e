from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.rows import update_row
from limosa.domain.wallets.engine.bookings import thawed
from limosa.domain.wallets.models import WalletTopUp
from limosa.domain.wallets.operations.release_bonus import release_bonus
from limosa.foundation.money import Money


def thaw_top_up(*, top_up: WalletTopUp, is_lost: bool, key: str, now: datetime) -> Money:
    """Put what was frozen of a top-up back into its wallet, now that the dispute is decided; return
    how much.

    `is_lost`: the caller takes it out again in the same transaction, and the bonus that was held
    back with it is taken back. The caller holds the payment and the top-up.
    Locks: the wallet.
    """
    release_bonus(top_up=top_up, is_lost=is_lost, key=key, now=now)
    part = Money(top_up.frozen_minor, top_up.currency)
    if not part.amount_minor:
        return part
    top_up.frozen_minor = 0
    update_row(top_up, "frozen_minor")
    post_entry(
        key=key,
        kind="wallet_thawed",
        order_number=top_up.number,
        legs=thawed(part, subscriber_id=top_up.subscriber_id),
        now=now,
    )
    return part
