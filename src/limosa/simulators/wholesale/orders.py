"""Purchases: what is the same at all four wholesalers. A purchase that is placed is paid.

Amounts are in ten-thousandths of the wholesaler's currency.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from limosa.simulators.wholesale.plans import Plan, change_plan

OPENING_BALANCE = 20_000_000
NEW, RENEWAL = "new", "renewal"
ACCEPTED, DELIVERED, FAILED, CANCELLED = "accepted", "delivered", "failed", "cancelled"


class Reason(StrEnum):
    """Why a wholesaler says no. Each has codes of its own for them."""

    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    TOKEN_INVALID = "token_invalid"  # noqa: S105
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105
    HEADER = "header"
    PARAMETER = "parameter"
    PLAN = "plan"
    ORDER = "order"
    ESIM = "esim"
    STATE = "state"
    NOT_YET = "not_yet"
    STOCK = "stock"
    PRICE = "price"
    TOTAL = "total"
    CREDIT = "credit"
    BUSY = "busy"
    MAINTENANCE = "maintenance"


class RefusedError(Exception):
    """The wholesaler says no, and has done nothing. `field`: the parameter that it is about."""

    def __init__(self, reason: Reason, said: str = "", *, field: str = "") -> None:
        super().__init__(f"{reason}: {said}")
        self.reason, self.said, self.field = reason, said, field


@dataclass(frozen=True, slots=True)
class Order:
    """A row of the orders; see the store."""

    id: int
    wire: str
    reference: str
    number: str
    key: str
    kind: str
    plan: str
    count: int
    cost: int
    state: str
    esim_id: int | None
    detail: str
    created_at: float
    due_at: float
    done_at: float | None

    @property
    def details(self) -> dict[str, Any]:
        """What else the wire wrote down."""
        found: dict[str, Any] = json.loads(self.detail)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What is to be bought. `key`: a second purchase with it is the first; empty: there is no such
    thing. `units`: how often a plan is charged (eSIMs, days, copies)."""

    wire: str
    plan: Plan
    number: str = ""
    key: str = ""
    count: int = 1
    units: int = 1
    esim_id: int | None = None
    detail: Mapping[str, object] | None = None

    @property
    def cost(self) -> int:
        return self.plan.price * self.units


def open_account(db: sqlite3.Connection, wire: str, *, now: float) -> None:
    """Make a wholesaler's account with the opening balance, unless it is there."""
    made = db.execute("INSERT OR IGNORE INTO accounts VALUES (?, 0, '', 0)", (wire,)).rowcount
    if made:
        book(db, wire, OPENING_BALANCE, kind="deposit", now=now)


def balance_of(db: sqlite3.Connection, wire: str) -> int:
    row = db.execute("SELECT balance FROM accounts WHERE wire = ?", (wire,)).fetchone()
    return int(row["balance"])


def book(
    db: sqlite3.Connection, wire: str, amount: int, *, kind: str, now: float,
    order_id: int | None = None,
) -> None:  # fmt: skip
    """Change the balance, with a line of the statement."""
    balance = balance_of(db, wire) + amount
    db.execute("UPDATE accounts SET balance = ? WHERE wire = ?", (balance, wire))
    db.execute(
        "INSERT INTO statement (wire, at, kind, order_id, amount, balance)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (wire, now, kind, order_id, amount, balance),
    )


def place(db: sqlite3.Connection, purchase: Purchase, *, now: float, due_at: float) -> Order:
    """Place and charge a purchase; the order with its key, if there is one, is returned instead.

    Raises RefusedError (stock, credit); nothing changed.
    """
    if purchase.key and (known := order_by(db, purchase.wire, key=purchase.key)):
        return known
    plan = purchase.plan
    if plan.stock is not None:
        if plan.stock < purchase.count:
            raise RefusedError(Reason.STOCK, plan.code)
        change_plan(db, purchase.wire, plan.code, stock=plan.stock - purchase.count)
    if balance_of(db, purchase.wire) < purchase.cost:
        raise RefusedError(Reason.CREDIT)
    cursor = db.execute(
        "INSERT INTO orders (wire, number, key, kind, plan, count, cost, state, esim_id, detail,"
        " created_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(purchase.wire, purchase.number, purchase.key),
            NEW if purchase.esim_id is None else RENEWAL,
            *(plan.code, purchase.count, purchase.cost, ACCEPTED, purchase.esim_id),
            *(json.dumps(purchase.detail or {}, ensure_ascii=False), now, due_at),
        ),
    )
    number = int(cursor.lastrowid or 0)
    book(db, purchase.wire, -purchase.cost, kind="order", now=now, order_id=number)
    return order_of(db, number)


def name_order(db: sqlite3.Connection, order: Order, reference: str) -> Order:
    """Give an order the wholesaler's number, unless it has one."""
    db.execute(
        "UPDATE orders SET reference = ? WHERE id = ? AND reference = ''", (reference, order.id)
    )
    return order_of(db, order.id)


def finish(db: sqlite3.Connection, order: Order, state: str, *, now: float) -> Order:
    """Set an order's final state. A failed or cancelled one is paid back."""
    db.execute("UPDATE orders SET state = ?, done_at = ? WHERE id = ?", (state, now, order.id))
    if state in (FAILED, CANCELLED):
        book(db, order.wire, order.cost, kind="refund", now=now, order_id=order.id)
    return order_of(db, order.id)


def put_off(db: sqlite3.Connection, order: Order, *, due_at: float) -> None:
    db.execute("UPDATE orders SET due_at = ? WHERE id = ?", (due_at, order.id))


def order_of(db: sqlite3.Connection, number: int) -> Order:
    row = db.execute("SELECT * FROM orders WHERE id = ?", (number,)).fetchone()
    return Order(**row)


def order_by(db: sqlite3.Connection, wire: str, **column: str) -> Order | None:
    """Return the newest order with a `key`, a `number` or a `reference`."""
    return next(iter(orders_by(db, wire, **column)), None)


def orders_by(db: sqlite3.Connection, wire: str, **column: str) -> list[Order]:
    """Return the orders with a `key`, a `number` or a `reference`, the newest first."""
    ((name, value),) = column.items()
    if name not in {"key", "number", "reference"} or not value:
        return []
    rows = db.execute(
        f"SELECT * FROM orders WHERE wire = ? AND {name} = ? ORDER BY id DESC",  # noqa: S608
        (wire, value),
    )
    return [Order(**row) for row in rows.fetchall()]


def newest_orders(db: sqlite3.Connection, wire: str, *, count: int, after: int = 0) -> list[Order]:
    rows = db.execute(
        "SELECT * FROM orders WHERE wire = ? ORDER BY id DESC LIMIT ? OFFSET ?",
        (wire, count, after),
    )
    return [Order(**row) for row in rows.fetchall()]


def due_orders(db: sqlite3.Connection, *, now: float) -> list[Order]:
    rows = db.execute(
        "SELECT * FROM orders WHERE state = 'accepted' AND due_at <= ? ORDER BY due_at LIMIT 50",
        (now,),
    )
    return [Order(**row) for row in rows.fetchall()]


def next_order_at(db: sqlite3.Connection) -> float | None:
    row = db.execute("SELECT min(due_at) AS at FROM orders WHERE state = 'accepted'").fetchone()
    return None if row["at"] is None else float(row["at"])
