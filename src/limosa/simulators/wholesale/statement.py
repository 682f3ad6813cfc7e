"""A wholesaler's statement: as rows, and as the file that the buyer's bookkeeping takes."""

import csv
import io
import sqlite3

from limosa.simulators.clock import utc_time
from limosa.simulators.wholesale.wire import Wire

COLUMNS = ("charge_id", "charged_at", "number", "reference", "amount", "currency")


def statement_lines(db: sqlite3.Connection, wire: str) -> list[dict[str, object]]:
    """Return the lines of the account, the oldest first, with the numbers of their orders."""
    rows = db.execute(
        "SELECT statement.*, orders.reference, orders.number FROM statement"
        " LEFT JOIN orders ON orders.id = statement.order_id"
        " WHERE statement.wire = ? ORDER BY statement.id",
        (wire,),
    )
    return [dict(row) for row in rows.fetchall()]


def statement_file(db: sqlite3.Connection, wire: Wire) -> bytes:
    """Return what was charged and given back, as CSV: a positive amount was charged."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for line in statement_lines(db, wire.name):
        if line["order_id"] is None:
            continue
        amount = -int(str(line["amount"])) / 10_000
        charged_at = utc_time(float(str(line["at"])))
        rows.writerow(
            (
                f"{wire.name}-{line['id']}",
                charged_at,
                *(line["number"], line["reference"]),
                *(f"{amount:.2f}", wire.currency),
            )
        )
    return text.getvalue().encode()
