"""A thread for what machines send gets over a connection that broke while nobody used it."""

from select import POLLIN, poll

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from limosa.servers.endpoints.threads import DatabaseThreads

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(pid)


def test_work_after_a_broken_connection_is_done_on_a_new_one() -> None:
    threads = DatabaseThreads(1)
    try:
        first = threads.submit(backend).result()
        assert threads.submit(backend).result() == first
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
        assert threads.submit(backend).result() != first
    finally:
        threads.submit(connections.close_all).result()
        threads.shutdown()


def test_a_connection_to_which_nothing_happened_is_not_tried_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def is_usable(wrapper: DatabaseWrapper) -> bool:
        tried.append(wrapper)
        return True

    monkeypatch.setattr(DatabaseWrapper, "is_usable", is_usable)
    threads = DatabaseThreads(1)
    try:
        threads.submit(backend).result()
        threads.submit(backend).result()
        assert not tried
        threads.submit(speak).result()
        threads.submit(backend).result()
        assert len(tried) == 1
    finally:
        threads.submit(connections.close_all).result()
        threads.shutdown()


def speak() -> None:
    """Have the database say something that nobody waits for: as at the end of a connection."""
    with connection.cursor() as cursor:
        cursor.execute("LISTEN said")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("NOTIFY said")
    socket = poll()
    socket.register(connection.connection.fileno(), POLLIN)
    assert socket.poll(5000)
