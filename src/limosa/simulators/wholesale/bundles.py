"""The bundles on an eSIM: how they follow one another, and what is used of them."""

import sqlite3
from dataclasses import dataclass

from limosa.simulators.wholesale.esims import (
    CANCELLED,
    DAY,
    ENDED,
    EXPIRED,
    LIVE,
    RUNNING,
    USED_UP,
    WAITING,
    Bundle,
    Esim,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to a bundle: running, used_up, expired, ended."""

    esim: Esim
    bundle: Bundle


def add_bundle(
    db: sqlite3.Connection, esim: Esim, *, order_id: int, plan: str, volume: int | None,
    days: int,
) -> Bundle:  # fmt: skip
    """Put another bundle on an eSIM; it waits."""
    cursor = db.execute(
        "INSERT INTO bundles (esim_id, order_id, plan, volume, days, state)"
        " VALUES (?, ?, ?, ?, ?, 'waiting')",
        (esim.id, order_id, plan, volume, days),
    )
    return bundle_of(db, int(cursor.lastrowid or 0))


def enlarge_bundle(
    db: sqlite3.Connection, esim: Esim, *, volume: int | None, days: int
) -> Bundle | None:
    """Add volume and days to the eSIM's bundle; one that was used up runs again. None: it has none
    that could be enlarged, since an expired one can't."""
    bundles = bundles_of(db, esim)
    fitting = [one for one in bundles if one.state in (WAITING, RUNNING, USED_UP)]
    if not fitting:
        return None
    bundle = fitting[0]
    total = None if bundle.volume is None or volume is None else bundle.volume + volume
    state = RUNNING if bundle.state == USED_UP else bundle.state
    db.execute(
        "UPDATE bundles SET volume = ?, days = days + ?, ends_at = ends_at + ?, state = ?,"
        " warned = 0 WHERE id = ?",
        (total, days, days * DAY, state, bundle.id),
    )
    return bundle_of(db, bundle.id)


def bundle_of(db: sqlite3.Connection, number: int) -> Bundle:
    return Bundle(**db.execute("SELECT * FROM bundles WHERE id = ?", (number,)).fetchone())


def bundles_of(db: sqlite3.Connection, esim: Esim) -> list[Bundle]:
    """Return the bundles of an eSIM in their order."""
    rows = db.execute("SELECT * FROM bundles WHERE esim_id = ? ORDER BY id", (esim.id,))
    return [Bundle(**row) for row in rows.fetchall()]


def bundle_of_order(db: sqlite3.Connection, order_id: int) -> Bundle | None:
    row = db.execute(
        "SELECT * FROM bundles WHERE order_id = ? ORDER BY id LIMIT 1", (order_id,)
    ).fetchone()
    return None if row is None else Bundle(**row)


def main_bundle(db: sqlite3.Connection, esim: Esim) -> Bundle | None:
    """Return the bundle that counts now: what runs, else the first that waits, else the last."""
    bundles = bundles_of(db, esim)
    for state in (RUNNING, WAITING):
        for bundle in bundles:
            if bundle.state == state:
                return bundle
    return bundles[-1] if bundles else None


def start_next(db: sqlite3.Connection, esim: Esim, *, at: float) -> list[Change]:
    """Let the first bundle that waits run, if none does."""
    bundles = bundles_of(db, esim)
    if any(one.state == RUNNING for one in bundles) or esim.state != LIVE:
        return []
    for bundle in bundles:
        if bundle.state == WAITING:
            db.execute(
                "UPDATE bundles SET state = 'running', starts_at = ?, ends_at = ? WHERE id = ?",
                (at, at + bundle.days * DAY, bundle.id),
            )
            return [Change(esim=esim, bundle=bundle_of(db, bundle.id))]
    return []


def use_data(db: sqlite3.Connection, esim: Esim, volume: int, *, now: float) -> list[Change]:
    """Count data on what runs, and what overflows on what waits. An eSIM that is not live uses
    nothing; what overflows the last is not used, since the network stops it."""
    changes = pass_time(db, esim, now=now)
    left = volume
    while esim.state == LIVE:
        changes += start_next(db, esim, at=now + esim.clock_shift)
        running = [one for one in bundles_of(db, esim) if one.state == RUNNING]
        if not running or not left:
            break
        bundle = running[0]
        room = left if bundle.volume is None else bundle.volume - bundle.used
        part = min(left, room)
        left -= part
        db.execute("INSERT INTO uses VALUES (?, ?, ?)", (bundle.id, now, part))
        is_full = bundle.volume is not None and bundle.used + part >= bundle.volume
        db.execute(
            "UPDATE bundles SET used = used + ?, state = ? WHERE id = ?",
            (part, USED_UP if is_full else RUNNING, bundle.id),
        )
        if is_full:
            changes.append(Change(esim=esim, bundle=bundle_of(db, bundle.id)))
    return changes


def pass_time(db: sqlite3.Connection, esim: Esim, *, now: float) -> list[Change]:
    """Let bundles end whose days are over, and the next ones follow."""
    changes: list[Change] = []
    there = now + esim.clock_shift
    for bundle in bundles_of(db, esim):
        is_over = bundle.ends_at is not None and bundle.ends_at <= there
        if bundle.state in (RUNNING, USED_UP) and is_over and bundle.ends_at is not None:
            db.execute("UPDATE bundles SET state = ? WHERE id = ?", (EXPIRED, bundle.id))
            changes.append(Change(esim=esim, bundle=bundle_of(db, bundle.id)))
            if bundle.state == RUNNING:
                changes += start_next(db, esim, at=bundle.ends_at)
                return changes + pass_time(db, esim, now=now)
    return changes


def end_bundle(db: sqlite3.Connection, bundle: Bundle, *, state: str = ENDED) -> Bundle:
    """End a bundle before its time, or cancel one that waits."""
    db.execute(
        "UPDATE bundles SET state = ? WHERE id = ?",
        (CANCELLED if state == CANCELLED else ENDED, bundle.id),
    )
    return bundle_of(db, bundle.id)


def use_until(db: sqlite3.Connection, bundle: Bundle, at: float) -> int:
    """Return how much of a bundle was used until a time: what its wholesaler tells is older than
    what is."""
    row = db.execute(
        "SELECT coalesce(sum(volume), 0) AS used FROM uses WHERE bundle_id = ? AND at <= ?",
        (bundle.id, at),
    ).fetchone()
    return int(row["used"])


def uses_by_day(
    db: sqlite3.Connection, bundle: Bundle, *, until: float, offset: float
) -> list[tuple[float, int]]:
    """Return the use on each day, by its beginning, where days begin at midnight so many seconds
    east of UTC."""
    rows = db.execute(
        "SELECT CAST((at + ?) / 86400 AS INTEGER) AS day, sum(volume) AS used FROM uses"
        " WHERE bundle_id = ? AND at <= ? GROUP BY day ORDER BY day",
        (offset, bundle.id, until),
    )
    return [(row["day"] * DAY - offset, row["used"]) for row in rows.fetchall()]


def warn_of(db: sqlite3.Connection, bundle: Bundle, levels: tuple[int, ...]) -> int | None:
    """Return the highest percentage that is newly reached, and note that it was told."""
    if not bundle.volume:
        return None
    reached = [one for one in levels if bundle.used * 100 >= bundle.volume * one]
    if not reached or reached[-1] <= bundle.warned:
        return None
    db.execute("UPDATE bundles SET warned = ? WHERE id = ?", (reached[-1], bundle.id))
    return reached[-1]


def told_start(esim: Esim, bundle: Bundle) -> float | None:
    """Return when a bundle began, as if the eSIM's clock had not been moved since."""
    return None if bundle.starts_at is None else bundle.starts_at - esim.clock_shift


def told_end(esim: Esim, bundle: Bundle) -> float | None:
    """Return when a bundle ends, likewise."""
    return None if bundle.ends_at is None else bundle.ends_at - esim.clock_shift
