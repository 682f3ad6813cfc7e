"""A thread for what machines send gets over a connection that broke while nobody used it."""

import pytest
from django.db import connection, connections

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
