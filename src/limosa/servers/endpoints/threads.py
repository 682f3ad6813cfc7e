"""Threads for machines' requests, separate from those of the pages, given in turn by address."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from select import POLLIN, poll
from typing import Any, ParamSpec, TypeVar

import psycopg
from django.db import close_old_connections, connections
from starlette.types import Receive

from limosa.servers.endpoints.endpoint import BUSY, RequestRefusedError
from limosa.servers.turns import Turns, WaitedTooLongError

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThreads(ThreadPoolExecutor):
    """Threads whose database connections are looked at before each task, and maintained after it as
    Django does after a page: one that broke meanwhile is reopened. Whether it did is asked of the
    socket, not of the database: a round trip before each task would cost as much as a statement of
    its own.
    """

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submit a task."""
        return super().submit(_with_connection, partial(work, *args, **kwargs))


class ThreadsInTurn:
    """At most `count` of an executor's threads. Belongs to one event loop."""

    def __init__(self, executor: Executor, *, count: int) -> None:
        self._executor = executor
        self._turns = Turns(threads=count)

    async def run(self, work: Callable[[], T], *, whom: str, receive: Receive) -> T:
        """Return the result of the work, which may use the database.

        whom, receive: of the request, whose body has been read.
        Raises: RequestRefusedError, after a long wait; SenderGoneError. Nothing was begun.
        """
        try:
            turn = await self._turns.take(whom, is_costly=False, receive=receive)
        except WaitedTooLongError:
            raise RequestRefusedError(BUSY) from None
        try:
            loop = asyncio.get_running_loop()
            # In the request's context, so that log lines bear its id.
            return await loop.run_in_executor(self._executor, copy_context().run, work)
        finally:
            turn.end()


def _with_connection(work: Callable[[], T]) -> T:
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and _is_quiet(connection.connection):
            connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return work()
    finally:
        close_old_connections()


def _is_quiet(connection: Any) -> bool:
    """Whether nothing has come from the database since the last answer: neither its end of the
    connection, nor a notice that it ends."""
    socket = poll()
    try:
        socket.register(connection.fileno(), POLLIN)
    except (OSError, psycopg.Error):
        return False
    return not socket.poll(0)
