"""Clients that hold what they can: sockets that drip a header or a body, that never read an answer,
that watch. From many addresses of loopback, as from many machines."""

import selectors
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

SOCKETS = 500
DRIP_SECONDS = 1.0


class Slow:
    """Sockets to one server, from so many addresses.

    begin: what each says first. drip: what follows, again and again. reads: takes what is answered.
    """

    def __init__(
        self,
        port: int,
        *,
        begin: Callable[[int], bytes],
        drip: bytes = b"",
        reads: bool = True,
        addresses: int = 25,
    ) -> None:
        self._port = port
        self._reads = reads
        self._addresses = addresses
        self._begin = begin
        self._drip = drip
        self._sockets: list[socket.socket] = []
        self.answers: list[bytes] = []  # The first line of whatever was answered.
        self.ended = 0
        self.kernel_bytes_max = 0  # Of those that never read, what the kernel had at the end.
        self._stop = threading.Event()

    def wait_for_answers(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.answers) < count:
            assert time.monotonic() < deadline, f"{len(self.answers)} answers"
            time.sleep(0.02)

    def _connect(self) -> None:
        for number in range(SOCKETS):
            one = socket.socket()
            if not self._reads:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
                # As on a network: in loopback's large packets a kernel takes megabytes.
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
            one.bind((f"127.1.0.{1 + number % self._addresses}", 0))
            one.connect(("127.0.0.1", self._port))
            one.sendall(self._begin(number))
            self._sockets.append(one)

    def _live(self) -> None:
        """Drip, and note what comes back, until told to stop."""
        with selectors.DefaultSelector() as selector:
            for one in self._sockets:
                one.settimeout(0.0)
                if self._reads:
                    selector.register(one, selectors.EVENT_READ)
            next_drip = time.monotonic()
            while not self._stop.is_set():
                for key, _ in selector.select(0.05) if self._reads else ():
                    self._read(selector, key.fileobj)  # type: ignore[arg-type]
                if time.monotonic() >= next_drip:
                    next_drip += DRIP_SECONDS
                    self._drip_all()
                if not self._reads:
                    self._stop.wait(0.05)

    def _read(self, selector: selectors.BaseSelector, one: socket.socket) -> None:
        try:
            said = one.recv(65536)
        except OSError:
            said = b""
        if said.startswith(b"HTTP/"):
            self.answers.append(said.partition(b"\r\n")[0])
        if not said:
            self.ended += 1
            selector.unregister(one)
            one.close()

    def _drip_all(self) -> None:
        for one in self._sockets:
            if self._drip and one.fileno() >= 0:
                try:
                    one.send(self._drip)
                except OSError:
                    continue

    def _close(self) -> None:
        if not self._reads and sys.platform == "linux":
            self.kernel_bytes_max = _kernel_bytes_max(self._port)
        for one in self._sockets:
            one.close()

    @contextmanager
    def attack(self) -> Iterator[None]:
        """Do all of it beside what the caller does, in a thread; close everything at the end."""
        with ExitStack() as stack:
            stack.callback(self._close)
            self._connect()
            living = threading.Thread(target=self._live)
            living.start()
            stack.callback(living.join)
            stack.callback(self._stop.set)
            # All of them have asked by now. What an address asks for last comes after all that it
            # asked for before, so that is worked off.
            for number in range(self._addresses):
                source = f"127.1.0.{1 + number}"
                page_times(
                    self._port, "/no-such-page", seconds=0.0, patience_seconds=30, source=source
                )
            yield


def _kernel_bytes_max(port: int) -> int:
    """Return the most that the kernel holds of a connection to a port, at both ends together."""
    held: Counter[frozenset[str]] = Counter()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, ours, theirs, _, queues, *_ = line.split()
        if f"{port:04X}" in {ours[-4:], theirs[-4:]}:
            sent, received = queues.split(":")
            held[frozenset({ours, theirs})] += int(sent, 16) + int(received, 16)
    return max(held.values(), default=0)


def page_times(
    port: int,
    path: str,
    *,
    seconds: float,
    patience_seconds: float = 3.0,
    source: str = "127.0.0.1",
) -> list[float]:
    """Ask for a page again and again, once at least; return how long each answer took, in
    milliseconds, sorted. One that is not answered in time, or with a fault, fails.
    """
    times: list[float] = []
    end = time.monotonic() + seconds
    while not times or time.monotonic() < end:
        began = time.perf_counter()
        caller = HTTPConnection(
            "127.0.0.1", port, timeout=patience_seconds, source_address=(source, 0)
        )
        try:
            caller.request("GET", path)
            answer = caller.getresponse()
            answer.read()
        finally:
            caller.close()
        assert answer.status < 500, answer.status
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(0.02)
    return sorted(times)


def p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]
