"""One address that opens many connections and uses none: others are served, few files or not."""

import resource
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from limosa.servers.ports import is_taken
from limosa.servers.smdp.file_limit import (
    CONNECTIONS_MAX,
    FILES_BESIDE,
    connections_max,
    raise_file_limit,
)
from tests.processes import Process, free_ports

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(120)]
MANY = 350
FILES = 256
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
SERVED_WITHIN_SECONDS = 2.0
LOG_LINES_MAX = 10


@contextmanager
def small_server(folder: Path, *, files: int, proxies: tuple[str, ...] = ()) -> Iterator[int]:
    """Yield the port of a server that may open so many files, and no more."""
    [port] = free_ports(1)
    command = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"]
    module = [sys.executable, "-m", "tests.unit.servers.smdp.small_server", str(port), *proxies]
    server = Process(
        [*command, *module],
        log=folder / "log",
        is_ready=lambda: is_taken(port) and ask(port) is not None,
    )
    with server:
        yield port


def ask(port: int) -> float | None:
    """Ask from 127.0.0.1; return how long the answer took. None: there was none."""
    began = time.monotonic()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(POST % 2 + b"{}")
            heard = client.recv(12)
    except OSError:
        return None
    return time.monotonic() - began if heard == b"HTTP/1.1 200" else None


def says_nothing(client: socket.socket) -> None:
    del client


def stalls_in_a_body(client: socket.socket) -> None:
    client.sendall(POST % 100 + b"{")


@contextmanager
def crowd(port: int, stall: Callable[[socket.socket], None]) -> Iterator[list[socket.socket]]:
    """Hold many connections of one address, none of which asks for anything."""
    with ExitStack() as held:
        clients = []
        for _ in range(MANY):
            client = socket.socket()
            held.callback(client.close)
            client.settimeout(20)
            client.bind(("127.0.0.2", 0))
            client.connect(("127.0.0.1", port))
            stall(client)
            clients.append(client)
        yield clients


@pytest.mark.parametrize("stall", [says_nothing, stalls_in_a_body])
@pytest.mark.parametrize("files", [FILES, 1024])
def test_others_are_served_and_the_log_stays_short(
    tmp_path: Path, files: int, stall: Callable[[socket.socket], None]
) -> None:
    with small_server(tmp_path, files=files) as port, crowd(port, stall):
        for _ in range(5):
            took = ask(port)
            assert took is not None
            assert took < SERVED_WITHIN_SECONDS
    assert len((tmp_path / "log").read_text().splitlines()) < LOG_LINES_MAX


def still_open(clients: list[socket.socket]) -> int:
    """Return how many the server has not ended."""
    count = 0
    for client in clients:
        client.setblocking(False)  # noqa: FBT003 -- the name is Python's
        try:
            client.recv(1)
        except BlockingIOError:
            count += 1
        except ConnectionResetError:
            pass
    return count


@pytest.mark.parametrize(
    ("proxies", "left_max"), [((), CONNECTIONS_MAX // 4), (("127.0.0.2/32",), MANY)]
)
def test_an_address_has_its_own_oldest_ended_and_a_proxy_has_not(
    tmp_path: Path, proxies: tuple[str, ...], left_max: int
) -> None:
    with (
        small_server(tmp_path, files=4096, proxies=proxies) as port,
        crowd(port, says_nothing) as clients,
    ):
        assert ask(port) is not None
        assert still_open(clients) == left_max
        # Those of the same millisecond are as old as each other.
        assert still_open(clients[: -left_max - 10]) == 0


def test_the_soft_limit_is_raised_as_far_as_is_needed_and_allowed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    limits = [64, 700]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: limits.__setitem__(0, given[0]))
    raise_file_limit(ports=2)
    assert limits == [700, 700]
    assert connections_max(ports=2) == (700 - FILES_BESIDE) // 2
    assert "only 700 files" in caplog.text
    caplog.clear()
    limits[1] = resource.RLIM_INFINITY
    raise_file_limit(ports=2)
    assert limits[0] == 2 * CONNECTIONS_MAX + FILES_BESIDE
    assert connections_max(ports=2) == CONNECTIONS_MAX
    assert not caplog.records
