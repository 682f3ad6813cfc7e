from datetime import datetime

from limosa.domain.payments.engine.refund_life import REFUND_LIFE, MadeByHand, RefundEvent
from limosa.domain.payments.models import Refund


def complete_refund(
    *, refund: Refund, reference: str, now: datetime, by_hand: MadeByHand | None = None
) -> None:
    """Record that the money of a refund arrived: it is `succeeded`, and no longer polled.

    Before: any state but `succeeded`; a refund that had failed or was settled may arrive after all.
    `by_hand`: the breakdown of a `found` one. `reference`: the provider's id, stored if there was
    none. The caller holds the payment and the refund, and posts the journal entry.
    Raises: TransitionRefusedError; IntegrityError if the parts don't add up; nothing changed.
    """
    refund.state = REFUND_LIFE.after(refund.state, RefundEvent.SUCCEED)
    refund.reference = refund.reference or reference
    refund.finished_at = now
    refund.next_poll_at = None
    if by_hand is not None:
        refund.amount_minor = by_hand.amount_minor
        refund.reversed_minor = by_hand.reversed_minor
        refund.settled_minor = by_hand.lost_minor
    refund.save()
