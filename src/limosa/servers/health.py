"""/healthz: this process is alive. /readyz: it can serve, the database and its tables included.

For supervisors and load balancers: without a session, a host name or a thread of the pages'. What
is in the way is looked for once in LOOK_SECONDS, whoever asks how often.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from limosa.servers.observing import Application, Receive, Scope, Send

READY_SECONDS_MAX = 3.0
LOOK_SECONDS = 2.0
ALIVE, READY = "/healthz", "/readyz"


class HealthDoor:
    """Answers the two addresses before the application is asked.

    find_obstacle: says what is in the way of serving, or nothing; called in a thread of its own.
    """

    def __init__(self, application: Application, *, find_obstacle: Callable[[], str]) -> None:
        self._application = application
        self._find_obstacle = find_obstacle
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._look: asyncio.Future[str] | None = None
        self._look_began = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path")
        if scope["type"] != "http" or path not in {ALIVE, READY}:
            await self._application(scope, receive, send)
        elif scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 405, "Only GET.")
        elif path == ALIVE:
            await _answer(send, 200, "alive")
        else:
            obstacle = await self._obstacle()
            await _answer(send, 503 if obstacle else 200, obstacle or "ready")

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


async def _answer(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
