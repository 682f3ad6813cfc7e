"""Disputes: the payer complains, PayPal withholds the money, somebody decides.

Source: developer.paypal.com, Disputes v1. Keeping the hold when the payer wins is ours: the real
PayPal ends the hold and takes the money by a separate transaction.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from limosa.simulators.payment_gateway.paypal.merchant import new_id
from limosa.simulators.payment_gateway.paypal.orders import Order

REASONS = (
    "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
    "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED",
    "UNAUTHORISED",
)
OUTCOMES = {
    "won": "RESOLVED_SELLER_FAVOUR",
    "lost": "RESOLVED_BUYER_FAVOUR",
    "withdrawn": "CANCELED_BY_BUYER",
}


@dataclass(frozen=True, slots=True)
class Dispute:
    id: str
    order_id: str
    amount: int
    currency: str
    reason: str
    outcome: str
    created_at: float
    ended_at: float | None


def find_dispute(db: sqlite3.Connection, order_id: str) -> Dispute | None:
    row = db.execute("SELECT * FROM paypal_disputes WHERE order_id = ?", (order_id,)).fetchone()
    return Dispute(**row) if row else None


def all_disputes(db: sqlite3.Connection) -> list[Dispute]:
    rows = db.execute("SELECT * FROM paypal_disputes ORDER BY created_at")
    return [Dispute(**row) for row in rows.fetchall()]


def open_dispute(
    db: sqlite3.Connection, order: Order, words: Mapping[str, object], *, now: float
) -> Dispute:
    """Open a dispute about a whole payment. Raises ValueError."""
    reason = words.get("reason", REASONS[0])
    if reason not in REASONS:
        raise ValueError(f"reason: one of {', '.join(REASONS)}")
    if not order.is_paid:
        raise ValueError("only a captured payment can be disputed")
    if find_dispute(db, order.id) is not None:
        raise ValueError("the payment is disputed already")
    dispute = Dispute(
        f"PP-R-{new_id()[:3]}-{new_id()[:9]}", order.id, order.amount, order.currency,
        str(reason), "", now, None,
    )  # fmt: skip
    db.execute(
        "INSERT INTO paypal_disputes VALUES (?, ?, ?, ?, ?, '', ?, NULL)",
        (dispute.id, order.id, dispute.amount, dispute.currency, dispute.reason, now),
    )
    return dispute


def end_dispute(db: sqlite3.Connection, order: Order, outcome: str, *, now: float) -> Dispute:
    """Decide a payment's dispute. Raises LookupError, ValueError."""
    dispute = find_dispute(db, order.id)
    if dispute is None:
        raise LookupError("the payment is not disputed")
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: one of {', '.join(OUTCOMES)}")
    if dispute.outcome:
        raise ValueError("the dispute is decided already")
    row = db.execute(
        "UPDATE paypal_disputes SET outcome = ?, ended_at = ? WHERE id = ? RETURNING *",
        (OUTCOMES[outcome], now, dispute.id),
    ).fetchone()
    return Dispute(**row)
