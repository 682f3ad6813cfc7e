"""The refunds of a payment that are still owed to its payer."""

from limosa.domain.payments.models import Payment, Refund, RefundState

_OWED = (RefundState.FAILED, RefundState.REQUESTED, RefundState.SENT)


def owed_refunds(payment: Payment) -> list[Refund]:
    """Return the refunds owed, locked; those that the provider may already be paying come last."""
    owed = Refund.objects.select_for_update(of=("self",)).filter(payment=payment, state__in=_OWED)
    return sorted(owed.order_by("id"), key=lambda refund: _OWED.index(RefundState(refund.state)))
