"""A payment provider that accepts connections and then never answers, or a byte a second."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"


class FrozenProvider:
    """Listens at a port of its own. drips: answers, a byte a second."""

    def __init__(self, *, drips: bool) -> None:
        self._drips = drips
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._open: list[socket.socket] = []
        self._is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def asked(self) -> int:
        """How many connections were made."""
        return len(self._open)

    @contextmanager
    def running(self) -> Iterator[None]:
        accepting = threading.Thread(target=self._accept)
        dripping = threading.Thread(target=self._drip)
        accepting.start()
        dripping.start()
        try:
            yield
        finally:
            self._is_over.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            accepting.join()
            dripping.join()
            for one in self._open:
                one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                one, _ = self._listener.accept()
                if self._drips:
                    one.sendall(HEAD)
                self._open.append(one)

    def _drip(self) -> None:
        while self._drips and not self._is_over.wait(1.0):
            for one in list(self._open):
                with suppress(OSError):
                    one.send(b" ")


def press(port: int, number: str, cookies: str, token: str) -> tuple[int, str, float]:
    """Press "Pay by card" for an order; return the status, where it leads, and the seconds."""
    began = time.monotonic()
    caller = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        caller.request(
            "POST",
            f"/orders/{number}/pay/",
            f"method=stripe&csrfmiddlewaretoken={token}",
            {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = caller.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", ""), time.monotonic() - began
    finally:
        caller.close()
