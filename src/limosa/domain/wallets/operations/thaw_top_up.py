from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.rows import update_row
from limosa.domain.wallets.engine.bookings import thawed
from limosa.domain.wallets.models import WalletTopUp
from limosa.foundation.money import Money


def thaw_top_up(*, top_up: WalletTopUp, key: str, now: datetime) -> Money:
    """Put what was frozen of a top-up back into its wallet, now that the dispute is decided; return
    how much.

    If the dispute was lost, the caller takes it out again in the same transaction. The caller holds
    the payment and the top-up.
    Locks: the wallet.
    """
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
