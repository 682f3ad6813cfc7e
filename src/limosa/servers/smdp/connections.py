"""What one process does with the ports of the SM-DP+: TLS by OpenSSL, HTTP/1.1 by http1.py, and how
many connections there may be."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from limosa.foundation.addresses import Networks, household, is_in, read_address
from limosa.servers.endpoints.endpoint import CERTIFIED
from limosa.servers.smdp.file_limit import connections_max
from limosa.servers.smdp.http1 import Http1, Serving
from limosa.servers.smdp.lifespan import Lifespan

BACKLOG = 1024
GRACE_SECONDS = 5.0
CROWDED_SECONDS = 1.0  # With no room left, who stands still for so long makes some.
ROOM_SECONDS = 0.05  # Until room is looked for again.
TELL_SECONDS = 5.0  # Between two lines in the log about connections that were not taken.
# Of its connections one address may have a quarter stand still; in a small port, so many.
_SHARES, _SHARE_MIN = 4, 8

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
    told: asyncio.Event,
    doors: Sequence[OpenDoor],
    *,
    stall_seconds: int,
    proxies: Networks = (),
) -> None:
    """Serve until the event; then let what is under way end, within the grace.

    stall_seconds: how long a client may stand still: in the handshake, before a request or in its
    head, and in reading an answer. Bodies have a limit of their own (servers/bodies.py). proxies:
    behind them there may be anybody, so their connections are not counted by address.
    """
    ports = []
    most = connections_max(ports=len(doors))
    async with AsyncExitStack() as held:
        for door in doors:
            lifespan = await held.enter_async_context(Lifespan(door.application))
            serving = _serving(door, state=lifespan.state, stall_seconds=stall_seconds)
            ports.append(_Port(door, serving, most=most, proxies=proxies))
        async with asyncio.TaskGroup() as group:
            accepting = [group.create_task(port.accept()) for port in ports]
            await told.wait()
            for task in accepting:
                task.cancel()
        await asyncio.gather(*(port.end() for port in ports))


@dataclass(frozen=True, slots=True)
class _Handshake:
    """A connection that is not open yet, or has just opened."""

    connection: Http1
    since: float


class _Port:
    """A port, with its connections from their acceptance on."""

    def __init__(self, door: OpenDoor, serving: Serving, *, most: int, proxies: Networks) -> None:
        self._socket = door.socket
        self._socket.settimeout(0)  # As the event loop needs it.
        self._context = _context(door.tls)
        self._serving = serving
        self._connections_max = most
        self._still_of_address_max = max(most // _SHARES, _SHARE_MIN)
        self._proxies = proxies
        self._shaking_hands: dict[asyncio.Task[None], _Handshake] = {}  # Oldest first.
        self._told_at = float("-inf")

    async def accept(self) -> None:
        """Take connections, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            while self._count() >= self._connections_max:
                self._cut(loop.time())
                await asyncio.sleep(ROOM_SECONDS)
            try:
                accepted, peer = await loop.sock_accept(self._socket)
            except OSError as error:  # It may have gone again, or no file may be opened.
                self._tell(error, now=loop.time())
                await asyncio.sleep(ROOM_SECONDS)
                continue
            connection = Http1(self._serving, self._counted_as(peer[0]))
            self._make_room_of(connection.address)
            task = loop.create_task(self._shake_hands(accepted, connection))
            self._shaking_hands[task] = _Handshake(connection, since=loop.time())
            task.add_done_callback(self._shaking_hands.pop)
            await asyncio.sleep(0)  # Those that were cut end now, and the new one begins.

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
        for task, handshake in [*self._shaking_hands.items()]:
            if now >= handshake.since + CROWDED_SECONDS:
                task.cancel()
        for connection in [*self._serving.open]:
            connection.cut(after=CROWDED_SECONDS)

    def _make_room_of(self, address: str) -> None:
        """End the address's own oldest connection that stands still, if it has its share of them.

        Whoever opens many and uses none shuts nobody else out."""
        if not address or self._count() < self._still_of_address_max:
            return
        still: list[tuple[float, Callable[[], object]]] = [
            (handshake.since, task.cancel)
            for task, handshake in self._shaking_hands.items()
            if handshake.connection.address == address
            and handshake.connection not in self._serving.open
            and not task.cancelling()
        ]
        for connection in self._serving.open:
            since = connection.still_since
            if connection.address == address and since is not None:
                still.append((since, connection.abort))
        if len(still) >= self._still_of_address_max:
            _, end = min(still, key=itemgetter(0))
            end()

    def _count(self) -> int:
        return len(self._shaking_hands) + len(self._serving.open)

    def _counted_as(self, address: str) -> str:
        """Return whose count a connection is part of; empty: nobody's."""
        read = read_address(address)
        return "" if read is not None and is_in(read, self._proxies) else household(address)

    def _tell(self, error: OSError, *, now: float) -> None:
        """Log that no connection was taken; during a flood, a line every few seconds."""
        if now >= self._told_at + TELL_SECONDS:
            self._told_at = now
            logger.warning("no connection was taken: %s", error)

    async def _shake_hands(self, accepted: socket.socket, connection: Http1) -> None:
        seconds = self._serving.stall_seconds if self._context else None
        try:
            # No piece of an answer must wait for the client's acknowledgement of the last.
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection,
                accepted,
                ssl=self._context,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=seconds,
            )
        except OSError:  # No TLS, or not in time.
            accepted.close()


def _serving(door: OpenDoor, *, state: dict[str, Any], stall_seconds: int) -> Serving:
    return Serving(
        application=door.application,
        scheme="http" if door.tls is None else "https",
        stall_seconds=stall_seconds,
        state_of=lambda transport: {**state, **_state_of(transport)},
    )


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
    # Each process has a key of its own for them, so that another could not resume by one.
    context.num_tickets = 0
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.client_ca is not None:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
