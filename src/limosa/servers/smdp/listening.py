"""The port of the SM-DP+: TLS, several processes, and what they do at the end.

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import SpawnProcess
from pathlib import Path

import hypercorn.asyncio
from hypercorn.config import Config

from limosa.servers.parent_death import end_with_parent

BACKLOG = 1024
# Of a connection: to its first request or between two, and between two parts of one.
IDLE_SECONDS = HANDSHAKE_SECONDS = 10
GRACE_SECONDS = 5.0
RESPAWN_SECONDS = 1.0

logger = logging.getLogger(__name__)


class ListeningFault(Exception):
    """The port, or a file for TLS, can't be used; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files in PEM. client_ca: who issues the certificates that clients must show; None: none."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """target: "module:name" of the application's factory, called in each process with the folder,
    which is common to all. tls None: plain HTTP."""

    target: str
    host: str
    port: int
    shared_folder: Path
    tls: Tls | None


def listen(listening: Listening, *, workers: int) -> None:
    """Serve until SIGTERM or SIGINT, in so many processes; 0: one per core.

    A process that dies is replaced. Raises ListeningFault.
    """
    _check_tls(listening.tls)
    with _open_port(listening) as door:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        count = workers or len(os.sched_getaffinity(0))
        processes = [_started(listening, door) for _ in range(count)]
        while not stopping.wait(RESPAWN_SECONDS):
            for place, process in enumerate(processes):
                if not process.is_alive():
                    logger.error(
                        "an SM-DP+ process ended with %s; starting another", process.exitcode
                    )
                    processes[place] = _started(listening, door)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(2 * GRACE_SECONDS)
            process.kill()


def _started(listening: Listening, door: socket.socket) -> SpawnProcess:
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(listening, door))
    process.start()
    return process


def _serve(listening: Listening, door: socket.socket) -> None:
    # By force: an orphan waiting for its open connections would keep holding the port.
    end_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent says when.
    module, _, name = listening.target.partition(":")
    application = getattr(import_module(module), name)(shared_folder=listening.shared_folder)
    asyncio.run(_serve_until_told(application, _config(listening, door)))


async def _serve_until_told(application: object, config: Config) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    await hypercorn.asyncio.serve(application, config, shutdown_trigger=told.wait)  # type: ignore[arg-type]


def _config(listening: Listening, door: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{door.detach()}"]
    config.alpn_protocols = ["http/1.1"]
    config.accesslog = None
    config.errorlog = None
    config.include_server_header = False
    config.keep_alive_timeout = config.read_timeout = IDLE_SECONDS
    config.ssl_handshake_timeout = HANDSHAKE_SECONDS
    config.graceful_timeout = GRACE_SECONDS
    if listening.tls is not None:
        config.certfile, config.keyfile = str(listening.tls.certificate), str(listening.tls.key)
        if listening.tls.client_ca is not None:
            config.ca_certs = str(listening.tls.client_ca)
            config.verify_mode = ssl.CERT_REQUIRED
    return config


@contextmanager
def _open_port(listening: Listening) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((listening.host, listening.port))
        except OSError as error:
            raise ListeningFault(
                f"Cannot listen at {listening.host}, port {listening.port}: {error.strerror}."
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
        if tls.client_ca is not None:
            context.load_verify_locations(tls.client_ca)
    except (OSError, ssl.SSLError) as error:
        raise ListeningFault(f"The certificate and key for TLS can't be used: {error}.") from error
