"""A connection that watches the others: which one waits for which, and what is committed."""

from collections.abc import Collection
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row

from limosa.config.libpq import libpq_options

_WAITING = """
SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS watched (pid)
"""


class Monitor:
    """Sees only what is committed, as any other process would."""

    def __init__(self) -> None:
        self.connection: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(
            **libpq_options(connection),
            autocommit=True,
            prepare_threshold=1,
            row_factory=tuple_row,
        )
        self._pids: dict[int, int] = {}

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def know(self, place: int, pid: int) -> None:
        """Record which server process serves a place."""
        self._pids[place] = pid

    def waiting(self, places: Collection[int]) -> dict[int, set[int]]:
        """Return the places whose statement waits for a lock, with the places they wait for."""
        by_pid = {pid: place for place, pid in self._pids.items()}
        rows = self.connection.execute(
            _WAITING, [[self._pids[place] for place in places if place in self._pids]]
        )
        return {
            by_pid[pid]: {by_pid.get(other, -1) for other in others}
            for pid, others in rows
            if others
        }

    def cancel(self, place: int) -> None:
        """Cancel a place's statement."""
        self.connection.execute("SELECT pg_cancel_backend(%s)", [self._pids[place]])
