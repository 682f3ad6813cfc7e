"""What one process does with the connections of its ports: HTTP/1.1 by Hypercorn, cut when they
stall.

Hypercorn knows neither who a client is by its certificate nor when to give up on one that reads
nothing, and it changes to HTTP/2 for whoever asks. So its connection is extended here, by the parts
of it that its own servers are made of.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h11
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.events import Event
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import ConnectionState, LifespanState
from hypercorn.utils import parse_socket_addr, wrap_app
from starlette.types import ASGIApp

from limosa.domain.rsp.engine.requesters import holder_of
from limosa.servers.endpoints.endpoint import CERTIFIED
from limosa.servers.turns import WAIT_SECONDS_MAX

BACKLOG = 1024
GRACE_SECONDS = 5.0


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
    servers = [_Server(door, stall_seconds=stall_seconds) for door in doors]
    for server in servers:
        await server.start()
    await told.wait()
    await asyncio.gather(*(server.stop() for server in servers))


class _Server:
    """One port of this process."""

    def __init__(self, door: OpenDoor, *, stall_seconds: int) -> None:
        self._door = door
        self._config = _config(door.tls, stall_seconds)
        self._application = wrap_app(door.application, 0, "asgi")  # type: ignore[arg-type]
        self._state: LifespanState = {}
        self._context = WorkerContext(None)
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to accept connections, once the application is ready."""
        loop = asyncio.get_running_loop()
        self._lifespan = Lifespan(self._application, self._config, loop, self._state)
        self._lifetime = loop.create_task(self._lifespan.handle_lifespan())
        await self._lifespan.wait_for_startup()
        if self._lifetime.done():
            self._lifetime.result()
        context, stall = self._config.create_ssl_context(), self._config.keep_alive_timeout
        self._server = await asyncio.start_server(
            self._take,
            sock=self._door.socket,
            backlog=BACKLOG,
            ssl=context,
            ssl_handshake_timeout=stall if context else None,
            ssl_shutdown_timeout=stall if context else None,
        )

    async def stop(self) -> None:
        """Accept no more, and let what is under way end."""
        await self._context.terminated.set()
        self._server.close()
        if self._open:
            await asyncio.wait(self._open, timeout=GRACE_SECONDS)
        await self._lifespan.wait_for_shutdown()
        self._lifetime.cancel()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        connection = _Connection(
            self._application, loop, self._config, self._context, self._state, reader, writer
        )
        task = loop.create_task(connection.run())
        self._open.add(task)
        task.add_done_callback(self._open.discard)


class _Connection(TCPServer):
    """A connection that knows its client's certificate, and ends when its client stands still."""

    async def run(self) -> None:
        """Serve until either side ends it."""
        door = self.writer.get_extra_info("socket")
        tls = self.writer.get_extra_info("ssl_object")
        try:
            async with TaskGroup(self.loop) as self._task_group:
                self.protocol = _Http1(  # type: ignore[assignment]
                    self.app,
                    self.config,
                    self.context,
                    self._task_group,
                    ConnectionState({**self.state, CERTIFIED: _holder(tls)}),
                    tls is not None,
                    parse_socket_addr(door.family, door.getpeername()),
                    parse_socket_addr(door.family, door.getsockname()),
                    self.protocol_send,
                )
                await self.idle_task.restart(self._task_group, self._idle_timeout)
                await self._read_data()
        except OSError:
            pass  # It has gone.
        finally:
            await self._close()

    async def protocol_send(self, event: Event) -> None:
        """Send something, to whoever takes it in time."""
        try:
            async with asyncio.timeout(self.config.keep_alive_timeout):
                await super().protocol_send(event)
        except TimeoutError:
            self.writer.transport.abort()

    async def _close(self) -> None:
        # What is left of an answer is sent before; the timeout's cancellation is swallowed there.
        async with asyncio.timeout(self.config.keep_alive_timeout) as deadline:
            await super()._close()
        if deadline.expired():
            self.writer.transport.abort()


class _Http1(H11Protocol):
    """HTTP/1.1, and nothing else that a client may ask to change to."""

    async def _check_protocol(self, event: h11.Request) -> None:
        del event


def _holder(tls: Any) -> str:
    """Return what stands for the subject of a client's certificate; empty: there is none."""
    certificate = tls.getpeercert() if tls is not None else None
    if not certificate:
        return ""
    return holder_of(repr(certificate["subject"]))


def _config(tls: Tls | None, stall_seconds: int) -> Config:
    config = Config()
    config.alpn_protocols = ["http/1.1"]
    config.accesslog = None
    config.errorlog = None
    config.include_server_header = False
    config.keep_alive_timeout = stall_seconds
    # A request that waits for a thread is silent, and is told so in the end.
    config.read_timeout = int(WAIT_SECONDS_MAX) + stall_seconds
    if tls is not None:
        config.certfile, config.keyfile = str(tls.certificate), str(tls.key)
        if tls.client_ca is not None:
            config.ca_certs = str(tls.client_ca)
            config.verify_mode = ssl.CERT_REQUIRED
    return config
