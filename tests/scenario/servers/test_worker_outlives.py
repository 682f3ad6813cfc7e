"""The worker outlives a database that is away, and says why when it ends by itself."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.processes import LIMOSA, Process, artefacts, free_ports, wait_for
from tests.scenario.servers.test_watching import ask
from tests.scenario.stack import Stack, open_folder

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.timeout(400),  # A database and its tables are made first, be the machine slow.
]

STOP_SECONDS_MAX = 15
AWAY, BACK = "worker: the database is away", "worker: the database is back"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with open_folder("outlives") as folder, Stack(folder, logs=artefacts("outlives")) as running:
        yield running


class Worker(Process):
    """A `limosa worker` with metrics, and what it logged."""

    def __init__(self, stack: Stack, log: Path) -> None:
        (port,) = free_ports(1)
        self.metrics = f"http://127.0.0.1:{port}/metrics"
        command = [*LIMOSA, "worker", "--metrics", f"127.0.0.1:{port}"]
        super().__init__(command, environment=stack.environment, log=log)

    def wait_until_shown(self, text: str) -> None:
        self.wait_until(lambda: text in ask(self.metrics)[1], what=text)


def change(stack: Stack, statement: str) -> int:
    """Return how many rows it found or changed."""
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        return connection.execute(statement.encode()).rowcount


def is_listening(stack: Stack) -> bool:
    statement = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%procrastinate%'"
    return change(stack, statement) > 0


def check_jobs_are_done(stack: Stack) -> None:
    """Wait for the listener, give a job, and wait until it is done and gone."""
    wait_for(lambda: is_listening(stack), what="the listener")
    change(
        stack,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        " VALUES ('default', 'notifications.forget_mail', '{\"timestamp\": 1}')",
    )
    left = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'notifications.forget_mail'"
    wait_for(lambda: change(stack, left) == 0, what="the job")


def test_a_worker_waits_for_a_database_that_is_away_and_goes_on_when_it_is_back(
    stack: Stack, tmp_path: Path
) -> None:
    stack.kill("database")
    with Worker(stack, tmp_path / "worker.log") as worker:
        worker.wait_until_said("The database cannot be reached")
        worker.wait_until_shown("limosa_database_up 0.0")
        assert "worker: ready" not in worker.said
        stack.start("database")
        worker.wait_until_said("worker: ready")
        check_jobs_are_done(stack)
        stack.kill("database")
        worker.wait_until_said(AWAY)
        worker.wait_until_shown("limosa_database_up 0.0")
        stack.start("database")
        worker.wait_until_said(BACK)
        worker.wait_until_shown("limosa_database_up 1.0")
        check_jobs_are_done(stack)
        stack.kill("database")
        worker.wait_until_said(AWAY, times=2)
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
        assert time.monotonic() - began < STOP_SECONDS_MAX
        stack.start("database")
    lines = worker.said.splitlines()
    assert "Traceback" not in worker.said
    about = [line for line in lines if "database" in line]
    assert len(about) == 4, about  # It can't be reached; away, back, away.


def test_a_worker_that_ends_by_itself_says_why_and_has_an_exit_code(
    stack: Stack, tmp_path: Path
) -> None:
    with Worker(stack, tmp_path / "worker.log") as worker:
        worker.wait_until_said("worker: ready")
        change(stack, "ALTER TABLE procrastinate_workers RENAME TO elsewhere")
        try:
            assert worker.wait(60) == 1
        finally:
            change(stack, "ALTER TABLE elsewhere RENAME TO procrastinate_workers")
        assert "limosa: The worker ended: UndefinedTable" in worker.said.splitlines()[-1]
