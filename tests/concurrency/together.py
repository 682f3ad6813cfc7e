"""Threads that begin at the same moment, each with its own database connection."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


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
