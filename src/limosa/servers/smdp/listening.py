"""The ports of the SM-DP+: TLS, several processes that serve all of them, and what they do at the
end.

Not the web server's (servers/web.py): the certificates that SGP.22 prescribes for TLS have a
critical extension and may be on brainpool curves. OpenSSL takes both; Rustls takes neither.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import SpawnProcess
from pathlib import Path

import uvloop
from starlette.types import ASGIApp

from limosa.foundation.addresses import Networks
from limosa.servers.parent_death import end_with_parent
from limosa.servers.smdp.connections import BACKLOG, GRACE_SECONDS, OpenDoor, Tls, serve_until
from limosa.servers.smdp.file_limit import raise_file_limit

RESPAWN_SECONDS = 1.0

logger = logging.getLogger(__name__)
Sockets = Mapping[str, socket.socket]


class ListeningFault(Exception):
    """A port, or a file for TLS, can't be used; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A port. name: of the application that answers there. tls None: plain HTTP."""

    name: str
    host: str
    port: int
    tls: Tls | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """target: "module:name" of the factory of the applications by name, called in each process with
    the folder, which is common to all. stall_seconds: when a client that stands still is cut.
    proxies: whose connections are not counted by address."""

    target: str
    doors: tuple[Door, ...]
    shared_folder: Path
    stall_seconds: int
    proxies: Networks = ()


def listen(listening: Listening, *, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, in so many processes; 0: one per core.

    A process that dies is replaced. Raises ListeningFault.
    """
    raise_file_limit(ports=len(listening.doors))
    with ExitStack() as held:
        sockets = {}
        for door in listening.doors:
            _check_tls(door.tls)
            sockets[door.name] = held.enter_context(_open_port(door))
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        count = workers or len(os.sched_getaffinity(0))
        processes = [_started(listening, sockets) for _ in range(count)]
        while not stopping.wait(RESPAWN_SECONDS):
            for place, process in enumerate(processes):
                if not process.is_alive():
                    logger.error(
                        "an SM-DP+ process ended with %s; starting another", process.exitcode
                    )
                    processes[place] = _started(listening, sockets)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(2 * GRACE_SECONDS)
            process.kill()


def _started(listening: Listening, sockets: Sockets) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(listening, sockets))
    process.start()
    return process


def _serve(listening: Listening, sockets: Sockets) -> None:
    # By force: an orphan waiting for its open connections would keep holding the port.
    end_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when.
    module, _, name = listening.target.partition(":")
    factory = getattr(import_module(module), name)
    applications: Mapping[str, ASGIApp] = factory(shared_folder=listening.shared_folder)
    doors = [
        OpenDoor(socket=sockets[one.name], application=applications[one.name], tls=one.tls)
        for one in listening.doors
    ]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve_until_told(doors, listening))


async def _serve_until_told(doors: list[OpenDoor], listening: Listening) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await serve_until(told, doors, stall_seconds=listening.stall_seconds, proxies=listening.proxies)


@contextmanager
def _open_port(at: Door) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((at.host, at.port))
        except OSError as error:
            raise ListeningFault(
                f"Cannot listen at {at.host}, port {at.port}: {error.strerror}."
            ) from error
        door.listen(BACKLOG)
        yield door


def _check_tls(tls: Tls | None) -> None:
    """Refuse files that can't be used, before any process starts."""
    if tls is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ListeningFault(f"The certificate and key for TLS can't be used: {error}.") from error
    try:
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
    except (OSError, ssl.SSLError) as error:
        raise ListeningFault(
            f"The certificates of those who may order can't be used: {error}."
        ) from error
