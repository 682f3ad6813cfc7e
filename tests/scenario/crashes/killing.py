"""Kills the process it is in, at a step that a file names. For these tests alone.

A step is a boundary of the work on one payment: before each SQL statement, before and after each
commit, and before the answer. They are counted, not listed, so that a new statement is a new step.
The file holds the number of the step; it is taken away before the kill, so that the process that
comes after lives.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import connection

FOLDER = Path(os.environ.get("LIMOSA_TEST_KILL_FOLDER", "/nonexistent"))
WHO = os.environ.get("LIMOSA_TEST_KILL_WHO", "")
ANSWERS_FIRST = os.environ.get("LIMOSA_TEST_BUG") == "answer first"
POSTGRES_FILE = "postgres"


_running = threading.local()


def step_of_this_thread(label: str) -> None:
    """Take a step of the work that this thread is at, if it is at some."""
    steps: Steps | None = getattr(_running, "steps", None)
    if steps is not None:
        steps.boundary(label)


class Steps:
    """Counts the boundaries of one piece of work, and dies at the one that is named."""

    def __init__(self) -> None:
        self.count = 0

    def boundary(self, label: str) -> None:
        self.count += 1
        with (FOLDER / f"{WHO}.steps").open("a", encoding="utf-8") as log:
            log.write(f"{self.count} {label}\n")
        order = FOLDER / f"{WHO}.kill"
        if order.exists() and int(order.read_text()) == self.count:
            order.unlink()
            self._kill()

    def _kill(self) -> None:
        """Kill this process, or the database's when a file names its processes."""
        victims = FOLDER / POSTGRES_FILE
        if not victims.exists():
            os.kill(os.getpid(), signal.SIGKILL)
            threading.Event().wait()
        for process in victims.read_text().split():
            os.kill(int(process), signal.SIGKILL)

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Take a step at each statement and at each commit of this thread's connection."""
        commit = connection.commit

        def watched_commit() -> None:
            self.boundary("before COMMIT")
            commit()
            self.boundary("after COMMIT")

        connection.commit = watched_commit  # type: ignore[method-assign]
        try:
            with connection.execute_wrapper(self._before_statement):
                yield
        finally:
            connection.commit = commit  # type: ignore[method-assign]

    def _before_statement(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        self.boundary(" ".join(sql.split())[:60])
        return execute(sql, *arguments)


def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return `work`, in steps."""

    def run(*arguments: Any, **named: Any) -> Any:
        if not FOLDER.exists():
            return work(*arguments, **named)
        steps = _running.steps = Steps()
        with steps.watch():
            result = work(*arguments, **named)
        steps.boundary("before the answer")
        _running.steps = None
        return result

    return run


def answering_first(work: Callable[..., Any]) -> Callable[..., Any]:
    """The planted bug: say "received" before it is kept."""

    def run(*arguments: Any, **named: Any) -> str:
        threading.Timer(0.3, work, arguments, named).start()
        return "planted"

    return run


class KillingConfig(AppConfig):
    """Wraps the two ways in which the news of a payment comes, and the ordering at a supplier."""

    name = "tests.scenario.crashes"
    label = "crashes"
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        from limosa.domain.ordering.operations import (  # noqa: PLC0415
            ask_due_payments,
            supply_next_order,
        )
        from limosa.servers import notifications  # noqa: PLC0415

        wrap = answering_first if ANSWERS_FIRST else stepping
        payments_names, asking_names = vars(notifications), vars(ask_due_payments)
        payments_names["apply_notification"] = wrap(payments_names["apply_notification"])
        asking_names["ask_provider"] = stepping(asking_names["ask_provider"])
        supplying_names = vars(supply_next_order)
        supplying_names["_ask"] = stepping(supplying_names["_ask"])
