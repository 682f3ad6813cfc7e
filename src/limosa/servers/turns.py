"""Who gets a thread next, when more pages are requested than there are threads.

The queue lives in the event loop. It goes round by address, so that a client asking for a hundred
pages delays only itself; expensive requests, such as those that hash a password, never get more
than half of the threads; and a request whose client has gone, or that has waited too long, gets
none.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.types import Receive

WAIT_SECONDS_MAX = 12.0  # By then most people have tried again.


class WaitedTooLongError(Exception):
    """No thread became free in time; nothing was begun."""


class SenderGoneError(Exception):
    """The client no longer waits for the response; nothing was begun."""


class Turn:
    """The right to one thread, until `end`, which may be called twice."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self._loop = asyncio.get_running_loop()
        self._is_over = False

    def end(self) -> None:
        """Let the next one in. In the event loop only."""
        if not self._is_over:
            self._is_over = True
            self._give_back()

    def end_from_thread(self) -> None:
        """Let the next one in, from the thread that has done the work."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.end)


class Turns:
    """The threads of one process, and the queue for them. Belongs to one event loop."""

    def __init__(self, *, threads: int, wait_seconds_max: float = WAIT_SECONDS_MAX) -> None:
        self._free = threads
        self._costly_free = max(threads // 2, 1)
        self._wait_seconds_max = wait_seconds_max
        self._plain, self._costly = _Line(), _Line()
        self._was_costly = False

    async def take(self, whom: str, *, is_costly: bool, receive: Receive) -> Turn:
        """Return once there is a thread for the request.

        receive: the request's, whose body has been read: its next message says that the client has
        gone.
        Raises: WaitedTooLongError, SenderGoneError.
        """
        line = self._costly if is_costly else self._plain
        place: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        line.put(whom, place)
        self._let_in()
        if not place.done():
            try:
                await self._wait(place, receive)
            except BaseException:
                self._leave(line, whom, place)
                raise
        return place.result()

    async def _wait(self, place: "asyncio.Future[Turn]", receive: Receive) -> None:
        going = asyncio.ensure_future(_gone(receive))
        try:
            either: set[asyncio.Future[Any]] = {place, going}
            await asyncio.wait(
                either, timeout=self._wait_seconds_max, return_when=asyncio.FIRST_COMPLETED
            )
            if place.done():
                return
            raise SenderGoneError if going.done() else WaitedTooLongError
        finally:
            going.cancel()

    def _leave(self, line: "_Line", whom: str, place: "asyncio.Future[Turn]") -> None:
        if place.done():  # It was let in at the very moment that it gave up.
            place.result().end()
        else:
            line.remove(whom, place)

    def _let_in(self) -> None:
        while self._free and (line := self._next_line()):
            is_costly = self._was_costly = line is self._costly
            self._free -= 1
            self._costly_free -= is_costly
            line.take().set_result(Turn(partial(self._give_back, is_costly=is_costly)))

    def _next_line(self) -> "_Line | None":
        """Return the queue whose turn it is: where both may go on, the two alternate."""
        may = [self._plain] if self._plain else []
        if self._costly and self._costly_free:
            may.insert(1 if self._was_costly else 0, self._costly)
        return may[0] if may else None

    def _give_back(self, *, is_costly: bool) -> None:
        self._free += 1
        self._costly_free += is_costly
        self._let_in()


class _Line:
    """The waiting requests, by address: addresses in turn, and first come, first served within
    each."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[asyncio.Future[Turn]]] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, whom: str, place: "asyncio.Future[Turn]") -> None:
        self._waiting.setdefault(whom, deque()).append(place)

    def take(self) -> "asyncio.Future[Turn]":
        whom, places = next(iter(self._waiting.items()))
        place = places.popleft()
        if places:
            self._waiting.move_to_end(whom)
        else:
            del self._waiting[whom]
        return place

    def remove(self, whom: str, place: "asyncio.Future[Turn]") -> None:
        places = self._waiting[whom]
        places.remove(place)
        if not places:
            del self._waiting[whom]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
