from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from limosa.domain.ordering.locking import lock_reported_payment
from limosa.domain.ordering.operations.apply_refund_status import apply_refund_status
from limosa.domain.payments.engine.problems import Problem
from limosa.domain.payments.models import Payment, Refund
from limosa.domain.payments.operations.find_refund import find_refund
from limosa.domain.payments.operations.flag_payment import flag_payment
from limosa.domain.payments.status_reports import RefundStatusReport


@transaction.atomic(savepoint=False)
def note_refund_by_hand(*, provider_code: str, report: RefundStatusReport, now: datetime) -> str:
    """Record that a provider reports a refund that we did not request; return the result.

    Nothing is believed yet: the worker asks the provider, and its answer is booked by
    apply_refund_status. A refund already recorded is asked about again if the report differs.
    Locks:  the payment, then the refund.
    Raises: ProviderError(retryable=True) as lock_reported_payment: nothing changed, and the
            provider sends the report again.
    """
    if not (report.reference or report.refund_number):
        return "unknown_refund"
    payment = lock_reported_payment(report, provider=provider_code)
    if payment is None:
        return "unknown_refund"
    known = _known(payment, report)
    if known is not None:
        report = replace(report, refund_number=known.number)
        return apply_refund_status(report=report, now=now, is_answer=False)
    if report.amount_minor <= 0 or report.currency != payment.received_currency:
        flag_payment(payment=payment, problem=Problem.REFUND_DIFFERS)
        return "refund_differs"
    find_refund(payment=payment, report=report, now=now)
    return "refund_by_hand"


def _known(payment: Payment, report: RefundStatusReport) -> Refund | None:
    """Return the refund that the report is about, by the provider's id for it."""
    names = {report.reference, report.refund_number} - {""}
    named = Q(reference__in=names) | Q(number__in=names)
    return Refund.objects.filter(named, payment=payment).first()
