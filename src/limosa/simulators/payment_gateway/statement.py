"""What the gateway's books say: takings and refunds per currency, and what happened when."""

import json
import sqlite3

from limosa.simulators.clock import utc_time
from limosa.simulators.payment_gateway.validation import Json

PAGE_ROWS = 1000


def statement(db: sqlite3.Connection) -> Json:
    """Sum up money taken and paid back, per currency, in minor units; with each payment and each
    settled refund. This is what reconciliation compares the merchant's books with."""
    payments = db.execute(
        "SELECT out_trade_no, transaction_id, total AS amount_minor, currency, paid_at AS at"
        " FROM orders WHERE paid_at IS NOT NULL ORDER BY paid_at"
    ).fetchall()
    refunds = db.execute(
        "SELECT out_refund_no, refund_id, refunds.out_trade_no, amount AS amount_minor, currency,"
        " settles_at AS at FROM refunds JOIN orders USING (out_trade_no)"
        " WHERE refunds.state = 'SUCCESS' ORDER BY settles_at"
    ).fetchall()
    currencies: dict[str, dict[str, int]] = {}
    for rows, amount, count in (
        (payments, "takings_minor", "payments"),
        (refunds, "refunds_minor", "refunds"),
    ):
        for row in rows:
            empty = {"takings_minor": 0, "refunds_minor": 0, "payments": 0, "refunds": 0}
            sums = currencies.setdefault(row["currency"], empty)
            sums[amount] += row["amount_minor"]
            sums[count] += 1
    return {
        "currencies": currencies,
        "payments": [{**row, "at": utc_time(row["at"])} for row in map(dict, payments)],
        "refunds": [{**row, "at": utc_time(row["at"])} for row in map(dict, refunds)],
    }


def happenings_after(db: sqlite3.Connection, number: int, *, subject: str) -> Json:
    """List what happened after the given line, of one order or refund or (empty) of all."""
    rows = db.execute(
        "SELECT * FROM happenings WHERE number > ? AND (? = '' OR subject = ?)"
        " ORDER BY number LIMIT ?",
        (number, subject, subject, PAGE_ROWS),
    ).fetchall()
    return {
        "happenings": [
            {**row, "at": utc_time(row["at"]), "detail": json.loads(row["detail"])}
            for row in map(dict, rows)
        ]
    }


def notifications_of(db: sqlite3.Connection, out_trade_no: str) -> Json:
    """List the notifications of one order or (empty) of all, newest first."""
    rows = db.execute(
        "SELECT * FROM notifications WHERE ? = '' OR out_trade_no = ?"
        " ORDER BY created_at DESC LIMIT ?",
        (out_trade_no, out_trade_no, PAGE_ROWS),
    ).fetchall()
    return {
        "notifications": [
            {
                **row,
                "created_at": utc_time(row["created_at"]),
                "due_at": utc_time(row["due_at"]),
                "fault": json.loads(row["fault"]),
                "resource": json.loads(row["resource"]),
            }
            for row in map(dict, rows)
        ]
    }
