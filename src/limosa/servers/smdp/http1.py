"""HTTP/1.1 for an ASGI application, one object per connection, on asyncio's transports.

Phones open a TLS connection for each call, so what a connection costs is most of what a call costs
besides its operation: there is no task but the request's own, no stream and no queue. The grammar
is h11's. No client can change to another protocol.

A client that stands still is cut: before a request or in its head, and when it does not read an
answer. Bodies have a limit of their own (servers/bodies.py), and so has waiting for a thread.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import unquote

import h11
from django.utils.http import http_date
from starlette.types import ASGIApp, Message, Scope

HEAD_BYTES_MAX = 16 * 1024
UNREAD_BYTES_MAX = 64 * 1024  # Of a body that nobody has asked for yet.
_BAD_REQUEST = 400

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the connections of a port have in common. `stall_seconds`: how long a client may stand
    still. `state_of`: what a scope's state says of a connection, given its transport."""

    application: ASGIApp
    scheme: str
    stall_seconds: float
    state_of: Callable[[asyncio.BaseTransport], dict[str, Any]]
    open: set["Http1"] = field(default_factory=set)


class Http1(asyncio.Protocol):
    """One connection. Belongs to an event loop."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._loop = asyncio.get_running_loop()
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES_MAX)
        self._exchange: _Exchange | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._taken: asyncio.Event | None = None
        self._is_last = False
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, once the handshake is done."""
        self._transport = cast("asyncio.Transport", transport)
        self._facts: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "scheme": self._serving.scheme,
            "root_path": "",
            "client": _address(transport.get_extra_info("peername")),
            "server": _address(transport.get_extra_info("sockname")),
            "state": self._serving.state_of(transport),
        }
        self._serving.open.add(self)
        self._set_deadline()

    def connection_lost(self, error: Exception | None) -> None:
        """End: whoever still waits for the client learns that it has gone."""
        del error
        self._serving.open.discard(self)
        self._clear_deadline()
        self.ended.set()
        self.resume_writing()
        if self._exchange is not None:
            self._exchange.lose()

    def data_received(self, data: bytes) -> None:
        """Take what the client sends."""
        self._parser.receive_data(data)
        self._advance()

    def eof_received(self) -> None:
        """Take that the client sends no more: it has gone."""
        if self._exchange is not None:
            self._exchange.lose()

    def pause_writing(self) -> None:
        """Take that the client reads too slowly."""
        self._taken = asyncio.Event()

    def resume_writing(self) -> None:
        """Take that it has read."""
        if self._taken is not None:
            self._taken.set()
            self._taken = None

    def end(self) -> None:
        """Take no more requests: end now, or when the answer under way has been sent."""
        self._is_last = True
        if self._exchange is None:
            self._close()

    def abort(self) -> None:
        """End at once, whatever is under way."""
        self._transport.abort()

    async def write(self, *events: h11.Event) -> None:
        """Send events, in one write. A client that does not take them in time is cut."""
        data = b"".join(self._parser.send(event) or b"" for event in events)
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if self._taken is not None:
            try:
                async with asyncio.timeout(self._serving.stall_seconds):
                    await self._taken.wait()
            except TimeoutError:
                self._transport.abort()

    def go_on_reading(self) -> None:
        """Have the client send the body, which is wanted now."""
        if self._parser.they_are_waiting_for_100_continue:
            go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._transport.write(self._parser.send(go_on) or b"")
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def _advance(self) -> None:
        """Read what has come, as far as it can be used now."""
        try:
            while (event := self._parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Request):
                    self._begin(event)
                elif isinstance(event, h11.ConnectionClosed):
                    return
                elif self._exchange is not None and isinstance(event, h11.Data):
                    if self._exchange.add(bytes(event.data)) > UNREAD_BYTES_MAX:
                        self._transport.pause_reading()
                elif self._exchange is not None and isinstance(event, h11.EndOfMessage):
                    self._exchange.complete()
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint or _BAD_REQUEST)

    def _begin(self, request: h11.Request) -> None:
        self._clear_deadline()
        raw_path, _, query = request.target.partition(b"?")
        scope = self._facts | {
            "method": request.method.decode("ascii"),
            "http_version": request.http_version.decode("ascii"),
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "query_string": query,
            "headers": list(request.headers),
        }
        self._exchange = _Exchange(self, is_head=request.method == b"HEAD")
        # The loop holds no reference to a task; what the task is about does.
        self._exchange.task = self._loop.create_task(self._answer(scope, self._exchange))

    async def _answer(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            await self._serving.application(scope, exchange.receive, exchange.send)
        except Exception:
            # At the edge: whatever the fault, the client must not wait for an answer.
            logger.exception("%r was not answered", scope["path"])
        self._exchange = None
        if exchange.is_lost or not exchange.is_answered:
            self._transport.abort()
        elif not self._transport.is_closing():
            self._go_on()

    def _go_on(self) -> None:
        """Wait for the next request, or end the connection."""
        if self._is_last or not self._parser.our_state is self._parser.their_state is h11.DONE:
            self._close()
            return
        self._set_deadline()
        self._parser.start_next_cycle()
        self._transport.resume_reading()
        self._advance()

    def _close(self) -> None:
        """Close; the deadline cuts a client that does not take what is left of an answer."""
        self._set_deadline()
        self._transport.close()

    def _refuse(self, status: int) -> None:
        """Answer what is no HTTP, and close; a body that is none, its own exchange refuses."""
        if self._exchange is not None:
            self._exchange.spoil()
            return
        if self._parser.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [("content-length", "0"), ("connection", "close"), _date()]
            answer = h11.Response(status_code=status, headers=headers)
            for event in (answer, h11.EndOfMessage()):
                self._transport.write(self._parser.send(event) or b"")
        self._close()

    def _set_deadline(self) -> None:
        self._clear_deadline()
        self._deadline = self._loop.call_later(self._serving.stall_seconds, self.abort)

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Exchange:
    """A request and its answer, as ASGI has them."""

    def __init__(self, connection: Http1, *, is_head: bool) -> None:
        self._connection = connection
        self._is_head = is_head
        self._body = bytearray()
        self._is_complete = self._is_read = self._is_spoilt = False
        self._waiting: asyncio.Future[None] | None = None
        self._start: Message | None = None
        self.is_lost = self.is_answered = False
        self.task: asyncio.Task[None] | None = None

    def add(self, part: bytes) -> int:
        """Take a part of the body; return how much of it nobody has read."""
        self._body += part
        self._wake()
        return len(self._body)

    def complete(self) -> None:
        """Take that the body is whole."""
        self._is_complete = True
        self._wake()

    def spoil(self) -> None:
        """Take that the body can't be read; the client may still be told."""
        self._is_spoilt = True
        self._wake()

    def lose(self) -> None:
        """Take that the client has gone."""
        self.is_lost = True
        self._wake()

    async def receive(self) -> Message:
        """Return what is next: a part of the body, or that no more will come."""
        while not self._has_next():
            if not self._is_complete:
                self._connection.go_on_reading()
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        if self.is_lost or self._is_spoilt:
            return {"type": "http.disconnect"}
        body = bytes(self._body)
        self._body.clear()
        self._is_read = self._is_complete
        return {"type": "http.request", "body": body, "more_body": not self._is_complete}

    async def send(self, message: Message) -> None:
        """Send the answer; its head together with the first part of its body."""
        if self.is_lost:
            return
        if message["type"] == "http.response.start":
            self._start = message
            return
        events: list[h11.Event] = []
        if self._start is not None:
            headers = [*self._start.get("headers", ()), _date()]
            events.append(h11.Response(status_code=self._start["status"], headers=headers))
            self._start = None
        body = message.get("body", b"")
        if body and not self._is_head:
            events.append(h11.Data(data=body))
        if not message.get("more_body", False):
            events.append(h11.EndOfMessage())
            self.is_answered = True
        await self._connection.write(*events)

    def _has_next(self) -> bool:
        is_over = self.is_lost or self._is_spoilt
        return is_over or bool(self._body) or (self._is_complete and not self._is_read)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def _date() -> tuple[str, str]:
    return ("date", http_date())


def _address(found: Any) -> tuple[str, int] | None:
    return (str(found[0]), int(found[1])) if found else None
