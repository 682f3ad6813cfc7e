"""A job of a worker that was killed is done by another; one that is being done is left alone."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from limosa.servers.worker import rescue_stalled_jobs


def rescue() -> int:
    async def play() -> int:
        connector = app.connector
        assert isinstance(connector, DjangoConnector)
        with app.replace_connector(connector.get_worker_connector()) as worker_app:
            async with worker_app.open_async():
                return await rescue_stalled_jobs(worker_app)

    return asyncio.run(play())


def job_in_hand(*, silent_seconds: int, queueing_lock: str | None = None) -> int:
    """Store a job that a worker took, whose last heartbeat was some seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [silent_seconds],
        )
        (worker_id,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id,"
            " queueing_lock) VALUES ('default', 'a.task', 'doing', %s, %s) RETURNING id",
            [worker_id, queueing_lock],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def state(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_silent_worker_goes_back_to_the_queue() -> None:
    job_id = job_in_hand(silent_seconds=11)
    assert rescue() == 1
    assert state(job_id) == "todo"
    assert rescue() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_living_worker_stays_with_it() -> None:
    job_id = job_in_hand(silent_seconds=5)
    assert rescue() == 0
    assert state(job_id) == "doing"


@pytest.mark.django_db(transaction=True)
def test_of_twins_in_hand_one_goes_back_to_the_queue_and_the_other_is_ended() -> None:
    """Only one job with a queueing lock may wait, however many were taken one after the other."""
    twins = [job_in_hand(silent_seconds=11, queueing_lock="a.task") for _ in range(2)]
    other = job_in_hand(silent_seconds=11)
    assert rescue() == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status FROM procrastinate_jobs WHERE id = ANY(%s)", [twins])
        ((_, status),) = cursor.fetchall()
    assert status == "todo"
    assert state(other) == "todo"
    assert rescue() == 0
