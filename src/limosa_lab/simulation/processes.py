"""Many runs in several processes, each with its own database, on one throw-away cluster."""

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from limosa.servers.embedded_postgres import EmbeddedPostgres
from limosa_lab.simulation.configuration import PAYMENTS
from limosa_lab.simulation.outcome import RunResult

_BATCH = 5
_SETTINGS = {
    "autovacuum": "off",  # It would change the order of rows at random times.
    "deadlock_timeout": "20s",  # The stage finds deadlocks itself, deterministically.
    "max_connections": "100",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
}
_process: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Seeds that one process runs, one after the other. `bug`: the name of the planted one."""

    seeds: range
    polls: bool
    bug: str = ""
    space: str = PAYMENTS


def batches(seeds: range, *, polls: bool, bug: str = "", space: str = PAYMENTS) -> list[Batch]:
    """Return the seeds in batches, in order."""
    return [
        Batch(seeds=seeds[start : start + _BATCH], polls=polls, bug=bug, space=space)
        for start in range(0, len(seeds), _BATCH)
    ]


@contextmanager
def simulation_cluster() -> Iterator[str]:
    """Run a cluster that is deleted at the end; its database has what every run starts with."""
    with tempfile.TemporaryDirectory(prefix="limosa-simulation-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # As root, the server runs as another user and must pass.
        cluster = EmbeddedPostgres(folder / "postgres", durable=False, settings=_SETTINGS)
        try:
            url = cluster.start()
            with ProcessPoolExecutor(1, mp_context=_spawn()) as pool:
                pool.submit(_prepare, url).result()
            yield url
        finally:
            cluster.stop()
            cluster.delete()


class Players:
    """Processes that run batches. `url`: from simulation_cluster()."""

    def __init__(self, url: str, *, processes: int) -> None:
        self._pool = ProcessPoolExecutor(
            processes, mp_context=_spawn(), initializer=_begin_process, initargs=(url,)
        )

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def play(self, work: Iterable[Batch], *, told: Callable[[RunResult], bool]) -> None:
        """Run all batches; `told` receives each run's result and returns whether to go on."""
        futures: list[Future[list[RunResult]]] = [self._pool.submit(_play, batch) for batch in work]
        for done in as_completed(futures):
            goes_on = [told(result) for result in done.result()]
            if not all(goes_on):
                break
        for future in futures:
            future.cancel()


def _spawn() -> Any:
    return multiprocessing.get_context("spawn")


def _set_up(url: str) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "limosa_lab.simulation.settings"
    import django

    django.setup()


def _prepare(url: str) -> None:
    _set_up(url)
    from limosa_lab.simulation.runs import prepare_database

    prepare_database()


def _begin_process(url: str) -> None:
    """Copy the database for this process, and set up its theatre."""
    parts = urlsplit(url)
    template, name = parts.path.lstrip("/"), f"simulation_{os.getpid()}"
    server = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)
            )
        )
    _set_up(urlunsplit(parts._replace(path=f"/{name}")))
    from limosa_lab.simulation.runs import Theatre

    _process["theatre"] = Theatre()


def _play(batch: Batch) -> list[RunResult]:
    from limosa_lab.simulation.planted_bugs import planted

    with planted(batch.bug):
        theatre = _process["theatre"]
        return list(theatre.play_all(batch.seeds, polls=batch.polls, space=batch.space))
