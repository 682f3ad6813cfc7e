"""/healthz: this process is alive. /readyz: it can serve, database and schema included.

For supervisors and load balancers: without a session, a host name or one of the pages' threads.
Obstacles are looked for at most once in LOOK_SECONDS, however often it is called.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from starlette.responses import Response
from starlette.types import ASGIApp

from limosa.servers.endpoints.endpoint import Incoming
from limosa.servers.replies import plain

READY_SECONDS_MAX = 3.0
LOOK_SECONDS = 2.0
ALIVE, READY = "/healthz", "/readyz"


class Health:
    """Answers the two endpoints.

    find_obstacle: returns what prevents serving, or nothing; called in its own thread.
    """

    def __init__(self, *, find_obstacle: Callable[[], str]) -> None:
        self._find_obstacle = find_obstacle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._look: asyncio.Future[str] | None = None
        self._look_began = 0.0

    async def alive(self, _incoming: Incoming) -> ASGIApp:
        """Answer that this process is alive."""
        return _line(200, "alive")

    async def ready(self, _incoming: Incoming) -> ASGIApp:
        """Answer whether it can serve and, if not, why."""
        obstacle = await self._obstacle()
        return _line(503 if obstacle else 200, obstacle or "ready")

    async def _obstacle(self) -> str:
        is_over = monotonic() - self._look_began >= LOOK_SECONDS
        if self._look is None or (self._look.done() and is_over):
            self._look_began = monotonic()
            loop = asyncio.get_running_loop()
            self._look = loop.run_in_executor(self._thread, self._find_obstacle)
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                return await asyncio.shield(self._look)
        except TimeoutError:
            return "the database does not answer"


def _line(status: int, text: str) -> Response:
    return plain(status, f"{text}\n")
