"""The worker's process: procrastinate jobs, and the rescue of jobs whose worker was killed.

A worker writes a heartbeat; jobs whose worker fell silent are given back to the queue by any
worker that lives. Every job may therefore run twice, and every operation that a job calls is
idempotent.
"""

import asyncio
import logging
from contextlib import suppress

from django.utils import timezone
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

HEARTBEAT_SECONDS = 2.0
SILENCE_SECONDS_MAX = 10.0
RESCUE_EVERY_SECONDS = 2.0
GRACE_SECONDS = 10.0

logger = logging.getLogger(__name__)


def run_worker(*, concurrency: int) -> None:
    """Work on all queues until SIGTERM or SIGINT; then finish what is in hand."""
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError(f"The worker needs Django's connector, not {connector!r}.")
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        asyncio.run(_work(worker_app, concurrency=concurrency))


async def _work(worker_app: App, *, concurrency: int) -> None:
    async with worker_app.open_async():
        rescue = asyncio.create_task(_rescue_forever(worker_app))
        logger.info("worker: ready, %d jobs at a time", concurrency)
        try:
            await worker_app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=2.0,  # Only for a notification that got lost.
                listen_notify=True,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=SILENCE_SECONDS_MAX,
                shutdown_graceful_timeout=GRACE_SECONDS,
            )
        finally:
            rescue.cancel()
            with suppress(asyncio.CancelledError):
                await rescue


async def _rescue_forever(worker_app: App) -> None:
    while True:
        try:
            await rescue_stalled_jobs(worker_app)
        except Exception:
            # The database may be away for a moment; the worker itself reports that.
            logger.exception("Looking for jobs of killed workers failed")
        await asyncio.sleep(RESCUE_EVERY_SECONDS)


async def rescue_stalled_jobs(
    worker_app: App, *, silence_seconds: float = SILENCE_SECONDS_MAX
) -> int:
    """Give jobs of workers without a heartbeat back to the queue. Returns how many."""
    stalled = list(
        await worker_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence_seconds)
    )
    for job in stalled:
        logger.warning("Taking up job %s (%s) of a worker that fell silent", job.id, job.task_name)
        await worker_app.job_manager.retry_job(job, retry_at=timezone.now())
    return len(stalled)
