from datetime import datetime

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.models import Dispute, Payment
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.status_reports import DisputeStatusReport


def open_dispute(*, payment: Payment, report: DisputeStatusReport, now: datetime) -> Dispute:
    """Record that a payer asked their bank for a payment's money back; return the new dispute.

    Afterwards `open`, and the payment is shown to staff. An amount withheld in another currency
    stands for the whole payment, since no rate says which part is meant. The caller holds the
    payment and the order, and posts the journal entry.
    Raises: IntegrityError if another dispute of the payment is open, or this one was reported
            before, or it is about no money; nothing changed.
    """
    is_foreign = report.currency != payment.received_currency
    dispute = Dispute.objects.create(
        provider=payment.provider,
        reference=report.reference,
        payment=payment,
        amount_minor=report.amount_minor,
        currency=report.currency,
        stands_for_minor=payment.received_minor if is_foreign else None,
        reason=report.reason[:60],
        opened_at=now,
    )
    flag_payment(payment=payment, problem=Problem.DISPUTED)
    return dispute
