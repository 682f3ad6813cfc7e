from datetime import datetime

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.engine.refund_life import REFUND_LIFE, RefundEvent
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.operations.flag_payment import flag_payment


def fail_refund(*, payment: Payment, refund: Refund, reference: str, now: datetime) -> None:
    """Record that a refund will not arrive without help; it stays owed, and is shown to staff.

    Before: `requested` or `sent`; afterwards `failed`, and no longer polled. `reference`: the
    provider's id, stored if there was none. The caller holds the payment and the refund.
    Raises: TransitionRefusedError; nothing changed.
    """
    refund.state = REFUND_LIFE.after(refund.state, RefundEvent.FAIL)
    refund.reference = refund.reference or reference
    refund.finished_at = now
    refund.next_poll_at = None
    refund.save()
    flag_payment(payment=payment, problem=Problem.REFUND_FAILED)
