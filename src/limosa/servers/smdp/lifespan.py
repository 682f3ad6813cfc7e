"""The beginning and the end of an ASGI application, as its server tells it."""

import asyncio
from types import TracebackType
from typing import Any, Self

from starlette.types import ASGIApp, Message


class Lifespan:
    """Holds an application that is ready. Raises RuntimeError if it does not become so.

    state: what the application gives to each of its requests.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.state: dict[str, Any] = {}
        self._application = application
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._said: asyncio.Queue[Message] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        self._task: asyncio.Task[None] = asyncio.create_task(
            self._application(scope, self._told.get, self._said.put)  # type: ignore[arg-type]
        )
        await self._tell("startup")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._tell("shutdown")
        await self._task

    async def _tell(self, what: str) -> None:
        await self._told.put({"type": f"lifespan.{what}"})
        answer = asyncio.create_task(self._said.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() or answer.result()["type"] != f"lifespan.{what}.complete":
            answer.cancel()
            said = answer.result().get("message", "") if answer.done() else ""
            raise RuntimeError(f"the application's {what} failed: {said}")
