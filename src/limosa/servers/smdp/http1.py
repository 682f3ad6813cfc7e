"""HTTP/1.1 for an ASGI application, one object per connection, on asyncio's transports.

Phones open a TLS connection for each call, so what a connection costs is most of what a call costs
besides its operation: there is no task but the request's own, no stream and no queue. The grammar
is h11's. It is lenient where a proxy in front may read another request than we do; that is refused
here. No client can change to another protocol: an upgrade that is offered is ignored.

A client that stands still is cut: before a request or in its head, and when it does not read an
answer. Bodies have a limit of their own (servers/bodies.py), and so has waiting for a thread. An
application is never cancelled: what it does in a thread ends as it began.

Sources: RFC 9112 (HTTP/1.1); ASGI 3.0, HTTP version 2.3.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import unquote

import h11
from starlette.types import ASGIApp, Message, Scope

from limosa.servers.smdp.heads import (
    HEAD_BYTES_MAX,
    check_lines,
    check_request,
    in_origin_form,
    response,
)

UNREAD_BYTES_MAX = 64 * 1024  # Of a body, or of later requests, that nobody has asked for yet.
PIECE_BYTES = 64 * 1024  # Of an answer: what a client has to take in time.
LINGER_SECONDS = 1.0  # For what still comes or goes when a connection ends.
_WITHOUT_BODY = {204, 304}

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
    """One connection. Belongs to an event loop. address: whose count it is part of; empty:
    nobody's."""

    def __init__(self, serving: Serving, address: str = "") -> None:
        self._serving = serving
        self.address = address
        self._loop = asyncio.get_running_loop()
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES_MAX)
        self._exchange: _Exchange | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._taken: asyncio.Event | None = None
        self._is_last = self._is_broken = self._is_cut = False
        self._begun_at = 0.0
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, once the handshake is done."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=PIECE_BYTES)
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
        self._set_deadline(self._serving.stall_seconds, self._give_up)

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
        if not self._is_broken:
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
        self._is_cut = True
        self._transport.abort()

    def cut(self, *, after: float) -> None:
        """End at once, if the client has stood still for so many seconds."""
        since = self.still_since
        if since is not None and self._loop.time() >= since + after:
            self.abort()

    @property
    def still_since(self) -> float | None:
        """Since when the client has stood still: before a request, or in one that has not come
        whole, however much of it comes. None: a request is under way, or this has been cut."""
        if self._is_cut:
            return None
        if self._deadline is not None:
            return self._deadline.when() - self._serving.stall_seconds
        return self._begun_at if self._parser.their_state is h11.SEND_BODY else None

    @property
    def takes_no_more(self) -> bool:
        """Whether no request can follow the one under way; it may not have come whole."""
        return self._is_last or self._is_broken or self._parser.their_state is h11.SEND_BODY

    async def write(self, *events: h11.Event) -> None:
        """Send events, in one write. A client that does not take each piece in time is cut.

        Raises h11.LocalProtocolError, if HTTP forbids it.
        """
        data = b"".join(self._parser.send(event) or b"" for event in events)
        for start in range(0, len(data), PIECE_BYTES):
            if self._transport.is_closing():
                return
            self._transport.write(data[start : start + PIECE_BYTES])
            if self._taken is not None:
                try:
                    async with asyncio.timeout(self._serving.stall_seconds):
                        await self._taken.wait()
                except TimeoutError:
                    self.abort()

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
            while (event := self._next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                self._take(event)
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint)
        else:
            if event is h11.PAUSED and len(self._parser.trailing_data[0]) > UNREAD_BYTES_MAX:
                self._transport.pause_reading()

    def _next_event(self) -> object:
        """Return h11's next event. Raises h11.RemoteProtocolError."""
        if self._parser.their_state in {h11.DONE, h11.MUST_CLOSE}:
            return h11.PAUSED  # The next request waits; after the last, nothing is read.
        before = self._parser.trailing_data[0]
        event = self._parser.next_event()
        if isinstance(event, h11.Request | h11.EndOfMessage):
            check_lines(before[: len(before) - len(self._parser.trailing_data[0])])
        if isinstance(event, h11.Request):
            event = in_origin_form(event)
            check_request(event)
        return event

    def _take(self, event: object) -> None:
        if isinstance(event, h11.Request):
            self._begin(event)
        elif self._exchange is not None and isinstance(event, h11.Data):
            if self._exchange.add(bytes(event.data)) > UNREAD_BYTES_MAX:
                self._transport.pause_reading()
        elif self._exchange is not None and isinstance(event, h11.EndOfMessage):
            self._exchange.complete()

    def _begin(self, request: h11.Request) -> None:
        self._clear_deadline()
        self._begun_at = self._loop.time()
        raw_path, _, query = request.target.partition(b"?")
        scope = self._facts | {
            "method": request.method.decode("ascii").upper(),
            "http_version": request.http_version.decode("ascii"),
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "query_string": query,
            "headers": list(request.headers),
            "state": dict(self._facts["state"]),
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
        exchange.end()
        if self._transport.is_closing() or exchange.is_lost:
            self.abort()
        elif self._parser.our_state is h11.SEND_RESPONSE:
            self._refuse(500)
        elif self._parser.our_state in {h11.DONE, h11.MUST_CLOSE}:
            self._go_on()
        else:
            self.abort()  # By this the client knows that it has half of an answer.

    def _go_on(self) -> None:
        """Wait for the next request, or end the connection."""
        is_open = self._parser.our_state is self._parser.their_state is h11.DONE
        if self.takes_no_more or not is_open:
            self._close()
            return
        self._set_deadline(self._serving.stall_seconds, self._give_up)
        self._parser.start_next_cycle()
        self._transport.resume_reading()
        self._advance()

    def _close(self) -> None:
        """Close; who does not take what is left of an answer in time is cut.

        Where a request may still be coming, that is passed over for a moment: a reset could
        overtake the answer.
        """
        if self._is_broken or self._parser.their_state is h11.SEND_BODY:
            self._is_broken = True
            self._set_deadline(LINGER_SECONDS, self._transport.close)
            self._transport.resume_reading()
            if self._transport.can_write_eof() and not self._transport.get_write_buffer_size():
                with suppress(OSError):  # It has gone, and we are not told yet.
                    self._transport.write_eof()
        else:
            self._set_deadline(self._serving.stall_seconds, self.abort)
            self._transport.close()

    def _give_up(self) -> None:
        """Close, because the client stands still."""
        self._set_deadline(LINGER_SECONDS, self.abort)
        self._transport.close()

    def _refuse(self, status: int) -> None:
        """Answer what is no HTTP, and close; a body that is none, its own exchange refuses."""
        self._is_broken = True
        if self._exchange is not None:
            self._exchange.spoil()
            return
        if self._parser.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            for event in (response(status, headers), h11.EndOfMessage()):
                self._transport.write(self._parser.send(event) or b"")
        self._close()

    def _set_deadline(self, seconds: float, then: Callable[[], None]) -> None:
        self._clear_deadline()
        self._deadline = self._loop.call_later(seconds, then)

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
        self._changed = asyncio.Event()
        self._start: h11.Response | None = None
        self._is_ended = False
        self.is_lost = False
        self.task: asyncio.Task[None] | None = None

    def add(self, part: bytes) -> int:
        """Take a part of the body; return how much of it nobody has read."""
        self._body += part
        self._changed.set()
        return len(self._body)

    def complete(self) -> None:
        """Take that the body is whole."""
        self._is_complete = True
        self._changed.set()

    def spoil(self) -> None:
        """Take that the body can't be read; the client may still be told."""
        self._is_spoilt = True
        self._changed.set()

    def lose(self) -> None:
        """Take that the client has gone."""
        self.is_lost = True
        self._changed.set()

    def end(self) -> None:
        """Let nobody wait for more of it."""
        self._is_ended = True
        self._changed.set()

    async def receive(self) -> Message:
        """Return what is next: a part of the body, or that no more will come."""
        while not self._is_over and not self._has_part:
            if not self._is_complete:
                self._connection.go_on_reading()
            self._changed.clear()
            await self._changed.wait()
        if self._is_over:
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
            headers = [*message.get("headers", ())]
            if self._connection.takes_no_more:
                headers.append((b"connection", b"close"))
            self._start = response(message["status"], headers)
            self._is_bodiless = self._is_head or message["status"] in _WITHOUT_BODY
        elif message["type"] == "http.response.body":
            await self._send_body(message.get("body", b""), goes_on=message.get("more_body", False))
        else:
            raise ValueError(message["type"])

    async def _send_body(self, part: bytes, *, goes_on: bool) -> None:
        events: list[h11.Event] = []
        if self._start is not None:
            events.append(self._start)
            self._start = None
        if part and not self._is_bodiless:
            events.append(h11.Data(data=part))
        if not goes_on:
            events.append(h11.EndOfMessage())
        await self._connection.write(*events)
        if not goes_on:
            self.end()

    @property
    def _is_over(self) -> bool:
        return self.is_lost or self._is_spoilt or self._is_ended

    @property
    def _has_part(self) -> bool:
        return bool(self._body) or (self._is_complete and not self._is_read)


def _address(found: Any) -> tuple[str, int] | None:
    return (str(found[0]), int(found[1])) if found else None
