"""Threads for what machines send, apart from those of the pages, given in turn by address."""

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
    """Threads whose connections are looked after, before and after each work, as Django does for a
    page: one that broke meanwhile is made anew.
    """

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have the work done."""
        return super().submit(_with_connection, partial(work, *args, **kwargs))


class ThreadsInTurn:
    """At most `count` of an executor's threads. Belongs to one event loop."""

    def __init__(self, executor: Executor, *, count: int) -> None:
        self._executor = executor
        self._turns = Turns(threads=count)

    async def run(self, work: Callable[[], T], *, whom: str, receive: Receive) -> T:
        """Return what the work returned, which may use the database.

        whom, receive: of the request, whose body has been read.
        Raises: RequestRefusedError, after a long wait; SenderGoneError. Nothing was begun.
        """
        try:
            turn = await self._turns.take(whom, is_costly=False, receive=receive)
        except WaitedTooLongError:
            raise RequestRefusedError(BUSY) from None
        try:
            loop = asyncio.get_running_loop()
            # With the number of the request, for the log's lines.
            return await loop.run_in_executor(self._executor, copy_context().run, work)
        finally:
            turn.end()


def _with_connection(work: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()
