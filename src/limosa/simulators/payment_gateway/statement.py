"""A wire's books: takings and refunds per currency, and the event log."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from limosa.simulators.clock import utc_time
from limosa.simulators.payment_gateway.wire import Books, Entry, Json

PAGE_ROWS = 1000


def statement(books: Books) -> Json:
    """Sum up money taken, refunded and disputed, per currency, in minor units, with each entry.
    Reconciliation compares the merchant's books with this."""
    currencies: dict[str, dict[str, int]] = {}
    kinds = {
        ("takings_minor", "payments"): books.payments,
        ("refunds_minor", "refunds"): books.refunds,
        ("disputes_minor", "disputes"): books.disputes,
    }
    nothing = {name: 0 for names in kinds for name in names}
    for (amount, count), entries in kinds.items():
        for entry in entries:
            sums = currencies.setdefault(entry.currency, dict(nothing))
            sums[amount] += entry.amount_minor
            sums[count] += 1
    return {
        "currencies": currencies,
        "payments": _shown(books.payments),
        "refunds": _shown(books.refunds),
        "disputes": _shown(books.disputes),
    }


def _shown(entries: Iterable[Entry]) -> list[Json]:
    return [{**asdict(entry), "at": utc_time(entry.at)} for entry in entries]


def happenings_after(db: sqlite3.Connection, number: int, *, wire: str, subject: str) -> Json:
    """List events after the given line: of one wire and of one payment, refund or dispute, or
    (empty) of all."""
    rows = db.execute(
        "SELECT * FROM happenings WHERE number > ? AND (? = '' OR wire = ?)"
        " AND (? = '' OR subject = ?) ORDER BY number LIMIT ?",
        (number, wire, wire, subject, subject, PAGE_ROWS),
    ).fetchall()
    return {
        "happenings": [
            {**row, "at": utc_time(row["at"]), "detail": json.loads(row["detail"])}
            for row in map(dict, rows)
        ]
    }


def notifications_of(db: sqlite3.Connection, *, wire: str, number: str) -> Json:
    """List a wire's notifications, of one payment or (empty) of all, newest first."""
    rows = db.execute(
        "SELECT * FROM notifications WHERE wire = ? AND (? = '' OR number = ?)"
        " ORDER BY created_at DESC LIMIT ?",
        (wire, number, number, PAGE_ROWS),
    ).fetchall()
    return {
        "notifications": [
            {
                **row,
                "created_at": utc_time(row["created_at"]),
                "due_at": utc_time(row["due_at"]),
                "fault": json.loads(row["fault"]),
                "content": json.loads(row["content"]),
            }
            for row in map(dict, rows)
        ]
    }
