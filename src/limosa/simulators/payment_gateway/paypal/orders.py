"""Orders: created, approved by the payer, captured by the merchant.

Source: developer.paypal.com, Orders v2. An order's statuses are CREATED, PAYER_ACTION_REQUIRED
(created with a payment source), APPROVED, COMPLETED. Money moves when it is captured.
"""

import sqlite3
from dataclasses import dataclass

from limosa.simulators.payment_gateway.paypal.merchant import new_id
from limosa.simulators.payment_gateway.paypal.money import CURRENCIES, read_amount
from limosa.simulators.payment_gateway.paypal.refusals import (
    PayPalRefusalError,
    parameter_refusal,
    unprocessable,
)
from limosa.simulators.payment_gateway.wire import Json, NotPayableError, Payment

DEFAULT_PAYER = "jane.doe@payer.example"
# Ours: how long an eCheck takes in a demo.
PENDING_SECONDS = 60.0
_OPEN = frozenset({"CREATED", "PAYER_ACTION_REQUIRED"})
_OUTCOMES = ("COMPLETED", "PENDING", "DECLINED")
STATE_TEXTS = {
    "CREATED": "待付款 · to be approved",
    "PAYER_ACTION_REQUIRED": "待付款 · to be approved",
    "APPROVED": "已同意 · approved",
    "COMPLETED": "已支付 · captured",
}


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    invoice_id: str
    custom_id: str
    description: str
    amount: int
    currency: str
    has_source: int
    return_url: str
    cancel_url: str
    vault_customer: str | None
    created_at: float
    status: str
    payer_email: str
    next_capture: str
    vault_id: str | None
    capture_id: str | None
    capture_status: str
    captured_at: float | None
    completes_at: float | None

    @property
    def is_open(self) -> bool:
        return self.status in _OPEN

    @property
    def is_paid(self) -> bool:
        return self.capture_status == "COMPLETED"


@dataclass(frozen=True, slots=True)
class Token:
    """A payer's account that a merchant may charge."""

    id: str
    customer: str
    email: str
    behaviour: str
    created_at: float


def find_order(db: sqlite3.Connection, word: str) -> Order | None:
    """Find an order by PayPal's id or the merchant's number; the latest of several."""
    row = db.execute(
        "SELECT * FROM paypal_orders WHERE id = ? OR invoice_id = ? ORDER BY created_at DESC",
        (word, word),
    ).fetchone()
    return Order(**row) if row else None


def last_orders(db: sqlite3.Connection, *, count: int) -> list[Order]:
    rows = db.execute("SELECT * FROM paypal_orders ORDER BY created_at DESC LIMIT ?", (count,))
    return [Order(**row) for row in rows.fetchall()]


def find_token(db: sqlite3.Connection, token_id: str) -> Token | None:
    row = db.execute("SELECT * FROM paypal_tokens WHERE id = ?", (token_id,)).fetchone()
    return Token(**row) if row else None


def place_order(db: sqlite3.Connection, body: Json, *, now: float) -> Order:
    """Create an order. Raises PayPalRefusalError."""
    if body.get("intent") != "CAPTURE":
        raise parameter_refusal("/intent", "NOT_SUPPORTED", body.get("intent"))
    units = body.get("purchase_units")
    if not isinstance(units, list) or len(units) != 1 or not isinstance(units[0], dict):
        raise parameter_refusal("/purchase_units", "NOT_SUPPORTED", "exactly one is played here")
    unit: Json = units[0]
    amount, currency = read_amount(unit.get("amount"), "/purchase_units/0/amount")
    if not amount:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE")
    wallet = _wallet(body)
    context = _part(wallet, "experience_context")
    vault = _part(_part(wallet, "attributes"), "vault")
    customer = _part(_part(wallet, "attributes"), "customer")
    order_id = new_id()
    db.execute(
        "INSERT INTO paypal_orders VALUES"
        " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 'COMPLETED', NULL, NULL, '', NULL, NULL)",
        (
            order_id, _text(unit, "invoice_id", 127), _text(unit, "custom_id", 127),
            _text(unit, "description", 127), amount, currency, int(bool(wallet)),
            _text(context, "return_url", 2048), _text(context, "cancel_url", 2048),
            _text(customer, "merchant_customer_id", 64) if vault else None,
            now, "PAYER_ACTION_REQUIRED" if wallet else "CREATED",
        ),
    )  # fmt: skip
    return _order(db, order_id)


def approve_order(
    db: sqlite3.Connection, order: Order, payment: Payment, *, email: str = DEFAULT_PAYER
) -> Order:
    """Approve as the payer. Raises NotPayableError if there is nothing left to approve.

    `payment.words`: `"capture": "PENDING"` (an eCheck) or `"DECLINED"` (by the payer's bank).
    """
    outcome = str(payment.words.get("capture", "COMPLETED"))
    if outcome not in _OUTCOMES:
        raise NotPayableError(f"capture: one of {', '.join(_OUTCOMES)}")
    if not order.is_open:
        raise NotPayableError(f"the order is {order.status}")
    currency = payment.currency or order.currency
    if currency not in CURRENCIES:
        raise NotPayableError("PayPal does not take this currency")
    db.execute(
        "UPDATE paypal_orders SET status = 'APPROVED', payer_email = ?, next_capture = ?,"
        " amount = ?, currency = ? WHERE id = ?",
        (email, outcome, payment.total or order.amount, currency, order.id),
    )
    return _order(db, order.id)


def capture_order(
    db: sqlite3.Connection, order: Order, source: Json, *, now: float
) -> tuple[Order, PayPalRefusalError | None]:
    """Take the money; return the resulting order, and the refusal if it was not taken.

    A refusal may leave its mark on the order, so it is returned rather than raised.
    Source: Orders v2 errors. That a declined order needs its payer again is ours.
    """
    if _is_captured(db, order):
        is_itself = order.capture_id is not None
        issue = "ORDER_ALREADY_CAPTURED" if is_itself else "DUPLICATE_INVOICE_ID"
        return order, unprocessable(issue)
    token_id = _part(_part(source, "payment_source"), "paypal").get("vault_id")
    if token_id is not None:
        return _capture_by_token(db, order, find_token(db, str(token_id)), now=now)
    return _capture_approved(db, order, now=now)


def complete_due_captures(db: sqlite3.Connection, *, now: float) -> list[Order]:
    """Complete the pending captures that are due."""
    rows = db.execute(
        "UPDATE paypal_orders SET capture_status = 'COMPLETED', completes_at = NULL"
        " WHERE completes_at <= ? RETURNING id",
        (now,),
    ).fetchall()
    return [_order(db, row["id"]) for row in rows]


def next_completion_at(db: sqlite3.Connection) -> float | None:
    at = db.execute("SELECT min(completes_at) AS at FROM paypal_orders").fetchone()["at"]
    return None if at is None else float(at)


def _capture_approved(
    db: sqlite3.Connection, order: Order, *, now: float
) -> tuple[Order, PayPalRefusalError | None]:
    if order.status != "APPROVED":
        return order, unprocessable("ORDER_NOT_APPROVED")
    if order.next_capture == "DECLINED":
        return _ask_payer_again(db, order), unprocessable("INSTRUMENT_DECLINED")
    return _take(db, order, order.next_capture, now=now), None


def _capture_by_token(
    db: sqlite3.Connection, order: Order, token: Token | None, *, now: float
) -> tuple[Order, PayPalRefusalError | None]:
    if token is None:
        return order, unprocessable("TOKEN_ID_NOT_FOUND")
    if token.behaviour == "wants_payer":
        return _ask_payer_again(db, order), unprocessable("PAYER_ACTION_REQUIRED")
    if token.behaviour == "declines":
        return order, unprocessable("INSTRUMENT_DECLINED")
    db.execute(
        "UPDATE paypal_orders SET payer_email = ?, vault_id = ? WHERE id = ?",
        (token.email, token.id, order.id),
    )
    return _take(db, order, "COMPLETED", now=now), None


def _ask_payer_again(db: sqlite3.Connection, order: Order) -> Order:
    db.execute(
        "UPDATE paypal_orders SET status = 'PAYER_ACTION_REQUIRED' WHERE id = ?", (order.id,)
    )
    return _order(db, order.id)


def _take(db: sqlite3.Connection, order: Order, status: str, *, now: float) -> Order:
    completes_at = now + PENDING_SECONDS if status == "PENDING" else None
    db.execute(
        "UPDATE paypal_orders SET status = 'COMPLETED', capture_id = ?, capture_status = ?,"
        " captured_at = ?, completes_at = ? WHERE id = ?",
        (new_id(), status, now, completes_at, order.id),
    )
    if order.vault_customer is not None:
        token = Token(new_id().lower(), order.vault_customer, order.payer_email, "pays", now)
        db.execute(
            "INSERT INTO paypal_tokens VALUES (?, ?, ?, ?, ?)",
            (token.id, token.customer, token.email, token.behaviour, token.created_at),
        )
        db.execute("UPDATE paypal_orders SET vault_id = ? WHERE id = ?", (token.id, order.id))
    return _order(db, order.id)


def _is_captured(db: sqlite3.Connection, order: Order) -> bool:
    """Return whether the order, or its invoice through another order, is paid: the account allows
    neither twice."""
    found = db.execute(
        "SELECT 1 FROM paypal_orders WHERE capture_id IS NOT NULL"
        " AND (id = ? OR (invoice_id = ? AND invoice_id <> ''))",
        (order.id, order.invoice_id),
    ).fetchone()
    return found is not None


def _order(db: sqlite3.Connection, order_id: str) -> Order:
    return Order(**db.execute("SELECT * FROM paypal_orders WHERE id = ?", (order_id,)).fetchone())


def _wallet(body: Json) -> Json:
    return _part(_part(body, "payment_source"), "paypal")


def _part(members: Json, name: str) -> Json:
    value = members.get(name, {})
    if not isinstance(value, dict):
        raise parameter_refusal(f"/{name}", "INVALID_PARAMETER_SYNTAX", value)
    return value


def _text(members: Json, name: str, length_max: int) -> str:
    value = members.get(name, "")
    if not isinstance(value, str):
        raise parameter_refusal(f"/{name}", "INVALID_PARAMETER_SYNTAX", value)
    if len(value) > length_max:
        raise parameter_refusal(f"/{name}", "INVALID_STRING_LENGTH", value)
    return value
