"""The network's memory: eSIMs, and records waiting to be acknowledged; one SQLite file."""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from limosa.simulators.clock import utc_time
from limosa.simulators.one_writer import transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS esims (
    iccid TEXT PRIMARY KEY,
    pace INTEGER NOT NULL,              -- bytes a second while it may use data
    action TEXT NOT NULL,               -- what the feed said last: none, redirect, throttle
    used_bytes INTEGER NOT NULL,
    remaining_bytes INTEGER,
    status TEXT NOT NULL,               -- the feed's last word on a record; empty before it
    answered_at REAL
) STRICT;
CREATE TABLE IF NOT EXISTS records (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    record_id TEXT NOT NULL UNIQUE,
    iccid TEXT NOT NULL,
    started_at REAL NOT NULL,
    ended_at REAL NOT NULL,
    uplink_bytes INTEGER NOT NULL,
    downlink_bytes INTEGER NOT NULL
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Esim:
    iccid: str
    pace: int = 0
    action: str = "none"
    used_bytes: int = 0
    remaining_bytes: int | None = None
    status: str = ""
    answered_at: float | None = None

    @property
    def is_blocked(self) -> bool:
        """Return whether it was redirected, and has nothing left."""
        return self.action == "redirect" and (self.remaining_bytes or 0) <= 0


@dataclass(frozen=True, slots=True)
class UsageRecord:
    record_id: str
    iccid: str
    started_at: float
    ended_at: float
    uplink_bytes: int
    downlink_bytes: int

    def as_json(self) -> dict[str, object]:
        """Return the record in the feed's format."""
        return {
            "record_id": self.record_id,
            "iccid": self.iccid,
            "started_at": utc_time(self.started_at),
            "ended_at": utc_time(self.ended_at),
            "uplink_bytes": self.uplink_bytes,
            "downlink_bytes": self.downlink_bytes,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The feed's answer to one record."""

    record_id: str
    status: str
    remaining_bytes: int | None
    action: str


class Records:
    """The store. Every method is one transaction; committed ones survive the process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def esims(self) -> list[Esim]:
        with self._lock:
            rows = self._connection.execute("SELECT * FROM esims ORDER BY iccid").fetchall()
        return [Esim(**row) for row in rows]

    def add_esim(self, iccid: str, *, pace: int) -> None:
        """Add an eSIM; one that is known keeps its pace."""
        with transaction(self._connection, self._lock) as db:
            db.execute(
                "INSERT INTO esims (iccid, pace, action, used_bytes, status)"
                " VALUES (?, ?, 'none', 0, '') ON CONFLICT DO NOTHING",
                (iccid, pace),
            )

    def set_pace(self, iccid: str, pace: int) -> bool:
        """Set how fast an eSIM uses data; False if it is unknown."""
        with transaction(self._connection, self._lock) as db:
            cursor = db.execute("UPDATE esims SET pace = ? WHERE iccid = ?", (pace, iccid))
            return cursor.rowcount == 1

    def forget_esim(self, iccid: str) -> bool:
        with transaction(self._connection, self._lock) as db:
            return db.execute("DELETE FROM esims WHERE iccid = ?", (iccid,)).rowcount == 1

    def add_usage(self, records: list[UsageRecord]) -> None:
        """Store new records for sending, and count their bytes as used."""
        with transaction(self._connection, self._lock) as db:
            for one in records:
                db.execute(
                    "INSERT INTO records (record_id, iccid, started_at, ended_at, uplink_bytes,"
                    " downlink_bytes) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        one.record_id,
                        one.iccid,
                        one.started_at,
                        one.ended_at,
                        one.uplink_bytes,
                        one.downlink_bytes,
                    ),
                )
                db.execute(
                    "UPDATE esims SET used_bytes = used_bytes + ? WHERE iccid = ?",
                    (one.uplink_bytes + one.downlink_bytes, one.iccid),
                )

    def unsent(self, *, count: int) -> list[UsageRecord]:
        """Return the oldest unacknowledged records."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT record_id, iccid, started_at, ended_at, uplink_bytes, downlink_bytes"
                " FROM records ORDER BY number LIMIT ?",
                (count,),
            ).fetchall()
        return [UsageRecord(**row) for row in rows]

    def unsent_count(self) -> int:
        with self._lock:
            row = self._connection.execute("SELECT count(*) AS count FROM records").fetchone()
        return int(row["count"])

    def acknowledge(self, answers: list[Answer], *, now: float) -> None:
        """Drop the acknowledged records, and store for each eSIM the answer to its newest one."""
        with transaction(self._connection, self._lock) as db:
            for answer in answers:
                row = db.execute(
                    "DELETE FROM records WHERE record_id = ? RETURNING iccid",
                    (answer.record_id,),
                ).fetchone()
                if row is None:
                    continue
                db.execute(
                    "UPDATE esims SET action = ?, remaining_bytes = ?, status = ?, answered_at = ?"
                    " WHERE iccid = ?",
                    (answer.action, answer.remaining_bytes, answer.status, now, row["iccid"]),
                )


def effective_pace(esim: Esim, *, throttled_pace: int) -> int:
    """Return how many bytes per second the eSIM may use now."""
    if esim.is_blocked or esim.status in {"unknown_esim", "invalid"}:
        return 0
    return min(esim.pace, throttled_pace) if esim.action == "throttle" else esim.pace
