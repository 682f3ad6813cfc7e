"""The worker process: procrastinate jobs, and the rescue of jobs whose worker was killed.

A worker writes a heartbeat; jobs of a worker that fell silent are returned to the queue by any
other worker. A job may therefore run twice, and every operation that a job calls is idempotent.

The process survives an unreachable database. Procrastinate's own worker ends then; a new one is
started when the database is back. It has a new id, so a job whose fetch was cut off belongs to a
worker that fell silent, and is rescued like any other.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, cast

from django.utils import timezone
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from limosa.servers.outage import AWAY, is_outage

HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS_MAX = 10.0
RESCUE_EVERY_SECONDS = 2.0
GRACE_SECONDS = 10.0
CONNECTION_SECONDS_MAX = 5.0
PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 10.0)
STEADY_SECONDS = 30.0  # A worker that has lived this long is stable; pauses are short again.

logger = logging.getLogger(__name__)


class WorkerEndedError(Exception):
    """The worker ended by itself, though the database is reachable; the text says why."""


def run_worker(
    *, concurrency: int, find_obstacle: Callable[[], str], left_out: Collection[str] = ()
) -> None:
    """Work on all queues until SIGTERM or SIGINT; then finish the jobs in hand.

    left_out: queues whose jobs this worker neither makes nor takes, since only others can do them.
    find_obstacle: returns what prevents jobs from running, or nothing; called in its own thread.
    Raises WorkerEndedError.
    """
    connector = WatchedConnector(kwargs=connector_params(), timeout=CONNECTION_SECONDS_MAX)
    with (
        app.replace_connector(connector) as worker_app,
        ThreadPoolExecutor(1, thread_name_prefix="obstacle") as thread,
    ):

        async def obstacle() -> str:
            return await asyncio.get_running_loop().run_in_executor(thread, find_obstacle)

        shift = _Shift(
            worker_app,
            connector,
            concurrency=concurrency,
            obstacle=obstacle,
            queues=all_queues_but(left_out, worker_app) if left_out else None,
        )
        asyncio.run(shift.work())


def all_queues_but(left_out: Collection[str], worker_app: App) -> list[str]:
    """Return the queues of all other tasks, and let none of those be made that are left out."""
    periodic = worker_app.periodic_registry.periodic_tasks
    for key, one in [*periodic.items()]:
        if one.task.queue in left_out:
            del periodic[key]
    # A list: a set can't be a parameter of the query that takes a job.
    return sorted({task.queue for task in worker_app.tasks.values()} - set(left_out))


class WatchedConnector(PsycopgConnector):
    """Reports database errors: procrastinate ends a worker without saying which error it was.

    fault: the last one. outage: set when the database is unreachable.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.fault: BaseException | None = None
        self.outage = asyncio.Event()

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        with self._watched():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        with self._watched():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
            return row

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        with self._watched():
            rows: list[dict[str, Any]]
            rows = await super().execute_query_all_async(query, **arguments)
            return rows

    async def listen_notify(self, on_notification: Any, channels: Any) -> None:
        with self._watched():
            await super().listen_notify(on_notification, channels)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            self.fault = error
            if is_outage(error):
                self.outage.set()
            raise


class _Shift:
    """The worker's life, from the start to a signal: one procrastinate worker after another."""

    def __init__(
        self,
        worker_app: App,
        connector: WatchedConnector,
        *,
        concurrency: int,
        obstacle: Callable[[], Any],
        queues: list[str] | None,
    ) -> None:
        self._app = worker_app
        self._connector = connector
        self._concurrency = concurrency
        self._obstacle = obstacle
        self._queues = queues
        self._stop = asyncio.Event()

    async def work(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        if await self._wait_until_nothing_is_in_the_way():
            logger.info("worker: ready, %d jobs at a time", self._concurrency)
        pauses = iter(PAUSES_SECONDS)
        while not self._stop.is_set():
            began = monotonic()
            await self._work_until_an_outage()
            if self._stop.is_set():
                return
            if monotonic() - began > STEADY_SECONDS:
                pauses = iter(PAUSES_SECONDS)
            await self._pause(next(pauses, PAUSES_SECONDS[-1]))
            if await self._wait_until_nothing_is_in_the_way():
                logger.info("worker: the database is back")

    async def _wait_until_nothing_is_in_the_way(self) -> bool:
        """Log the obstacle, once; return False if a signal came before it was gone."""
        told, pauses = AWAY, iter(PAUSES_SECONDS)  # That was logged already.
        while not self._stop.is_set():
            obstacle = await self._obstacle()
            if not obstacle:
                return True
            if obstacle != told:
                logger.warning("worker: %s; jobs wait", obstacle.rstrip("."))
                told = obstacle
            await self._pause(next(pauses, PAUSES_SECONDS[-1]))
        return False

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _work_until_an_outage(self) -> None:
        """Return after a signal, or when the database is unreachable. Raises WorkerEndedError."""
        outage = self._connector.outage
        outage.clear()
        session = asyncio.create_task(self._work())
        await _first_of(session, self._stop, outage)
        if outage.is_set() and not self._stop.is_set():
            logger.warning("worker: the database is away; jobs wait until it is back")
        session.cancel()  # Once: it finishes the jobs in hand.
        await _first_of(session, self._stop)
        if not session.done():
            await asyncio.wait({session}, timeout=GRACE_SECONDS + CONNECTION_SECONDS_MAX)
        error = session.exception() if session.done() and not session.cancelled() else None
        if not self._stop.is_set() and not outage.is_set():
            why = error or self._connector.fault
            raise WorkerEndedError(
                f"The worker ended: {_told(why)}" if why else "The worker ended by itself."
            ) from why

    async def _work(self) -> None:
        try:
            await self._app.open_async()
            rescue = asyncio.create_task(_rescue_forever(self._app))
            try:
                await self._app.run_worker_async(
                    # None: all. The hints leave that out.
                    queues=cast("list[str]", self._queues),
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=2.0,  # Only for lost notifications.
                    listen_notify=True,
                    delete_jobs="successful",
                    update_heartbeat_interval=HEARTBEAT_SECONDS,
                    stalled_worker_timeout=SILENCE_SECONDS_MAX,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    install_signal_handlers=False,
                )
            finally:
                rescue.cancel()
                with suppress(asyncio.CancelledError):
                    await rescue
        finally:
            await self._app.close_async()


async def _first_of(task: asyncio.Task[None], *events: asyncio.Event) -> None:
    """Wait until the task is done, or one of the events is set."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait({task, *waits}, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _told(error: BaseException) -> str:
    """Return the cause of an error on one line."""
    cause = error.__cause__ or error
    return " ".join(f"{type(cause).__name__}: {cause}".split())


async def _rescue_forever(worker_app: App) -> None:
    while True:
        try:
            await rescue_stalled_jobs(worker_app)
        except Exception as error:
            if not is_outage(error):  # That ends the worker, which is reported.
                logger.exception("Looking for jobs of killed workers failed")
        await asyncio.sleep(RESCUE_EVERY_SECONDS)


async def rescue_stalled_jobs(
    worker_app: App, *, silence_seconds: float = SILENCE_SECONDS_MAX
) -> int:
    """Return jobs of workers without a heartbeat to the queue. Returns how many there were.

    A job whose queueing lock has meanwhile been taken by a waiting job is ended, since that one
    does the same.
    """
    stalled = list(
        await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence_seconds)
    )
    for job in stalled:
        logger.warning("Taking up job %s (%s) of a worker that fell silent", job.id, job.task_name)
        try:
            await worker_app.job_manager.retry_job(job, retry_at=timezone.now())
        except UniqueViolation:
            await _end(worker_app, job)
    return len(stalled)


async def _end(worker_app: App, job: Job) -> None:
    if job.id is None:
        raise ValueError("A job that was never stored.")
    logger.info("Job %s (%s) has a twin that waits: it is ended", job.id, job.task_name)
    await worker_app.job_manager.finish_job_by_id_async(
        job_id=job.id, status=Status.ABORTED, delete_job=True
    )
