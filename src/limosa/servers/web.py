"""The web server: one port, one ASGI application, three kinds of request.

/events/… is asynchronous: a stream costs a few kilobytes and no thread (servers/watchers.py).
Payment notifications are verified before they get a thread (servers/notifications.py). Everything
else is Django under WSGI in a pool of threads, each with a database connection of its own
(servers/pages.py): under Django's own ASGI handler a page costs three to four times the CPU.

No thread waits for whoever is at the other end: bodies are read here (servers/bodies.py), answers
are sent from here, and one address holds only so much open (servers/crowd.py).
"""

import asyncio
import errno
import logging
import os
import resource
import signal
import socket
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from limosa.servers.bodies import PAGE_BODY_BYTES_MAX, BodyReader, BodyRefusedError
from limosa.servers.crowd import REQUESTS_OF_ADDRESS_MAX, Crowd
from limosa.servers.events import STREAMS_MAX, EventHub
from limosa.servers.hosts import OTHER_HOST_TEXT, is_for_us
from limosa.servers.notifications import WebhookReceiver
from limosa.servers.pages import Pages
from limosa.servers.parent_death import end_with_parent
from limosa.servers.proxies import TrustedProxies
from limosa.servers.replies import Receive, Scope, Send, refuse, reply
from limosa.servers.turns import SenderGoneError, WaitedTooLongError
from limosa.servers.watchers import Watchers

KILL_AFTER_SECONDS = 5
REQUESTS_WAITING_MAX = 500
HEADER_MILLISECONDS_MAX = 10_000  # It also ends connections that are kept open and say nothing.
FILES_BESIDE_SOCKETS = 300  # Databases, files of pages, the providers' connections.
SOCKETS_MIN = 100
TOO_BUSY_TEXT = gettext_noop(
    "Very many people are asking for pages just now, so yours was not made, and nothing was "
    "changed. Please try again in a moment."
)

logger = logging.getLogger(__name__)


class AddressFault(Exception):
    """The address to listen at cannot be had; the text says which and why."""


class WebApplication:
    """The ASGI application. `make_hub`, `make_receiver`: called in each process's event loop."""

    def __init__(
        self,
        *,
        pages: Pages,
        proxies: TrustedProxies,
        bodies: BodyReader,
        make_hub: Callable[[], EventHub],
        make_receiver: Callable[[], WebhookReceiver],
        watchers: Watchers,
    ) -> None:
        self._pages = pages
        self._proxies = proxies
        self._bodies = bodies
        self._make_hub = make_hub
        self._make_receiver = make_receiver
        self._hub: EventHub | None = None
        self._receiver: WebhookReceiver | None = None
        self._watchers = watchers
        self._requests = Crowd(each_max=REQUESTS_OF_ADDRESS_MAX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        scope = self._proxies.see_through(scope)
        whom = self._proxies.counted_as(scope)
        is_event = str(scope["path"]).startswith("/events/")
        is_notification = self._receiver is not None and WebhookReceiver.is_for(str(scope["path"]))
        if (is_event or is_notification) and not is_for_us(scope):
            await reply(send, 400, OTHER_HOST_TEXT)
            return
        if is_event:
            await self._watchers.serve(self._hub, scope, receive, send, whom=whom)
            return
        if self._receiver is not None and is_notification:
            # Not counted by address: a provider has few addresses and much to say.
            await self._receiver.serve(scope, receive, send)
            return
        with self._requests.place_for(whom) as has_place:
            if has_place:
                await self._serve_page(scope, receive, send, whom=whom)
            else:
                text = gettext_noop(
                    "Too many requests are coming from your network. Please try again in a moment."
                )
                await refuse(scope, send, 429, text)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        # By force: an orphan that waits for its open connections would go on holding the port.
        end_with_parent(signal.SIGKILL)
        hub = self._hub = self._make_hub()
        hub.start()
        receiver = self._receiver = self._make_receiver()
        receiver.start()
        _on_sigterm(hub.close_streams)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.stop()
        await receiver.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve_page(self, scope: Scope, receive: Receive, send: Send, *, whom: str) -> None:
        try:
            body = await self._bodies.read(scope, receive, bytes_max=PAGE_BODY_BYTES_MAX)
            await self._pages.serve(scope, body, receive, send, whom=whom)
        except BodyRefusedError as refused:
            await refuse(scope, send, refused.status, refused.text)
        except WaitedTooLongError:
            await refuse(scope, send, 503, TOO_BUSY_TEXT)
        except SenderGoneError:
            logger.debug("who asked for %s has gone", scope["path"])


def serve(target: str, *, host: str, port: int, shared_folder: Path, workers: int = 0) -> None:
    """Serve an ASGI application until SIGTERM or SIGINT.

    target: "module:name" of what makes it, in each process, when it is given the folder.
    shared_folder: is there as long as the server, for what its processes keep together.
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
        # With "auto" a socket that says nothing is never closed.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS_MAX),
        backpressure=_sockets_max(),
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(_made, shared_folder=shared_folder))


def _made(target: str, *, shared_folder: Path) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)(shared_folder=shared_folder)


def _sockets_max() -> int:
    """Return how many sockets a process may take: so many that the limit of open files allows.

    The soft limit is raised as far as it may be. Above the limit, accepting fails in a circle.
    """
    wanted = STREAMS_MAX + REQUESTS_WAITING_MAX
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + FILES_BESIDE_SOCKETS:
        soft = wanted + FILES_BESIDE_SOCKETS
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    possible = max(soft - FILES_BESIDE_SOCKETS, SOCKETS_MIN)
    if possible < wanted:
        logger.warning(
            "only %d files may be open, so %d sockets a process instead of %d: raise the limit "
            "(LimitNOFILE in systemd, ulimit -n)",
            soft,
            possible,
            wanted,
        )
    return min(wanted, possible)


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
