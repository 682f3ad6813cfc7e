"""The web server: one port, one ASGI application, three kinds of request.

/events/… is asynchronous: a stream costs a few kilobytes and no thread. Payment notifications are
verified before they get a thread (servers/notifications.py). Everything else is Django
under WSGI in a pool of threads, each with a database connection of its own: under Django's own
ASGI handler a page costs three to four times the CPU.
"""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from a2wsgi import WSGIMiddleware
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server

from limosa.servers.events import STREAMS_MAX, EventHub
from limosa.servers.notifications import NotificationDesk
from limosa.servers.proxies import TrustedProxies
from limosa.servers.tether import end_with_parent

KILL_AFTER_SECONDS = 5
REQUESTS_WAITING_MAX = 500

Message = dict[str, object]
Scope = dict[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AddressFault(Exception):
    """The address to listen at cannot be had; the text says which and why."""


class WebApplication:
    """The ASGI application. `make_hub`, `make_desk`: called in the event loop of each process.

    permitted_topic: returns the topic that a path and a token give the right to watch, or None.
    """

    def __init__(
        self,
        *,
        pages: Callable[..., Any],
        proxies: TrustedProxies,
        threads: int,
        make_hub: Callable[[], EventHub],
        make_desk: Callable[[], NotificationDesk],
        permitted_topic: Callable[[str, str], str | None],
    ) -> None:
        self._pages = WSGIMiddleware(pages, workers=threads)
        self._proxies = proxies
        self._make_hub = make_hub
        self._permitted_topic = permitted_topic
        self._make_desk = make_desk
        self._hub: EventHub | None = None
        self._desk: NotificationDesk | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        scope = self._proxies.see_through(scope)
        if str(scope["path"]).startswith("/events/"):
            await self._serve_events(scope, receive, send)
        elif self._desk is not None and NotificationDesk.is_for(str(scope["path"])):
            await self._desk.serve(scope, receive, send)
        else:
            await self._serve_page(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        # By force: an orphan that waits for its open connections would go on holding the port.
        end_with_parent(signal.SIGKILL)
        hub = self._hub = self._make_hub()
        hub.start()
        desk = self._desk = self._make_desk()
        desk.start()
        _on_sigterm(hub.close_streams)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.stop()
        await desk.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_one() -> Message:
            return await receive()  # a2wsgi wants a coroutine; granian's own is another awaitable.

        await self._pages(_without_underscored_headers(scope), receive_one, send)  # type: ignore[arg-type]

    async def _serve_events(self, scope: Scope, receive: Receive, send: Send) -> None:
        hub = self._hub
        if scope["method"] != "GET":
            await _answer(send, 405, "Only GET.")
            return
        query = parse_qs(bytes(scope["query_string"]).decode("latin-1"))  # type: ignore[call-overload]
        topic = self._permitted_topic(str(scope["path"]), query.get("t", [""])[0])
        if topic is None:
            await _answer(send, 403, "This address is not, or no longer, valid.")
        elif hub is None or hub.is_full:
            await _answer(send, 503, "Too many are watching; ask the page itself.")
        else:
            await _stream(hub, topic, receive, send)


def serve(target: str, *, host: str, port: int, workers: int = 0) -> None:
    """Serve the ASGI application that `target` ("module:name") names, until SIGTERM or SIGINT.

    workers: processes; 0 means one per core. Raises AddressFault.
    """
    _check_address(host, port)
    server = Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers or _cores(),
        loop=Loops.asyncio,
        websockets=False,
        backpressure=STREAMS_MAX + REQUESTS_WAITING_MAX,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_address(host: str, port: int) -> None:
    """Refuse an address that somebody listens at; the server itself would share it silently."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AddressFault(f"Port {port} is taken by another program.") from error
            raise AddressFault(
                f"Cannot listen at {host}, port {port}: {error.strerror}."
            ) from error


def _on_sigterm(act: Callable[[], None]) -> None:
    """Call `act` in the event loop at SIGTERM, beside what the server does then.

    The server waits for open requests to end, and a stream would not end by itself.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        # The loop's own handlers work by a wake-up file descriptor and stay in force.
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))


def _without_underscored_headers(scope: Scope) -> Scope:
    """Drop headers such as X_Forwarded_Proto: WSGI cannot tell them from X-Forwarded-Proto."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
    return scope | {"headers": [(name, value) for name, value in headers if b"_" not in name]}


async def _stream(hub: EventHub, topic: str, receive: Receive, send: Send) -> None:
    async with hub.stream(topic) as messages:
        if messages is None:
            await _answer(send, 404, "There is nothing to watch here.")
            return
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def send_all() -> None:
            async for body in messages:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        sending = asyncio.create_task(send_all())
        leaving = asyncio.create_task(_gone(receive))
        _, unfinished = await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    """Return when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
