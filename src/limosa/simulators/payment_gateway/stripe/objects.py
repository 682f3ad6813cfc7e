"""Stripe's objects in the gateway's store, each as the JSON that the API shows.

Members that begin with `_` are the gateway's own and are never shown.
"""

import json
import secrets
import sqlite3
import string
from dataclasses import dataclass
from typing import Any

from limosa.simulators.payment_gateway.stripe.refusals import missing

SCHEMA = """
CREATE TABLE IF NOT EXISTS stripe_objects (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    object TEXT NOT NULL,               -- checkout.session, payment_intent, charge, refund, …
    number TEXT NOT NULL,               -- the merchant's, of the payment or the refund
    parent TEXT NOT NULL,               -- the payment_intent that it belongs to
    at REAL NOT NULL,
    due_at REAL,                        -- when time alone changes it
    body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS stripe_objects_by_number ON stripe_objects (object, number);
CREATE INDEX IF NOT EXISTS stripe_objects_by_parent ON stripe_objects (object, parent);
CREATE INDEX IF NOT EXISTS stripe_objects_by_time ON stripe_objects (object, at);
CREATE INDEX IF NOT EXISTS stripe_objects_due ON stripe_objects (due_at)
    WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS stripe_keys (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS stripe_keys_by_time ON stripe_keys (at);
"""
Body = dict[str, Any]
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Kept:
    """An object's place: see the table."""

    number: str = ""
    parent: str = ""
    due_at: float | None = None


def new_id(prefix: str, length: int = 24) -> str:
    """Return an id as Stripe makes them."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def add(db: sqlite3.Connection, body: Body, kept: Kept, *, now: float) -> Body:
    """Store a new object; return it."""
    db.execute(
        "INSERT INTO stripe_objects (id, object, number, parent, at, due_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            body["id"], body["object"], kept.number, kept.parent, now, kept.due_at,
            json.dumps(body),
        ),
    )  # fmt: skip
    return body


def save(db: sqlite3.Connection, body: Body, *, due_at: float | None = None) -> None:
    """Store an object's current state; nothing else is due."""
    db.execute(
        "UPDATE stripe_objects SET body = ?, due_at = ? WHERE id = ?",
        (json.dumps(body), due_at, body["id"]),
    )


def find(db: sqlite3.Connection, kind: str, id_: str) -> Body | None:
    query = "SELECT body FROM stripe_objects WHERE id = ? AND object = ?"
    row = db.execute(query, (id_, kind)).fetchone()
    return _body(row) if row else None


def get(db: sqlite3.Connection, kind: str, id_: str) -> Body:
    """Return an object. Raises RefusalError: resource_missing."""
    body = find(db, kind, id_)
    if body is None:
        raise missing(kind, id_)
    return body


def of_number(db: sqlite3.Connection, kind: str, number: str) -> Body | None:
    """Return the newest object with a merchant's number, or the one with that id."""
    row = db.execute(
        "SELECT body FROM stripe_objects WHERE object = ? AND number = ?"
        " ORDER BY place DESC LIMIT 1",
        (kind, number),
    ).fetchone()
    return _body(row) if row else find(db, kind, number)


def of_parent(db: sqlite3.Connection, kind: str, parent: str) -> list[Body]:
    """Return the objects of a payment, oldest first."""
    query = "SELECT body FROM stripe_objects WHERE object = ? AND parent = ? ORDER BY place"
    return [_body(row) for row in db.execute(query, (kind, parent))]


def all_of(db: sqlite3.Connection, kind: str) -> list[Body]:
    """Return all objects of a kind, oldest first, each with its number as `_number`."""
    query = "SELECT body, number, at FROM stripe_objects WHERE object = ? ORDER BY place"
    rows = db.execute(query, (kind,)).fetchall()
    return [{**_body(row), "_number": row["number"], "_at": row["at"]} for row in rows]


def latest(db: sqlite3.Connection, kind: str, *, count: int) -> list[Body]:
    """Return the latest objects of a kind, newest first."""
    return page(db, kind, Page(parent=None, since=0, until=2**40, after=None, count=count))


@dataclass(frozen=True, slots=True)
class Page:
    """Which objects to list: of a payment, created in a period, after an object; newest first."""

    parent: str | None
    since: float
    until: float
    after: str | None
    count: int


def page(db: sqlite3.Connection, kind: str, wanted: Page) -> list[Body]:
    """Return the objects of a page."""
    parameters = {
        "kind": kind,
        "parent": wanted.parent,
        "since": wanted.since,
        "until": wanted.until,
        "after": wanted.after,
        "count": wanted.count,
    }
    rows = db.execute(
        "SELECT body FROM stripe_objects WHERE object = :kind AND at >= :since AND at < :until"
        " AND (:parent IS NULL OR parent = :parent)"
        " AND (:after IS NULL"
        "      OR place < (SELECT place FROM stripe_objects WHERE id = :after))"
        " ORDER BY place DESC LIMIT :count",
        parameters,
    )
    return [_body(row) for row in rows.fetchall()]


def due(db: sqlite3.Connection, *, now: float) -> list[Body]:
    """Return the objects that are due for a change."""
    query = "SELECT body FROM stripe_objects WHERE due_at <= ? ORDER BY due_at"
    return [_body(row) for row in db.execute(query, (now,)).fetchall()]


def next_due_at(db: sqlite3.Connection) -> float | None:
    query = "SELECT min(due_at) AS at FROM stripe_objects WHERE due_at IS NOT NULL"
    at = db.execute(query).fetchone()["at"]
    return None if at is None else float(at)


def shown(body: Body) -> Body:
    """Return what the API shows of an object."""
    return {name: value for name, value in body.items() if not name.startswith("_")}


def expanded(db: sqlite3.Connection, body: Body, paths: list[str]) -> Body:
    """Return an object, with the objects at the paths in place of their ids."""
    for path in paths:
        _expand(db, body, path.split("."))
    return body


_EXPANDABLE = {
    "pi": "payment_intent",
    "ch": "charge",
    "cus": "customer",
    "pm": "payment_method",
    "re": "refund",
    "du": "dispute",
    "txn": "balance_transaction",
}


def _expand(db: sqlite3.Connection, body: Body, path: list[str]) -> None:
    name, rest = path[0], path[1:]
    value = body.get(name)
    if name == "data" and isinstance(value, list):
        for one in value:
            _expand(db, one, rest)
        return
    if isinstance(value, str):
        kind = _EXPANDABLE.get(value.partition("_")[0], "")
        value = body[name] = shown(get(db, kind, value))
    if rest and isinstance(value, dict):
        _expand(db, value, rest)


def _body(row: sqlite3.Row) -> Body:
    body: Body = json.loads(row["body"])
    return body
