"""The store: one SQLite file for all four wholesalers. A committed transaction survives SIGKILL.

Amounts are in ten-thousandths of the wholesaler's currency, volumes in bytes, times in seconds
since the epoch.
"""

import json
import sqlite3
import threading
from contextlib import AbstractContextManager
from pathlib import Path

from limosa.simulators.one_writer import transaction

HAPPENINGS_MAX = 20_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    wire TEXT PRIMARY KEY,
    balance INTEGER NOT NULL,
    callback_url TEXT NOT NULL,
    settled_at REAL NOT NULL            -- use up to then is told, however fresh it is
) STRICT;
CREATE TABLE IF NOT EXISTS plan_states (
    wire TEXT NOT NULL,
    code TEXT NOT NULL,
    price INTEGER,                      -- in place of the list's
    stock INTEGER,                      -- NULL: any number
    is_gone INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wire, code)
) STRICT;
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wire TEXT NOT NULL,
    reference TEXT NOT NULL DEFAULT '', -- the wholesaler's number
    number TEXT NOT NULL,               -- the buyer's number, as far as there is one
    key TEXT NOT NULL,                  -- what makes a repetition the same order; '': nothing does
    kind TEXT NOT NULL,                 -- new, renewal
    plan TEXT NOT NULL,
    count INTEGER NOT NULL,
    cost INTEGER NOT NULL,              -- of all of it
    state TEXT NOT NULL,                -- accepted, delivered, failed, cancelled
    esim_id INTEGER,                    -- of a renewal
    detail TEXT NOT NULL,               -- JSON: what else the wire has to remember
    created_at REAL NOT NULL,
    due_at REAL NOT NULL,
    done_at REAL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS orders_by_key ON orders (wire, key) WHERE key <> '';
CREATE INDEX IF NOT EXISTS orders_by_number ON orders (wire, number);
CREATE INDEX IF NOT EXISTS orders_by_reference ON orders (wire, reference);
CREATE INDEX IF NOT EXISTS orders_due ON orders (due_at) WHERE state = 'accepted';
CREATE TABLE IF NOT EXISTS esims (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wire TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',       -- the wholesaler's own id of it
    order_id INTEGER NOT NULL,
    iccid TEXT NOT NULL,
    matching_id TEXT NOT NULL,
    smdp_address TEXT NOT NULL,
    eid TEXT NOT NULL DEFAULT '',
    profile TEXT NOT NULL DEFAULT 'released',
    state TEXT NOT NULL DEFAULT 'live', -- live, suspended, cancelled, revoked
    clock_shift REAL NOT NULL DEFAULT 0,
    created_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS esims_by_iccid ON esims (iccid);
CREATE INDEX IF NOT EXISTS esims_by_order ON esims (order_id);
CREATE TABLE IF NOT EXISTS profile_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    esim_id INTEGER NOT NULL,
    profile TEXT NOT NULL,
    at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS bundles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    esim_id INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    plan TEXT NOT NULL,
    volume INTEGER,                     -- NULL: unlimited
    days INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL,                -- waiting, running, used_up, expired, ended, cancelled
    starts_at REAL,
    ends_at REAL,
    warned INTEGER NOT NULL DEFAULT 0   -- the percentage that was told last
) STRICT;
CREATE INDEX IF NOT EXISTS bundles_by_esim ON bundles (esim_id);
CREATE TABLE IF NOT EXISTS uses (
    bundle_id INTEGER NOT NULL,
    at REAL NOT NULL,
    volume INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS uses_by_bundle ON uses (bundle_id, at);
CREATE TABLE IF NOT EXISTS seen_records (record_id TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS statement (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wire TEXT NOT NULL,
    at REAL NOT NULL,
    kind TEXT NOT NULL,                 -- deposit, order, refund
    order_id INTEGER,
    amount INTEGER NOT NULL,            -- negative: taken from the buyer
    balance INTEGER NOT NULL            -- after it
) STRICT;
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    wire TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_id INTEGER,
    url TEXT NOT NULL,
    content TEXT NOT NULL,              -- JSON, before it is signed
    copies INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL,                -- pending, acknowledged, given_up, lost
    attempts INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    due_at REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_at) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    wire TEXT NOT NULL,
    expires_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS happenings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    wire TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
"""


class Store:
    """Opens the file (creating it if necessary) and provides transactions, one at a time."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Commit everything done inside together, or nothing if it raises."""
        return transaction(self._connection, self._lock)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def note(
    db: sqlite3.Connection, now: float, wire: str, what: str, subject: str = "", **detail: object
) -> None:
    """Append a line to the log; the oldest lines are dropped."""
    cursor = db.execute(
        "INSERT INTO happenings (at, wire, what, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (now, wire, what, subject, json.dumps(detail, ensure_ascii=False)),
    )
    number = cursor.lastrowid or 0
    if number % 1000 == 0:
        db.execute("DELETE FROM happenings WHERE id <= ?", (number - HAPPENINGS_MAX,))
