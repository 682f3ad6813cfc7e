"""eSIMs and what is on them. A bundle begins by its wholesaler's rule, and ends by its days or its
volume; a second one waits for the first (`queues`), or is added to it.

An eSIM has a clock of its own, which the control page can move.
"""

import sqlite3
from dataclasses import dataclass

DAY = 86_400.0
WAITING, RUNNING, USED_UP, EXPIRED, ENDED = "waiting", "running", "used_up", "expired", "ended"
CANCELLED = "cancelled"
RELEASED, DOWNLOADED, INSTALLED = "released", "downloaded", "installed"
ENABLED, DISABLED, DELETED = "enabled", "disabled", "deleted"
PROFILES = (RELEASED, DOWNLOADED, INSTALLED, ENABLED, DISABLED, DELETED)
LIVE, SUSPENDED, REVOKED = "live", "suspended", "revoked"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a device downloads."""

    iccid: str
    matching_id: str
    smdp_address: str

    @property
    def code(self) -> str:
        return f"LPA:1${self.smdp_address}${self.matching_id}"


@dataclass(frozen=True, slots=True)
class Esim:
    """A row of the eSIMs; see the store."""

    id: int
    wire: str
    key: str
    order_id: int
    iccid: str
    matching_id: str
    smdp_address: str
    eid: str
    profile: str
    state: str
    clock_shift: float
    created_at: float

    @property
    def code(self) -> str:
        return Profile(self.iccid, self.matching_id, self.smdp_address).code

    @property
    def is_untouched(self) -> bool:
        """Whether no device has downloaded it, and it is still valid."""
        return self.state == LIVE and self.profile == RELEASED and not self.eid


@dataclass(frozen=True, slots=True)
class Bundle:
    """A row of the bundles; see the store."""

    id: int
    esim_id: int
    order_id: int
    plan: str
    volume: int | None
    days: int
    used: int
    state: str
    starts_at: float | None
    ends_at: float | None
    warned: int


def add_esim(
    db: sqlite3.Connection, profile: Profile, *, wire: str, order_id: int, now: float
) -> Esim:
    cursor = db.execute(
        "INSERT INTO esims (wire, order_id, iccid, matching_id, smdp_address, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (wire, order_id, profile.iccid, profile.matching_id, profile.smdp_address, now),
    )
    number = int(cursor.lastrowid or 0)
    _note_profile(db, number, RELEASED, now)
    return esim_of(db, number)


def name_esim(db: sqlite3.Connection, esim: Esim, key: str) -> Esim:
    """Give an eSIM the wholesaler's own id."""
    db.execute("UPDATE esims SET key = ? WHERE id = ?", (key, esim.id))
    return esim_of(db, esim.id)


def esim_of(db: sqlite3.Connection, number: int) -> Esim:
    return Esim(**db.execute("SELECT * FROM esims WHERE id = ?", (number,)).fetchone())


def esim_by(db: sqlite3.Connection, wire: str, *, iccid: str = "", key: str = "") -> Esim | None:
    """Return the newest eSIM with an ICCID, or the one with the wholesaler's id."""
    name, value = ("key", key) if key else ("iccid", iccid)
    row = db.execute(
        f"SELECT * FROM esims WHERE wire = ? AND {name} = ? ORDER BY id DESC LIMIT 1",  # noqa: S608
        (wire, value),
    ).fetchone()
    return None if row is None or not value else Esim(**row)


def esims_of_order(db: sqlite3.Connection, order_id: int) -> list[Esim]:
    rows = db.execute("SELECT * FROM esims WHERE order_id = ? ORDER BY id", (order_id,))
    return [Esim(**row) for row in rows.fetchall()]


def esims_with(db: sqlite3.Connection, iccid: str) -> list[Esim]:
    """Return the eSIMs with an ICCID at any wholesaler, the newest first."""
    rows = db.execute("SELECT * FROM esims WHERE iccid = ? ORDER BY id DESC", (iccid,))
    return [Esim(**row) for row in rows.fetchall()]


def newest_esims(db: sqlite3.Connection, wire: str, *, count: int, after: int = 0) -> list[Esim]:
    rows = db.execute(
        "SELECT * FROM esims WHERE wire = ? ORDER BY id DESC LIMIT ? OFFSET ?", (wire, count, after)
    )
    return [Esim(**row) for row in rows.fetchall()]


def gone_iccid(db: sqlite3.Connection, wire: str) -> str:
    """Return the ICCID of an eSIM that is no longer valid; empty: there is none."""
    row = db.execute(
        "SELECT iccid FROM esims WHERE wire = ? AND (state IN ('cancelled', 'revoked')"
        " OR profile = 'deleted') ORDER BY id LIMIT 1",
        (wire,),
    ).fetchone()
    return "" if row is None else str(row["iccid"])


def set_state(db: sqlite3.Connection, esim: Esim, state: str) -> Esim:
    """Set whether an eSIM is valid: live, suspended, cancelled, revoked."""
    db.execute("UPDATE esims SET state = ? WHERE id = ?", (state, esim.id))
    if state in (CANCELLED, REVOKED):
        ended = CANCELLED if state == CANCELLED else ENDED
        db.execute(
            "UPDATE bundles SET state = ? WHERE esim_id = ? AND state IN ('waiting', 'running')",
            (ended, esim.id),
        )
    return esim_of(db, esim.id)


def set_profile(
    db: sqlite3.Connection, esim: Esim, profile: str, *, eid: str, now: float
) -> Esim | None:
    """Note where a profile stands on a device; None: it was noted, or is news of the past."""
    is_past = profile in (DOWNLOADED, INSTALLED) and esim.profile in (INSTALLED, ENABLED, DISABLED)
    if esim.profile == profile or is_past:
        return None
    db.execute(
        "UPDATE esims SET profile = ?, eid = ? WHERE id = ?", (profile, eid or esim.eid, esim.id)
    )
    _note_profile(db, esim.id, profile, now)
    return esim_of(db, esim.id)


def profile_events(db: sqlite3.Connection, esim: Esim) -> list[tuple[str, float]]:
    """Return where the profile stood, the newest first."""
    rows = db.execute(
        "SELECT profile, at FROM profile_events WHERE esim_id = ? ORDER BY id DESC", (esim.id,)
    )
    return [(row["profile"], row["at"]) for row in rows.fetchall()]


def move_clock(db: sqlite3.Connection, esim: Esim, seconds: float) -> Esim:
    """Let an eSIM be so much later than it is."""
    db.execute("UPDATE esims SET clock_shift = clock_shift + ? WHERE id = ?", (seconds, esim.id))
    return esim_of(db, esim.id)


def _note_profile(db: sqlite3.Connection, esim_id: int, profile: str, now: float) -> None:
    db.execute(
        "INSERT INTO profile_events (esim_id, profile, at) VALUES (?, ?, ?)",
        (esim_id, profile, now),
    )
