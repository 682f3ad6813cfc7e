"""Where the notifications of a provider arrive in these tests."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes

WAIT_SECONDS = 10
QUIET_SECONDS = 0.5


@dataclass
class Receiver:
    """Takes every POST, keeps it for the test to look at, and acknowledges it."""

    url: str = ""
    arrived: "queue.Queue[Request]" = field(default_factory=queue.Queue)

    def next(self) -> Request:
        """Return the next notification. Raises queue.Empty when none comes."""
        return self.arrived.get(timeout=WAIT_SECONDS)

    def drain(self) -> None:
        """Pass over what has come, until nothing comes for a while."""
        with suppress(queue.Empty):
            while True:
                self.arrived.get(timeout=QUIET_SECONDS)

    def _take(self, request: Request, _words: dict[str, str]) -> Reply:
        self.arrived.put(request)
        # What every provider takes for a yes: Alipay asks for this one word.
        return Reply(200, b"success")


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Run a receiver on loopback."""
    receiver = Receiver()
    routes = Routes()
    routes.add("POST", "/payments/{provider}/notify", receiver._take)
    server = LoopbackServer(routes, port=0)
    server.start()
    receiver.url = server.url
    try:
        yield receiver
    finally:
        server.stop()
