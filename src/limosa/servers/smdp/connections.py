"""What one process does with the ports of the SM-DP+: TLS by OpenSSL, and HTTP/1.1 by http1.py."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from limosa.domain.rsp.engine.requesters import holder_of
from limosa.servers.endpoints.endpoint import CERTIFIED
from limosa.servers.smdp.http1 import Http1, Serving
from limosa.servers.smdp.lifespan import Lifespan

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
    servings = []
    async with AsyncExitStack() as held:
        for door in doors:
            await held.enter_async_context(Lifespan(door.application))
            serving = Serving(
                application=door.application,
                scheme="http" if door.tls is None else "https",
                stall_seconds=stall_seconds,
                state_of=_state_of,
            )
            server = await _open(door, serving)
            held.callback(server.close)
            servings.append((server, serving))
        await told.wait()
        for server, _ in servings:
            server.close()
        await asyncio.gather(*(_end(serving) for _, serving in servings))


async def _open(door: OpenDoor, serving: Serving) -> asyncio.Server:
    has_tls = door.tls is not None
    return await asyncio.get_running_loop().create_server(
        lambda: Http1(serving),
        sock=door.socket,
        backlog=BACKLOG,
        ssl=_context(door.tls),
        ssl_handshake_timeout=serving.stall_seconds if has_tls else None,
        ssl_shutdown_timeout=serving.stall_seconds if has_tls else None,
    )


async def _end(serving: Serving) -> None:
    """Let the answers under way be sent, within the grace."""
    for connection in [*serving.open]:
        connection.end()
    if serving.open:
        await asyncio.wait(
            {asyncio.ensure_future(one.ended.wait()) for one in serving.open},
            timeout=GRACE_SECONDS,
        )
    for connection in [*serving.open]:
        connection.abort()


def _state_of(transport: asyncio.BaseTransport) -> dict[str, Any]:
    """Return who a client is by its certificate."""
    return {CERTIFIED: _holder(transport.get_extra_info("peercert"))}


def _holder(certificate: Any) -> str:
    """Return what stands for the subject of a client's certificate; empty: there is none."""
    return holder_of(repr(certificate["subject"])) if certificate else ""


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
