"""What happened to an order's money beyond its payment: refunds, disputes, late and double
funds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from limosa.domain.charging.suppliers import counts_use
from limosa.domain.connectivity.capabilities import Cancel
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.bundle_life import may_be_returned
from limosa.domain.esims.models import Bundle, EsimState
from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.funds import refund_money
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.plan_changes import change_from
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.ordering.returns import Returning
from limosa.domain.payments.models import Dispute, DisputeState, Payment, Refund, RefundState
from limosa.foundation.money import Money

_BACK = {RefundState.SUCCEEDED, RefundState.SETTLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What would go back of the payment that paid, and by which way.

    `amount`: in the payment's currency; `worth`: the part of the order's price it stands for.
    """

    amount: Money
    worth: Money
    provider: str
    label: str

    @property
    def is_exchanged(self) -> bool:
        """Whether the payment was in another currency than the order's price."""
        return self.amount.currency != self.worth.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLine:
    """A movement that the person should know about.

    `kind`: part_back, late, double, wrong_amount, dispute_open, dispute_won, dispute_lost. `at`:
    when it began; `done_at`: when the money arrived. `in_wallet`: it went into the wallet.
    `is_refused`: the provider was asked to refund it, and has not accepted yet.
    """

    kind: str
    amount: Money
    provider: str
    at: datetime
    done_at: datetime | None = None
    in_wallet: bool = False
    is_failed: bool = False
    is_refused: bool = False


def may_return(order: Order, *, now: datetime) -> bool:
    """Whether a plan is as its person would return it; `return_order` decides, by the same rule,
    under its locks. Who has to agree is `returning_of`."""
    if order.state != OrderState.FULFILLED or not order.quote.total_minor:
        return False
    bundle = Bundle.objects.filter(order_number=order.number).first()
    if bundle is None or not may_be_returned(bundle, now=now) or change_from(order):
        return False
    disputes = Dispute.objects.filter(payment__order_number=order.number, state=DisputeState.OPEN)
    return not disputes.exists()


def is_esim_cancelled_too(order: Order, returning: Returning) -> bool:
    """Whether returning an order also cancels the eSIM that it created: on no device yet, and its
    supplier cancels."""
    esim = order.esim
    if returning.way is ReturnWay.ASKED:
        return True
    if order.quote.esim_id is not None or esim is None or esim.state != EsimState.READY:
        return False
    return capabilities_of(esim.supplier_id).cancel is Cancel.AT_ONCE


def is_reviewed(order: Order) -> bool:
    """Whether people at the supplier decide on cancelling it, which takes days."""
    return (
        order.esim is not None and capabilities_of(order.esim.supplier_id).cancel is Cancel.REVIEWED
    )


def counts_lag(order: Order) -> timedelta | None:
    """How far the count that decides on a return may lag; None: not at all, or nobody knows."""
    if order.esim is None:
        return None
    can = capabilities_of(order.esim.supplier_id)
    return (can.usage_age or None) if counts_use(can) else None


def money_left(order: Order) -> Left | None:
    """Return what is left of the payment that paid; None: nothing."""
    payment = (
        Payment.objects.select_related("saved_method")
        .filter(order_number=order.number, pays_order=True)
        .first()
    )
    if payment is None or payment.received_minor <= payment.refunded_minor:
        return None
    return Left(
        amount=Money(payment.received_minor - payment.refunded_minor, payment.received_currency),
        worth=refund_money(order, payment, part_minor=None).worth,
        provider=payment.provider,
        label=payment.saved_method.label if payment.saved_method else "",
    )


def money_lines(order: Purchase) -> list[MoneyLine]:
    """Return what the timeline does not show, in chronological order."""
    payments = list(
        Payment.objects.filter(order_number=order.number, applied_at__isnull=False)
        .prefetch_related("refunds", "disputes")
        .order_by("id")
    )
    lines = [line for payment in payments for line in _lines(payment)]
    return sorted(lines, key=lambda line: line.at)


def _lines(payment: Payment) -> list[MoneyLine]:
    disputes = [_dispute_line(payment, dispute) for dispute in payment.disputes.all()]
    if not payment.pays_order:
        return [_unapplied_line(payment), *disputes]
    parts = [
        MoneyLine(
            kind="part_back",
            amount=Money(refund.amount_minor, payment.received_currency),
            provider=payment.provider,
            at=refund.requested_at,
            done_at=refund.finished_at if refund.state in _BACK else None,
            in_wallet=refund.wallet_minor > 0,
            is_failed=refund.state == RefundState.FAILED,
            is_refused=refund.is_refused,
        )
        for refund in payment.refunds.all()
        if refund.amount_minor < payment.received_minor and _is_told(refund)
    ]
    return [*parts, *disputes]


def _is_told(refund: Refund) -> bool:
    """Whether a refund gets a line: one settled by a dispute is covered by the dispute's own line.

    One that nobody has confirmed yet is left out.
    """
    if refund.state == RefundState.FOUND:
        return False
    return refund.state != RefundState.SETTLED or refund.wallet_minor > 0


def _unapplied_line(payment: Payment) -> MoneyLine:
    refund = next(iter(payment.refunds.all()), None)
    back_at = refund.finished_at if refund else None
    return MoneyLine(
        kind=_why_unapplied(payment),
        amount=Money(payment.received_minor, payment.received_currency),
        provider=payment.provider,
        at=payment.applied_at or payment.created_at,
        done_at=payment.applied_at if payment.in_wallet else back_at,
        in_wallet=payment.in_wallet or (refund is not None and refund.wallet_minor > 0),
        is_failed=refund is not None and refund.state == RefundState.FAILED,
        is_refused=refund is not None and refund.is_refused,
    )


def _why_unapplied(payment: Payment) -> str:
    """Return why, even if the operators have cleared the problem or another one has replaced it."""
    first = next(iter(payment.refunds.all()), None)
    reason = payment.problem or (first.reason if first else "")
    return reason if reason in {"late", "double", "wrong_amount"} else "unusable"


def _dispute_line(payment: Payment, dispute: Dispute) -> MoneyLine:
    is_lost = dispute.state == DisputeState.LOST
    return MoneyLine(
        kind=f"dispute_{dispute.state}",
        amount=Money(dispute.taken_minor if is_lost else dispute.amount_minor, dispute.currency),
        provider=payment.provider,
        at=dispute.opened_at,
        done_at=dispute.closed_at,
    )
