from datetime import datetime

from limosa.domain.payments.engine.refund_life import REFUND_LIFE, UNDER_WAY, RefundEvent
from limosa.domain.payments.models import Refund


def settle_refund(
    *, refund: Refund, part_minor: int, now: datetime, in_wallet: bool = False
) -> None:
    """Count a part of an owed refund as settled: the person has that money by another way.

    Before: `requested`, `sent` or `failed`. One of which nothing is owed any more is `settled`. Of
    another the rest stays owed: the provider can't be asked for less by the same number, so it
    counts as `failed`. If the provider may have been asked for it, it is asked what became of it,
    since it may give it all the same. `in_wallet`: that way is the person's wallet.
    The caller holds the payment and the refund, and posts the journal entry.
    Raises: TransitionRefusedError, IntegrityError when it is more than is owed; nothing changed.
    """
    is_all = part_minor == refund.owed_minor
    state = REFUND_LIFE.after(
        refund.state, RefundEvent.SETTLE if is_all else RefundEvent.SETTLE_PART
    )
    refund.settled_minor += part_minor
    refund.wallet_minor += part_minor if in_wallet else 0
    refund.next_try_at = now if refund.state in UNDER_WAY else refund.next_try_at
    refund.state = state
    refund.finished_at = now
    refund.save(
        update_fields=["settled_minor", "wallet_minor", "next_try_at", "state", "finished_at"]
    )
