"""Sends prepared requests to a web server over several connections, and times the answers.

It uses bare sockets in one loop: whatever CPU time the sender takes, the server lacks.
"""

import selectors
import socket
import time
from collections import Counter, deque
from dataclasses import dataclass, field

_READ_BYTES = 65_536


@dataclass(slots=True)
class Load:
    """The result. `seconds`: from the moment a request was due to the end of its answer."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wall_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall_seconds

    def percentile_ms(self, percent: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to send: how long, over how many connections, from which address; `per_second` None: as
    fast as answers come."""

    seconds: float
    connections: int
    per_second: float | None = None
    from_address: str = "127.0.0.1"


@dataclass(slots=True)
class _Line:
    """A connection, and the answer that it waits for."""

    socket: socket.socket
    due: float = 0.0
    answer: bytearray = field(default_factory=bytearray)


def send_all(requests: list[bytes], port: int, plan: Plan) -> Load:
    """Send each request once, in order, until the time or the requests run out."""
    load, lines = Load(), [_Line(_connect(port, plan)) for _ in range(plan.connections)]
    free, turn = deque(lines), 0
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        while True:
            now = time.perf_counter()
            due = began + turn / plan.per_second if plan.per_second else now
            is_over = turn == len(requests) or due - began > plan.seconds
            if free and not is_over and due <= now:
                line = free.popleft()
                line.due = due
                line.socket.sendall(requests[turn])
                turn += 1
                continue
            if is_over and len(free) == len(lines):
                break
            wait = due - now if free and not is_over else None
            for key, _ in selector.select(wait):
                if _has_answered(key.data, load):
                    free.append(key.data)
    load.wall_seconds = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    return load


def _connect(port: int, plan: Plan) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), source_address=(plan.from_address, 0))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _has_answered(line: _Line, load: Load) -> bool:
    """Read what has arrived; record the answer once its Content-Length is complete."""
    data = line.socket.recv(_READ_BYTES)
    if not data:
        raise ConnectionError("the web server closed the connection")
    line.answer += data
    head, end, body = bytes(line.answer).partition(b"\r\n\r\n")
    if not end or len(body) < _length(head):
        return False
    load.statuses[int(head[9:12])] += 1
    load.seconds.append(time.perf_counter() - line.due)
    line.answer.clear()
    return True


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"\r\ncontent-length:")
    return int(after.split(b"\r\n", 1)[0] or 0)
