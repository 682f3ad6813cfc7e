from datetime import datetime

from limosa.domain.payments.models import Refund, RefundState

_NOT_ENDED = {RefundState.REQUESTED, RefundState.SENT}


def settle_refund(*, refund: Refund, part_minor: int, now: datetime) -> None:
    """Count a part of an owed refund as settled: the person has that money by another way.

    One of which nothing is owed any more is settled. Of another the rest stays owed: the provider
    can't be asked for less by the same number, so it counts as failed. If the provider may have
    been asked for it, it is asked what became of it, since it may give it all the same.
    The caller holds the locks of the payment and the refund, and posts the journal entry.
    """
    refund.settled_minor += part_minor
    refund.next_try_at = now if refund.state in _NOT_ENDED else refund.next_try_at
    refund.state = RefundState.FAILED if refund.owed_minor else RefundState.SETTLED
    refund.finished_at = now
    refund.save(
        update_fields=["settled_minor", "wallet_minor", "next_try_at", "state", "finished_at"]
    )
