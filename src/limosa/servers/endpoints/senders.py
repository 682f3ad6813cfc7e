"""One request of each sender at a time, where a request is much work."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive

from limosa.servers.endpoints.endpoint import BUSY, RequestRefusedError
from limosa.servers.turns import WAIT_SECONDS_MAX, Turns, WaitedTooLongError


class OneOfEach:
    """Lets one request of each sender go on; its others wait in the event loop, first come, first
    served. Belongs to one event loop.
    """

    def __init__(self, *, wait_seconds_max: float = WAIT_SECONDS_MAX) -> None:
        self._wait_seconds_max = wait_seconds_max
        self._lines: dict[str, Turns] = {}
        self._present: Counter[str] = Counter()

    @asynccontextmanager
    async def turn_of(self, whom: str, *, receive: Receive) -> AsyncIterator[None]:
        """Go on as the only one of its sender.

        Raises: RequestRefusedError, after a long wait; SenderGoneError. Nothing was begun.
        """
        line = self._lines.setdefault(
            whom, Turns(threads=1, wait_seconds_max=self._wait_seconds_max)
        )
        self._present[whom] += 1
        try:
            turn = await line.take(whom, is_costly=False, receive=receive)
            try:
                yield
            finally:
                turn.end()
        except WaitedTooLongError:
            raise RequestRefusedError(BUSY) from None
        finally:
            self._present[whom] -= 1
            if not self._present[whom]:
                del self._present[whom], self._lines[whom]
