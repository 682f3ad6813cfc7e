"""Payments and refunds, as rows: nothing is posted by making them."""

from datetime import timedelta
from typing import Any

from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import (
    Dispute,
    DisputeState,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from limosa.foundation.identifiers import random_code
from tests.factories import MOMENT
from tests.factories.ordering import make_order


def make_payment(*, order: Order | None = None, **fields: Any) -> Payment:
    """Return a pending WeChat Pay payment of a new order unless one is given: 178.62 CNY.

    state="succeeded": the payment pays the order, exactly.
    """
    if "order_number" not in fields:
        order = order or make_order()
        fields["order_number"] = order.number
        fields.setdefault("subscriber", order.subscriber)
    fields.setdefault("number", f"P{random_code(20)}")
    fields.setdefault("provider", "wechatpay")
    fields.setdefault("method", "native")
    fields.setdefault("amount_minor", 17862)
    fields.setdefault("currency", "CNY")
    fields.setdefault("state", PaymentState.PENDING)
    fields.setdefault("created_at", MOMENT)
    fields.setdefault("expires_at", fields["created_at"] + timedelta(minutes=30))
    if fields["state"] == PaymentState.SUCCEEDED:
        fields.setdefault("received_minor", fields["amount_minor"])
        fields.setdefault("received_currency", fields["currency"])
        fields.setdefault("transaction_id", f"42{random_code(24)}")
        fields.setdefault("paid_at", fields["created_at"] + timedelta(seconds=40))
        fields.setdefault("applied_at", fields["paid_at"] + timedelta(seconds=1))
        fields.setdefault("pays_order", True)
    return Payment.objects.create(**fields)


def make_refund(**fields: Any) -> Refund:
    """Return a refund that was asked for, of a whole new successful payment unless one is given."""
    if "payment" not in fields:
        fields["payment"] = make_payment(state=PaymentState.SUCCEEDED)
    fields.setdefault("number", f"R{random_code(20)}")
    fields.setdefault("amount_minor", fields["payment"].received_minor)
    fields.setdefault("reason", "not_delivered")
    fields.setdefault("requested_at", MOMENT)
    if fields.get("state") == RefundState.FOUND:
        fields.setdefault("by_hand", True)
    if fields.get("state") in {RefundState.SUCCEEDED, RefundState.FAILED, RefundState.SETTLED}:
        fields.setdefault("finished_at", fields["requested_at"])
    return Refund.objects.create(**fields)


def make_dispute(**fields: Any) -> Dispute:
    """Return an open dispute of all of a new successful payment unless one is given."""
    if "payment" not in fields:
        fields["payment"] = make_payment(state=PaymentState.SUCCEEDED)
    payment = fields["payment"]
    fields.setdefault("provider", payment.provider)
    fields.setdefault("reference", f"D{random_code(20)}")
    fields.setdefault("amount_minor", payment.received_minor)
    fields.setdefault("currency", payment.received_currency)
    fields.setdefault("opened_at", MOMENT)
    state = fields.get("state", DisputeState.OPEN)
    if state != DisputeState.OPEN:
        is_lost = state == DisputeState.LOST
        fields.setdefault("closed_at", fields["opened_at"])
        fields.setdefault("decided_minor", fields["amount_minor"] if is_lost else 0)
    return Dispute.objects.create(**fields)
