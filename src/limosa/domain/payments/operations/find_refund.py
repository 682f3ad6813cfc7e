from datetime import datetime

from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.payments.status_reports import RefundStatusReport
from limosa.foundation.identifiers import random_code

_NUMBER_LENGTH_MAX = 32


def find_refund(*, payment: Payment, report: RefundStatusReport, now: datetime) -> Refund:
    """Record a refund that the provider reports and that we never requested: `found`.

    It is not believed yet: it counts for nothing, and the provider is asked about it at once. It
    gets the number it was given at the provider, if that is usable. The caller holds the payment.
    Raises: IntegrityError if it is already recorded; nothing changed.
    """
    # A form at the provider may pass on the payment's number, which is not the number of a refund
    # here.
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
        next_poll_at=now,
    )
