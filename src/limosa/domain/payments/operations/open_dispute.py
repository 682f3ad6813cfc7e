from datetime import datetime

from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.models import Dispute, Payment
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.status_reports import DisputeStatusReport


def open_dispute(*, payment: Payment, report: DisputeStatusReport, now: datetime) -> Dispute:
    """Write down that a payer asked their bank for the money of a payment; return the new dispute.

    Afterwards `open`, and people look at the payment. What is held in another currency than was
    paid stands for the whole payment: no rate says what part of it is meant. The caller holds the
    payment and the order, and posts the journal entry.
    Raises: IntegrityError, when another dispute of the payment is open, or the provider told of
            this one before, or it is about no money; nothing changed.
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
