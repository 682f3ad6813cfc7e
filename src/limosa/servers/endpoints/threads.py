"""Threads for machines' requests, separate from those of the pages, given in turn by address."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections
from starlette.types import Receive

from limosa.servers.endpoints.endpoint import BUSY, RequestRefusedError
from limosa.servers.turns import Turns, WaitedTooLongError

P = ParamSpec("P")
T = TypeVar("T")


class DatabaseThreads(ThreadPoolExecutor):
    """Threads whose database connections are maintained before and after each task, as Django does
    for a page: one that broke meanwhile is reopened.
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
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
