from datetime import datetime

from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.payments.status_reports import RefundStatusReport
from limosa.foundation.identifiers import random_code

_NUMBER_LENGTH_MAX = 32


def find_refund(*, payment: Payment, report: RefundStatusReport, now: datetime) -> Refund:
    """Write down a refund that its provider tells of, and that we never asked for: `found`.

    Nothing of it is believed yet: it counts for nothing, and its provider is asked about it at
    once. It has the number that somebody gave it there, if that can be one. The caller holds the
    payment. Raises: IntegrityError, when it is written down already; nothing changed.
    """
    # A form at the provider may hand on the payment's number: that names no refund here.
    is_named = (
        0 < len(report.refund_number) <= _NUMBER_LENGTH_MAX
        and report.refund_number != payment.number
    )
    return Refund.objects.create(
        number=report.refund_number if is_named else f"LH{random_code(22)}",
        reference=report.reference or report.refund_number,
        payment=payment,
        amount_minor=report.amount_minor,
        by_hand=True,
        reason="refund_by_hand",
        state=RefundState.FOUND,
        requested_at=now,
        next_try_at=now,
    )
