from collections.abc import Sequence
from datetime import datetime

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.rows import update_row
from limosa.domain.wallets.models import TopUpState, WalletTopUp


def reverse_top_up(
    *,
    top_up: WalletTopUp,
    part_minor: int,
    legs: Sequence[Leg],
    key: str,
    kind: str,
    now: datetime,
) -> None:
    """Take a part of a top-up out of its wallet again, in the wallet's currency: once all of it has
    gone, it is `refunded`.

    `legs`: what leaves the wallet, and where it goes. The caller holds the payment and the top-up,
    and adds the part to what the payment counts as refunded.
    Locks:  the wallet.
    Raises: WalletTooLowError, IntegrityError if more would go than was put in; nothing changed.
    """
    top_up.reversed_minor += part_minor
    if top_up.reversed_minor == top_up.amount_minor:
        top_up.state = TopUpState.REFUNDED.value
        top_up.closed_at = now
    post_entry(key=key, kind=kind, order_number=top_up.number, legs=legs, now=now)
    update_row(top_up, "reversed_minor", "state", "closed_at")
