from datetime import datetime

from limosa.domain.payments.engine.payment_life import PAYMENT_LIFE, PaymentEvent
from limosa.domain.payments.models import Payment
from limosa.domain.payments.status_reports import PaymentStatusReport
from limosa.domain.rows import update_row

_RECEIVED = (
    "state",
    "transaction_id",
    "received_minor",
    "received_currency",
    "paid_at",
    "applied_at",
    "next_poll_at",
    "pays_order",
    "in_wallet",
    "problem",
)


def receive_payment(
    *, payment: Payment, report: PaymentStatusReport, problem: str, in_wallet: bool, now: datetime
) -> None:
    """Record that a payment's money arrived: once, and it is `succeeded` for good.

    Before: any state but `succeeded` and `cancelled`; money may arrive after a payment has ended.
    `problem`: why the funds are unapplied; empty: it pays its order. `in_wallet`: unapplied funds
    go into the wallet. It was paid when the report says or, if that names no time, `now`. It is no
    longer polled. The caller holds the payment and posts the journal
    entry.
    Raises: TransitionRefusedError if it was received before; IntegrityError if another payment pays
            the order, or this one does not have the exact amount and currency; nothing changed.
    """
    payment.state = PAYMENT_LIFE.after(payment.state, PaymentEvent.SUCCEED)
    payment.transaction_id = report.transaction_id
    payment.received_minor = report.amount_minor
    payment.received_currency = report.currency
    payment.paid_at = report.paid_at or now
    payment.applied_at = now
    payment.next_poll_at = None
    payment.pays_order = not problem
    payment.in_wallet = in_wallet
    payment.problem = problem
    update_row(payment, *_RECEIVED)
