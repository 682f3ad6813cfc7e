"""The other end of an ASGI application, in memory."""

import asyncio
from collections.abc import Iterable

from starlette.types import Message


def scope_of(path: str = "/", **more: object) -> dict[str, object]:
    """Return the scope of a GET from 192.0.2.1."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [],
        "client": ("192.0.2.1", 50000),
    } | more


class Sender:
    """Sends a body in parts, the last with the end; without an end, it stays silent after them."""

    def __init__(self, parts: Iterable[bytes], *, ends: bool = True) -> None:
        self._messages = [
            {"type": "http.request", "body": part, "more_body": True} for part in parts
        ]
        if ends and self._messages:
            self._messages[-1]["more_body"] = False

    async def receive(self) -> Message:
        if not self._messages:
            await asyncio.Event().wait()
        return self._messages.pop(0)


class Reader:
    """Takes an answer; so many messages, and then no more until `goes_on` is set."""

    def __init__(self, *, takes: int = 1_000_000) -> None:
        self._takes = takes
        self.goes_on = asyncio.Event()
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        if len(self.messages) >= self._takes:
            await self.goes_on.wait()
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


async def still_here() -> dict[str, object]:
    """Wait as the `receive` of a sender does who stays for the answer."""
    await asyncio.Event().wait()
    raise AssertionError
