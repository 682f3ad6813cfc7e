"""What one process does with the ports of the SM-DP+: TLS by OpenSSL, HTTP/1.1 by http1.py, and how
many connections there may be."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from limosa.servers.endpoints.endpoint import CERTIFIED
from limosa.servers.smdp.http1 import Http1, Serving
from limosa.servers.smdp.lifespan import Lifespan

BACKLOG = 1024
GRACE_SECONDS = 5.0
# At a port, in a process: two ports stay below the usual limit of 1,024 open files.
CONNECTIONS_MAX = 400
CROWDED_SECONDS = 1.0  # With that many, who stands still for so long makes room.
ROOM_SECONDS = 0.05  # Until room is looked for again.

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM. client_ca: who issues the certificates that clients must show; None: none."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """A port that is listened at, and what answers there. tls None: plain HTTP."""

    socket: socket.socket
    application: ASGIApp
    tls: Tls | None


async def serve_until(
    told: asyncio.Event, doors: Sequence[OpenDoor], *, stall_seconds: int
) -> None:
    """Serve until the event; then let what is under way end, within the grace.

    stall_seconds: how long a client may stand still: in the handshake, before a request or in its
    head, and in reading an answer. Bodies have a limit of their own (servers/bodies.py).
    """
    ports = []
    async with AsyncExitStack() as held:
        for door in doors:
            lifespan = await held.enter_async_context(Lifespan(door.application))
            ports.append(_Port(door, state=lifespan.state, stall_seconds=stall_seconds))
        async with asyncio.TaskGroup() as group:
            accepting = [group.create_task(port.accept()) for port in ports]
            await told.wait()
            for task in accepting:
                task.cancel()
        await asyncio.gather(*(port.end() for port in ports))


class _Port:
    """A port, with its connections from their acceptance on."""

    def __init__(self, door: OpenDoor, *, state: dict[str, Any], stall_seconds: int) -> None:
        self._socket = door.socket
        self._socket.settimeout(0)  # As the event loop needs it.
        self._context = _context(door.tls)
        self._serving = Serving(
            application=door.application,
            scheme="http" if door.tls is None else "https",
            stall_seconds=stall_seconds,
            state_of=lambda transport: {**state, **_state_of(transport)},
        )
        self._shaking_hands: dict[asyncio.Task[None], float] = {}  # Since when; oldest first.

    async def accept(self) -> None:
        """Take connections, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            while len(self._shaking_hands) + len(self._serving.open) >= CONNECTIONS_MAX:
                self._cut(loop.time())
                await asyncio.sleep(ROOM_SECONDS)
            try:
                accepted, _ = await loop.sock_accept(self._socket)
            except OSError as error:  # It may have gone again, or no file may be opened.
                logger.warning("no connection was taken: %s", error)
                await asyncio.sleep(ROOM_SECONDS)
                continue
            task = loop.create_task(self._shake_hands(accepted))
            self._shaking_hands[task] = loop.time()
            task.add_done_callback(self._shaking_hands.pop)

    async def end(self) -> None:
        """Let the answers under way be sent, within the grace."""
        self._socket.close()
        for task in [*self._shaking_hands]:
            task.cancel()
        for connection in [*self._serving.open]:
            connection.end()
        if self._serving.open:
            await asyncio.wait(
                {asyncio.ensure_future(one.ended.wait()) for one in self._serving.open},
                timeout=GRACE_SECONDS,
            )
        for connection in [*self._serving.open]:
            connection.abort()

    def _cut(self, now: float) -> None:
        """Make room: end what has stood still for longer than is fair to those who wait."""
        for task, since in [*self._shaking_hands.items()]:
            if now >= since + CROWDED_SECONDS:
                task.cancel()
        for connection in [*self._serving.open]:
            connection.cut(after=CROWDED_SECONDS)

    async def _shake_hands(self, accepted: socket.socket) -> None:
        seconds = self._serving.stall_seconds if self._context else None
        try:
            # No piece of an answer must wait for the client's acknowledgement of the last.
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Http1(self._serving),
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=seconds,
            )
        except OSError:  # No TLS, or not in time.
            accepted.close()


def _state_of(transport: asyncio.BaseTransport) -> dict[str, Any]:
    """Return a client's certificate; empty: it has shown none."""
    tls = transport.get_extra_info("ssl_object")
    return {CERTIFIED: (tls.getpeercert(binary_form=True) if tls else None) or b""}


def _context(tls: Tls | None) -> ssl.SSLContext | None:
    if tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.client_ca is not None:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
