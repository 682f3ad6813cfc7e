"""Kills the process it is in, at a step that a file names. For these tests alone.

A step is a boundary of the work on one payment: before each round trip to the database, after each
commit, and before the answer. They are counted, not listed, so that a new statement is a new step.
The file holds the number of the step, or its name; it is taken away before the kill, so that the
process that comes after lives.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.apps import AppConfig

FOLDER = Path(os.environ.get("LIMOSA_TEST_KILL_FOLDER", "/nonexistent"))
WHO = os.environ.get("LIMOSA_WORK", "")  # The command sets it before the settings are read.
ANSWERS_FIRST = os.environ.get("LIMOSA_TEST_BUG") == "answer first"
POSTGRES_FILE = "postgres"
ANSWER = "before the answer"
_watching = threading.local()


def step_of_this_thread(label: str) -> None:
    """Take a step of the work that this thread is at, if it is at some."""
    steps: Steps | None = getattr(_watching, "steps", None)
    if steps is not None:
        steps.boundary(label)


class Steps:
    """Counts the boundaries of one piece of work, and dies at the one that is named.

    A piece of work that began before a step was named is none of the test's: it neither dies nor
    writes down its steps, however late it comes to its answer.
    """

    def __init__(self) -> None:
        self.count = 0
        self._order = FOLDER / f"{WHO}.kill"
        self._is_meant = self._order.exists()

    def boundary(self, label: str) -> None:
        if not self._is_meant:
            return
        self.count += 1
        dies = self._order.exists() and self._order.read_text() in {str(self.count), label}
        if dies:
            self._order.unlink()
        with (FOLDER / f"{WHO}.steps").open("a", encoding="utf-8") as log:
            log.write(f"{self.count} {label}\n")
        if dies:
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
        """Take a step at each round trip to the database that this thread makes."""
        _watching.steps = self
        try:
            yield
        finally:
            _watching.steps = None


def watch_round_trips() -> None:
    """Have every connection of the driver tell the thread that watches of what it sends.

    Below Django, whatever it or the product makes of the statements: what runs is what is shipped.
    """
    wait = psycopg.Connection.wait

    def stepping_wait(connection: Any, work: Any, *arguments: Any, **named: Any) -> Any:
        steps: Steps | None = getattr(_watching, "steps", None)
        if steps is None or work.__name__ == "_set_autocommit_gen":  # Nothing is sent.
            return wait(connection, work, *arguments, **named)
        statement = work.gi_frame.f_locals.get("query", "")
        steps.boundary(" ".join(f"before {work.__name__} {statement}".split())[:90])
        answer = wait(connection, work, *arguments, **named)
        if work.__name__ == "_commit_gen":
            steps.boundary("after the commit")
        return answer

    psycopg.Connection.wait = stepping_wait  # type: ignore[method-assign, assignment]


def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
    """Return `work`, in steps."""

    def run(*arguments: Any, **named: Any) -> Any:
        if not FOLDER.exists():
            return work(*arguments, **named)
        steps = Steps()
        with steps.watch():
            result = work(*arguments, **named)
        if result is not False:  # Another worker took what this one was after.
            steps.boundary(ANSWER)
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
            poll_due_payments,
            supply_next_order,
        )
        from limosa.servers.endpoints import notifications  # noqa: PLC0415

        watch_round_trips()
        wrap = answering_first if ANSWERS_FIRST else stepping
        payments_names, asking_names = vars(notifications), vars(poll_due_payments)
        payments_names["apply_notification"] = wrap(payments_names["apply_notification"])
        asking_names["poll_payment"] = stepping(asking_names["poll_payment"])
        supplying_names = vars(supply_next_order)
        supplying_names["_ask"] = stepping(supplying_names["_ask"])
