"""Sends ready-made requests to a web server by several connections, and times the answers."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count


@dataclass(slots=True)
class Load:
    """What came of it. `seconds`: from the moment a request was due to the end of its answer."""

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
    """How to send: for how long, by how many connections, from which address; `per_second` None:
    as fast as answers come."""

    seconds: float
    connections: int
    per_second: float | None = None
    from_address: str = "127.0.0.1"


def send_all(requests: list[bytes], port: int, plan: Plan) -> Load:
    """Send the requests once each, in order, until the time or the requests are over."""
    return asyncio.run(_send_all(requests, port, plan))


async def _send_all(requests: list[bytes], port: int, plan: Plan) -> Load:
    load, turns = Load(), count()
    began = time.perf_counter()

    async def work() -> None:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(plan.from_address, 0)
        )
        while (turn := next(turns)) < len(requests):
            due = began + turn / plan.per_second if plan.per_second else time.perf_counter()
            if due - began > plan.seconds:
                break
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            writer.write(requests[turn])
            load.statuses[await _status(reader)] += 1
            load.seconds.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(work() for _ in range(plan.connections)))
    load.wall_seconds = time.perf_counter() - began
    return load


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer, whose length its head tells, and return its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and int(value):
            await reader.readexactly(int(value))
    return status
