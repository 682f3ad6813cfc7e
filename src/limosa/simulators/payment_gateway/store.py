"""The gateway's store: one SQLite file, in which each wire has its own tables.

Write-ahead log with synchronous=NORMAL: a committed transaction survives the death of the process
at any moment (only a power cut could lose the latest ones, which is acceptable for a simulator).
One connection behind one lock: transactions are short, and there is one process.
"""

import json
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from pathlib import Path

from limosa.simulators.one_writer import transaction

HAPPENINGS_MAX = 20_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS notifications (
    id TEXT PRIMARY KEY,
    wire TEXT NOT NULL,
    number TEXT NOT NULL,               -- the merchant's, of the payment that it is about
    event_type TEXT NOT NULL,
    url TEXT NOT NULL,
    content TEXT NOT NULL,              -- JSON: what it says, before the wire encrypts and signs it
    created_at REAL NOT NULL,
    fault TEXT NOT NULL,
    state TEXT NOT NULL,                -- pending, held, acknowledged, given_up
    attempts INTEGER NOT NULL,
    due_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS notifications_due ON notifications (due_at)
    WHERE state IN ('pending', 'held');
CREATE INDEX IF NOT EXISTS notifications_by_number ON notifications (wire, number);
CREATE TABLE IF NOT EXISTS happenings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    wire TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, is_on INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS webhooks (wire TEXT PRIMARY KEY, url TEXT NOT NULL) STRICT;
"""


class Store:
    """Opens the file (creating it if necessary) and provides transactions, one at a time.

    `schemas` are the wires' own tables, as statements that may be run repeatedly.
    """

    def __init__(self, path: Path, *, schemas: Sequence[str] = ()) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        for schema in (_SCHEMA, *schemas):
            self._connection.executescript(schema)

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Commit everything done inside together, or nothing if it raises."""
        return transaction(self._connection, self._lock)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the event log: `subject` is the number of the payment, refund or dispute."""

    wire: str
    what: str
    subject: str


def note(db: sqlite3.Connection, now: float, happening: Happening, **detail: object) -> None:
    """Append a line to the event log; the oldest lines are dropped."""
    cursor = db.execute(
        "INSERT INTO happenings (at, wire, what, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (now, *astuple(happening), json.dumps(detail, ensure_ascii=False)),
    )
    number = cursor.lastrowid or 0
    if number % 1000 == 0:
        db.execute("DELETE FROM happenings WHERE number <= ?", (number - HAPPENINGS_MAX,))


def is_switched_on(db: sqlite3.Connection, name: str) -> bool:
    row = db.execute("SELECT is_on FROM switches WHERE name = ?", (name,)).fetchone()
    return bool(row and row["is_on"])


def switch(db: sqlite3.Connection, name: str, *, on: bool) -> None:
    db.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, int(on)))


def set_webhook(db: sqlite3.Connection, wire: str, url: str) -> None:
    """Store the URL where the merchant wants a provider's notifications."""
    db.execute("INSERT OR REPLACE INTO webhooks VALUES (?, ?)", (wire, url))


def webhook_of(db: sqlite3.Connection, wire: str) -> str:
    """Return that URL; empty if none was set."""
    row = db.execute("SELECT url FROM webhooks WHERE wire = ?", (wire,)).fetchone()
    return str(row["url"]) if row else ""
