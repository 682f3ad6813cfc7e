from datetime import datetime

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.engine.refund_life import REFUND_LIFE, RefundEvent
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.operations.flag_payment import flag_payment


def fail_refund(*, payment: Payment, refund: Refund, reference: str, now: datetime) -> None:
    """Write down that a refund will not arrive by itself; it stays owed, and people look at it.

    Before: `requested` or `sent`; afterwards `failed`, and asked for no more. `reference`: the
    provider's name of it, kept if there was none. The caller holds the payment and the refund.
    Raises: TransitionRefusedError; nothing changed.
    """
    refund.state = REFUND_LIFE.after(refund.state, RefundEvent.FAIL)
    refund.reference = refund.reference or reference
    refund.finished_at = now
    refund.next_try_at = None
    refund.save()
    flag_payment(payment=payment, problem=Problem.REFUND_FAILED)
