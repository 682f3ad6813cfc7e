from datetime import datetime

from limosa.domain.payments.engine.refund_life import REFUND_LIFE, UNDER_WAY, RefundEvent
from limosa.domain.payments.models import Refund


def settle_refund(
    *, refund: Refund, part_minor: int, now: datetime, in_wallet: bool = False
) -> None:
    """Count a part of an owed refund as settled: the person got that money another way.

    Before: `requested`, `sent` or `failed`. If nothing is owed any more, it is `settled`. Otherwise
    the rest stays owed: the provider can't be asked for less under the same number, so it counts as
    `failed`. If the provider may already have the request, it is polled, since it may pay it
    anyway. `in_wallet`: the money went into the person's wallet. The caller holds the payment and
    the refund, and posts the journal entry.
    Raises: TransitionRefusedError, IntegrityError if it exceeds what is owed; nothing changed.
    """
    is_all = part_minor == refund.owed_minor
    state = REFUND_LIFE.after(
        refund.state, RefundEvent.SETTLE if is_all else RefundEvent.SETTLE_PART
    )
    refund.settled_minor += part_minor
    refund.wallet_minor += part_minor if in_wallet else 0
    refund.next_poll_at = now if refund.state in UNDER_WAY else refund.next_poll_at
    refund.state = state
    refund.finished_at = now
    refund.save(
        update_fields=["settled_minor", "wallet_minor", "next_poll_at", "state", "finished_at"]
    )
