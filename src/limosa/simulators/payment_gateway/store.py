"""The gateway's memory: one SQLite file.

Write-ahead log with synchronous=NORMAL: a committed transaction survives the death of the process
at any instant (only a power cut could take the last ones, which a simulator may lose). One
connection behind one lock: transactions are short, and there is one process.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HAPPENINGS_MAX = 20_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    out_trade_no TEXT PRIMARY KEY,
    kind TEXT NOT NULL,                 -- native, h5, or none: closed before it was ever placed
    request TEXT NOT NULL,              -- canonical JSON: the same again is the same order
    description TEXT NOT NULL,
    attach TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    total INTEGER NOT NULL,             -- what was paid, once it is paid
    currency TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,         -- the secret part of the code and of the page's address
    expires_at REAL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL,                -- NOTPAY, SUCCESS, REFUND, CLOSED
    transaction_id TEXT UNIQUE,
    payer TEXT NOT NULL,
    paid_at REAL
) STRICT;
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY,
    refund_id TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    request TEXT NOT NULL,
    amount INTEGER NOT NULL,
    notify_url TEXT NOT NULL,
    state TEXT NOT NULL,                -- PROCESSING, SUCCESS, ABNORMAL, CLOSED
    outcome TEXT NOT NULL,              -- the state it will have at settles_at
    created_at REAL NOT NULL,
    settles_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_by_order ON refunds (out_trade_no);
CREATE INDEX IF NOT EXISTS refunds_open ON refunds (settles_at) WHERE state = 'PROCESSING';
CREATE TABLE IF NOT EXISTS notifications (
    id TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL,
    original_type TEXT NOT NULL,        -- transaction, refund
    event_type TEXT NOT NULL,
    summary TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    resource TEXT NOT NULL,             -- the plaintext
    created_at REAL NOT NULL,
    fault TEXT NOT NULL,
    state TEXT NOT NULL,                -- pending, held, acknowledged, given_up
    attempts INTEGER NOT NULL,
    due_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (due_at)
    WHERE state IN ('pending', 'held');
CREATE INDEX IF NOT EXISTS notifications_by_order ON notifications (out_trade_no);
CREATE TABLE IF NOT EXISTS happenings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT;
"""


class Store:
    """Opens the file (making it when needed) and hands out transactions, one at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done inside is committed together, or not at all when it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def note(db: sqlite3.Connection, now: float, what: str, subject: str, **detail: object) -> None:
    """Write a line into the record of what happened; the oldest lines give way."""
    cursor = db.execute(
        "INSERT INTO happenings (at, what, subject, detail) VALUES (?, ?, ?, ?)",
        (now, what, subject, json.dumps(detail, ensure_ascii=False)),
    )
    number = cursor.lastrowid or 0
    if number % 1000 == 0:
        db.execute("DELETE FROM happenings WHERE number <= ?", (number - HAPPENINGS_MAX,))


def is_switched_on(db: sqlite3.Connection, name: str) -> bool:
    row = db.execute("SELECT is_on FROM switches WHERE name = ?", (name,)).fetchone()
    return bool(row and row["is_on"])


def switch(db: sqlite3.Connection, name: str, *, on: bool) -> None:
    db.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, int(on)))
