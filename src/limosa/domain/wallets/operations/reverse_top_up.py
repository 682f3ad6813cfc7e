from collections.abc import Sequence
from datetime import datetime

from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.rows import update_row
from limosa.domain.wallets.models import TopUpState, WalletTopUp
from limosa.domain.wallets.operations.take_back_bonus import take_back_bonus


def reverse_top_up(
    *,
    top_up: WalletTopUp,
    part_minor: int,
    legs: Sequence[Leg],
    key: str,
    is_refund: bool,
    now: datetime,
) -> None:
    """Take a part of a top-up out of its wallet again, in the wallet's currency, and its share of
    the bonus: once all of it has gone, it is `refunded`.

    `legs`: what leaves the wallet, and where it goes. `is_refund`: not the loss of a dispute, which
    takes no money for bonus that was spent. The caller holds the payment and the top-up, and adds
    the part to what the payment counts as refunded.
    Locks:  the wallet.
    Raises: WalletTooLowError, IntegrityError if more would go than was put in; nothing changed.
    """
    top_up.reversed_minor += part_minor
    if top_up.reversed_minor == top_up.amount_minor:
        top_up.state = TopUpState.REFUNDED.value
        top_up.closed_at = now
    kind = "refund_request" if is_refund else "dispute_lost"
    post_entry(key=key, kind=kind, order_number=top_up.number, legs=legs, now=now)
    update_row(top_up, "reversed_minor", "state", "closed_at")
    take_back_bonus(top_up=top_up, key=key, takes_money=is_refund, now=now)
