"""Clients that download side by side: each call over a TLS connection of its own."""

import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from limosa_lab.benchmarks.smdp.cheap_phone import PATH, AnswerRefused, CheapPhone

_READ_BYTES = 65_536
_SECONDS_MAX = 30.0


@dataclass(slots=True)
class Downloads:
    """What came of a phase. `seconds`: of each download, from its first call to the 204."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    wall_seconds: float = 0.0
    client_cpu_seconds: float = 0.0

    @property
    def count(self) -> int:
        return len(self.seconds)

    @property
    def per_second(self) -> float:
        return self.count / self.wall_seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


class Connector:
    """Makes the calls of phones to one server."""

    def __init__(self, *, port: int, name: str) -> None:
        self._port, self._name = port, name
        # A phone verifies its server; here that would only cost what is not measured.
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE

    def call(self, function: str, body: bytes) -> bytes:
        """Return the answer's body. Raises AnswerRefused, OSError."""
        head = (
            f"POST {PATH}{function} HTTP/1.1\r\nHost: {self._name}\r\n"
            f"Content-Type: application/json\r\nX-Admin-Protocol: gsma/rsp/v2.2.2\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        raw = socket.create_connection(("127.0.0.1", self._port), timeout=_SECONDS_MAX)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._context.wrap_socket(raw, server_hostname=self._name) as connection:
            connection.sendall(head.encode() + body)
            return _answer(connection)


def download(connector: Connector, phone: CheapPhone) -> None:
    """Make the four calls of a download, the last of which reports the installation."""
    answer = connector.call(*phone.initiate())
    answer = connector.call(*phone.authenticate(answer))
    answer = connector.call(*phone.package(answer))
    connector.call(*phone.notification(answer))


def open_session(connector: Connector, phone: CheapPhone) -> None:
    """Come as far as the offer, and leave it there."""
    connector.call(*phone.authenticate(connector.call(*phone.initiate())))


def run_clients(
    connector: Connector,
    phones: Sequence[CheapPhone],
    *,
    clients: int,
    seconds: float,
    work: object = download,
) -> Downloads:
    """Download with so many clients at a time, until the time or the phones run out."""
    found, waiting = Downloads(), deque(phones)
    began, began_cpu = time.perf_counter(), time.process_time()

    def run() -> None:
        while time.perf_counter() - began < seconds:
            try:
                phone = waiting.popleft()
            except IndexError:
                return
            started = time.perf_counter()
            try:
                work(connector, phone)  # type: ignore[operator]
            except (AnswerRefused, OSError, ValueError, KeyError) as fault:
                found.faults.append(f"{type(fault).__name__}: {fault}")
                return
            found.seconds.append(time.perf_counter() - started)

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.wall_seconds = time.perf_counter() - began
    found.client_cpu_seconds = time.process_time() - began_cpu
    return found


def _answer(connection: ssl.SSLSocket) -> bytes:
    received = bytearray()
    while True:
        part = connection.recv(_READ_BYTES)
        if not part:
            raise AnswerRefused("the server closed the connection")
        received += part
        head, end, body = bytes(received).partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            break
    if head[9:12] not in (b"200", b"204"):
        raise AnswerRefused(head.decode("latin-1"))
    return body


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.split(b"\r\n", 1)[0] or 0)
