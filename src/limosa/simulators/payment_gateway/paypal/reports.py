"""Transaction search: the account's movements, oldest first, page by page.

Source: developer.paypal.com, Transaction Search v1, and "Transaction event codes".
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from limosa.simulators.payment_gateway.paypal.disputes import all_disputes
from limosa.simulators.payment_gateway.paypal.merchant import Merchant
from limosa.simulators.payment_gateway.paypal.money import fee_of, written
from limosa.simulators.payment_gateway.paypal.orders import Order, find_order
from limosa.simulators.payment_gateway.paypal.refunds import Refund
from limosa.simulators.payment_gateway.paypal.refusals import parameter_refusal
from limosa.simulators.payment_gateway.paypal.views import time_text
from limosa.simulators.payment_gateway.wire import Json

PAGE_LINES_MAX = 500
RANGE_MAX = timedelta(days=31)
RESULTS_MAX = 10_000
REPORTED_UNTIL = "paypal reported until"


def search(
    db: sqlite3.Connection, query: Mapping[str, str], merchant: Merchant, *, now: float
) -> Json:
    """Answer a search. Raises PayPalRefusalError."""
    begin, end = (_moment(query, name) for name in ("start_date", "end_date"))
    if not begin <= end <= begin + RANGE_MAX:
        raise parameter_refusal("end_date", "INVALID_DATE_RANGE", query["end_date"])
    page_size, page = _whole(query, "page_size", 100), _whole(query, "page", 1)
    if page_size > PAGE_LINES_MAX:
        raise parameter_refusal("page_size", "INVALID_PAGE_SIZE", page_size)
    # The second at the end is included, up to its last fraction.
    found = list(movements(db, begin.timestamp(), end.timestamp() + 1))
    if len(found) > RESULTS_MAX:
        raise parameter_refusal("end_date", "RESULTSET_TOO_LARGE", len(found))
    lines = found[(page - 1) * page_size :][:page_size]
    return {
        "transaction_details": [{"transaction_info": line} for line in lines],
        "account_number": merchant.merchant_id,
        "start_date": _zoned(begin.timestamp()),
        "end_date": _zoned(end.timestamp()),
        "last_refreshed_datetime": _zoned(reported_until(db, now=now)),
        "page": page,
        "total_items": len(found),
        "total_pages": max(1, -(-len(found) // page_size)),
    }


def day_report(db: sqlite3.Connection, day: date) -> list[Json]:
    """Return the movements of a UTC day."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return list(movements(db, begin.timestamp(), (begin + timedelta(days=1)).timestamp()))


def report_until(db: sqlite3.Connection, at: float) -> None:
    """Make the reports complete up to then."""
    db.execute(
        "INSERT OR REPLACE INTO paypal_requests VALUES (?, ?, ?)", (REPORTED_UNTIL, str(at), at)
    )


def reported_until(db: sqlite3.Connection, *, now: float) -> float:
    """Return the time up to which reports are complete: now, unless set otherwise."""
    row = db.execute(
        "SELECT made_at FROM paypal_requests WHERE id = ?", (REPORTED_UNTIL,)
    ).fetchone()
    return float(row["made_at"]) if row else now


def forget_requests(db: sqlite3.Connection) -> int:
    """Forget all request ids; return how many there were."""
    return db.execute("DELETE FROM paypal_requests WHERE id <> ?", (REPORTED_UNTIL,)).rowcount


def movements(db: sqlite3.Connection, begin: float, end: float) -> Iterator[Json]:
    """Yield the balance changes from `begin` until before `end`, oldest first."""
    timed = [
        (at, line) for at, line in (*_payments(db), *_refunds(db), *_disputes(db))
        if begin <= at < end
    ]  # fmt: skip
    for _, line in sorted(timed, key=lambda one: one[0]):
        yield line


Timed = Iterable[tuple[float, Json]]


def _payments(db: sqlite3.Connection) -> Timed:
    rows = db.execute("SELECT * FROM paypal_orders WHERE capture_status = 'COMPLETED'").fetchall()
    for order in (Order(**row) for row in rows):
        at, fee = order.captured_at or 0.0, written(-fee_of(order.amount), order.currency)
        line = _line("T0006", order.capture_id, at, order.amount, order)
        yield at, {**line, "fee_amount": fee}


def _refunds(db: sqlite3.Connection) -> Timed:
    rows = db.execute("SELECT * FROM paypal_refunds WHERE status = 'COMPLETED'").fetchall()
    for refund in (Refund(**row) for row in rows):
        order = find_order(db, refund.order_id)
        if order is not None:
            line = _line("T1107", refund.id, refund.settles_at, -refund.amount, order)
            numbers = {"invoice_id": refund.invoice_id, "custom_field": refund.custom_id}
            yield refund.settles_at, {**line, **_referring(order), **numbers}


def _disputes(db: sqlite3.Connection) -> Timed:
    for dispute in all_disputes(db):
        order = find_order(db, dispute.order_id)
        if order is None:
            continue
        held = _line("T1110", f"{dispute.id}-H", dispute.created_at, -dispute.amount, order)
        yield dispute.created_at, {**held, **_referring(order)}
        if dispute.ended_at is not None and dispute.outcome != "RESOLVED_BUYER_FAVOUR":
            given = _line("T1111", f"{dispute.id}-R", dispute.ended_at, dispute.amount, order)
            yield dispute.ended_at, {**given, **_referring(order)}


def _line(code: str, name: str | None, at: float, amount: int, order: Order) -> Json:
    return {
        "transaction_id": name,
        "transaction_event_code": code,
        "transaction_initiation_date": _zoned(at),
        "transaction_updated_date": _zoned(at),
        "transaction_amount": written(amount, order.currency),
        "transaction_status": "S",
        "invoice_id": order.invoice_id,
        "custom_field": order.custom_id,
    }


def _referring(order: Order) -> Json:
    return {"paypal_reference_id": order.capture_id, "paypal_reference_id_type": "TXN"}


def _zoned(seconds: float) -> str:
    """Format a time as reports do: +0000 instead of Z."""
    return time_text(seconds).replace("Z", "+0000")


def _moment(query: Mapping[str, str], name: str) -> datetime:
    text = query.get(name, "")
    if not re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:?\d\d)", text):
        raise parameter_refusal(name, "INVALID_DATE", text)
    return datetime.fromisoformat(text)


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal() or len(text) > 6 or not int(text):
        raise parameter_refusal(name, "INVALID_PARAMETER_VALUE", text)
    return int(text)
