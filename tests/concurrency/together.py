"""Threads that begin at the same moment, each with its own database connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections

_WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def run_together(works: Sequence[Callable[[], object]]) -> list[str]:
    """Run each work in its own thread; return what each said, in order. A fault says its name."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        try:
            barrier.wait(timeout=10)
            return str(work())
        except Exception as fault:  # noqa: BLE001 -- the tests say which faults may come.
            return type(fault).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def wait_for_lock(other: Future[Any], *, waits: bool) -> None:
    """Return once another thread waits for a lock of ours or, unless it `waits`, has ended."""
    end = monotonic() + 10
    while monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # Else one per transaction.
            cursor.execute(_WAITING)
            if cursor.fetchone() == (1,) or (not waits and other.done()):
                return
        sleep(0.01)
    raise AssertionError("the other thread neither waits nor ends")
