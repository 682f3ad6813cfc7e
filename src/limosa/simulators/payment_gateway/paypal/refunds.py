"""Refunds of captured orders. Source: developer.paypal.com, Payments v2, "Refund captured payment".

A refund is PENDING for a while and then succeeds, unless the control calls say otherwise.
"""

import sqlite3
from dataclasses import dataclass

from limosa.simulators.payment_gateway.paypal.merchant import new_id
from limosa.simulators.payment_gateway.paypal.money import read_amount
from limosa.simulators.payment_gateway.paypal.orders import Order
from limosa.simulators.payment_gateway.paypal.refusals import unprocessable
from limosa.simulators.payment_gateway.wire import Json

OUTCOMES = ("COMPLETED", "FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class Refund:
    id: str
    order_id: str
    invoice_id: str
    custom_id: str
    amount: int
    currency: str
    status: str
    outcome: str
    created_at: float
    settles_at: float


def find_refund(db: sqlite3.Connection, refund_id: str) -> Refund | None:
    row = db.execute("SELECT * FROM paypal_refunds WHERE id = ?", (refund_id,)).fetchone()
    return Refund(**row) if row else None


def refunds_of(db: sqlite3.Connection, order_id: str) -> list[Refund]:
    rows = db.execute(
        "SELECT * FROM paypal_refunds WHERE order_id = ? ORDER BY created_at", (order_id,)
    )
    return [Refund(**row) for row in rows.fetchall()]


def request_refund(
    db: sqlite3.Connection, order: Order, body: Json, *, ends: tuple[str, float], now: float
) -> Refund:
    """Begin a refund, of all that is left unless an amount is given. `ends`: how, and when.

    Raises PayPalRefusalError.
    """
    if not order.is_paid:
        raise unprocessable("CAPTURE_STATUS_NOT_VALID")
    known = refunds_of(db, order.id)
    left = order.amount - sum(one.amount for one in known if one.status not in OUTCOMES[1:])
    amount, currency = left, order.currency
    if "amount" in body:
        amount, currency = read_amount(body["amount"], "/amount")
    if currency != order.currency:
        raise unprocessable("REFUND_CURRENCY_MISMATCH")
    if not left:
        raise unprocessable("CAPTURE_FULLY_REFUNDED")
    if not 0 < amount <= left:
        raise unprocessable("REFUND_AMOUNT_EXCEEDED")
    outcome, settles_at = ends
    refund = Refund(
        new_id(), order.id, str(body.get("invoice_id", order.invoice_id)),
        str(body.get("custom_id", order.custom_id)), amount, currency, "PENDING", outcome, now,
        settles_at,
    )  # fmt: skip
    db.execute(
        "INSERT INTO paypal_refunds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            refund.id, refund.order_id, refund.invoice_id, refund.custom_id, refund.amount,
            refund.currency, refund.status, refund.outcome, refund.created_at, refund.settles_at,
        ),
    )  # fmt: skip
    return refund


def end_at_once(db: sqlite3.Connection, refund: Refund) -> Refund:
    """Complete a refund."""
    row = db.execute(
        "UPDATE paypal_refunds SET status = outcome WHERE id = ? RETURNING *", (refund.id,)
    ).fetchone()
    return Refund(**row)


def settle_due_refunds(db: sqlite3.Connection, *, now: float) -> list[Refund]:
    """End the refunds that are due."""
    rows = db.execute(
        "UPDATE paypal_refunds SET status = outcome WHERE status = 'PENDING' AND settles_at <= ?"
        " RETURNING *",
        (now,),
    )
    return [Refund(**row) for row in rows.fetchall()]


def next_settlement_at(db: sqlite3.Connection) -> float | None:
    at = db.execute(
        "SELECT min(settles_at) AS at FROM paypal_refunds WHERE status = 'PENDING'"
    ).fetchone()["at"]
    return None if at is None else float(at)
