"""The balance: a line for each movement of money, with its fee.

Source: docs.stripe.com/api/balance_transactions, docs.stripe.com/reports/reporting-categories.
"""

import sqlite3
from datetime import UTC, date, datetime, timedelta

from limosa.simulators.payment_gateway.stripe import objects
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, new_id

FEE_PER_THOUSAND = 15
FEE_FIXED = 30
DISPUTE_FEE = 1500
_AVAILABLE_AFTER = 2 * 86_400


def charge_fee(amount: int) -> int:
    """Return 1.5 % plus 30 of the smallest unit, half a unit rounded up."""
    return (amount * FEE_PER_THOUSAND + 500) // 1000 + FEE_FIXED


def book(
    db: sqlite3.Connection, source: Body, category: str, *, amount: int, fee: int, now: float
) -> str:
    """Write a line about an object; return its id. `amount` is negative for outgoing money."""
    kind = category if category in {"charge", "refund", "refund_failure"} else "adjustment"
    line: Body = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": int(now) + _AVAILABLE_AFTER,
        "created": int(now),
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": _details(fee, source["currency"]),
        "net": amount - fee,
        "reporting_category": category,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    objects.add(db, line, Kept(parent=source["id"]), now=now)
    return str(line["id"])


def of_day(db: sqlite3.Connection, day: date) -> list[Body]:
    """Return the lines of a UTC day, oldest first."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    bounds = (begin.timestamp(), (begin + timedelta(days=1)).timestamp())
    return [one for one in objects.all_of(db, "balance_transaction") if _is_in(one, bounds)]


def _is_in(line: Body, bounds: tuple[float, float]) -> bool:
    return bool(bounds[0] <= line["created"] < bounds[1])


def _details(fee: int, currency: str) -> list[Body]:
    if not fee:
        return []
    detail = {"amount": fee, "currency": currency, "type": "stripe_fee"}
    return [{**detail, "description": "Stripe processing fees", "application": None}]
