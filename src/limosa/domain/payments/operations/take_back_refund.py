from datetime import datetime

from limosa.domain.payments.engine.refund_life import REFUND_LIFE, RefundEvent
from limosa.domain.payments.models import Refund


def take_back_refund(*, refund: Refund, reference: str, now: datetime) -> None:
    """Record that a refund's money came back to us after it had arrived.

    Before: `succeeded`. Afterwards it is owed again, as `failed`; `settled` if nothing is owed. Its
    key is a new one from here on (Refund.key). `reference`: the provider's id, stored if there was
    none. The caller holds the payment and the refund, and posts the journal entry.
    Raises: TransitionRefusedError; nothing changed.
    """
    event = RefundEvent.COME_BACK if refund.owed_minor else RefundEvent.COME_BACK_SETTLED
    refund.state = REFUND_LIFE.after(refund.state, event)
    refund.reference = refund.reference or reference
    refund.came_back += 1
    refund.finished_at = now
    refund.next_poll_at = None
    refund.save()
