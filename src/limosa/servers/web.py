"""The web server: one port, several processes, each with the ASGI application of config/asgi.py.

No thread waits for the other end of a connection: bodies are read in the event loop
(servers/bodies.py), responses are sent from it, and one address may hold only so much open
(servers/limits.py). The server itself therefore needs limits only for what precedes the
application: sockets, and request headers.
"""

import errno
import logging
import os
import resource
import socket
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from limosa.servers.events import STREAMS_MAX

KILL_AFTER_SECONDS = 5
REQUESTS_WAITING_MAX = 500
HEADER_MILLISECONDS_MAX = 10_000  # This also closes idle keep-alive connections.
FILES_BESIDE_SOCKETS = 300  # Databases, buffered responses, connections to providers.
SOCKETS_MIN = 100

logger = logging.getLogger(__name__)


class AddressFault(Exception):
    """The listening address can't be used; the text says which and why."""


def serve(target: str, *, host: str, port: int, shared_folder: Path, workers: int = 0) -> None:
    """Serve an ASGI application until SIGTERM or SIGINT.

    target: "module:name" of its factory, called in each process with the folder.
    shared_folder: exists as long as the server, for what its processes share.
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
        # With "auto" a silent socket is never closed.
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
    """Return how many sockets a process may take, within its limit on open files.

    The soft limit is raised as far as allowed. Above the limit, accepting fails in a busy loop.
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
    """Refuse an address that is already in use; the server itself would share it silently."""
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
