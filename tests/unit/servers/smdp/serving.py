"""A server of the SM-DP+'s own kind in a thread, and a client that speaks HTTP by hand."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Self

from starlette.types import ASGIApp

from limosa.servers.smdp.connections import OpenDoor, Tls, serve_until

PATIENCE_SECONDS = 10.0


@contextmanager
def serving(
    application: ASGIApp, *, tls: Tls | None = None, stall_seconds: int = 5
) -> Iterator[int]:
    """Serve at a port on loopback; yields it. At the end the server is told to stop, and has."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(100)
        port = door.getsockname()[1]
        loop, told, began = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

        async def serve() -> None:
            loop.call_soon(began.set)
            one = OpenDoor(socket=door, application=application, tls=tls)
            await serve_until(told, [one], stall_seconds=stall_seconds)

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
        thread.start()
        assert began.wait(5)
        try:
            yield port
        finally:
            loop.call_soon_threadsafe(told.set)
            thread.join(15)
            assert not thread.is_alive()
            loop.close()


@dataclass(frozen=True)
class Answer:
    """What a client got. headers: by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A connection, written and read by hand."""

    def __init__(self, port: int, *, receive_bytes: int = 0) -> None:
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self.file: BinaryIO = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self, *, to_head: bool = False) -> Answer:
        """Return the next answer. Raises EOFError if it is not whole."""
        status = int(self._line().split(b" ")[1])
        headers = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        is_bodiless = to_head or status in {100, 204, 304}
        return Answer(status, headers, b"" if is_bodiless else self._body(headers))

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.answer()

    def is_ended(self) -> bool:
        """Whether the server ends the connection, and sends nothing before."""
        try:
            return self.file.read(1) == b""
        except ConnectionResetError:
            return True

    def reset(self) -> None:
        """End by a reset, as one that has crashed."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.file.close()
        self.socket.close()

    def _line(self) -> bytes:
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise EOFError
        return line[:-2]

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self._exactly(int(headers["content-length"]))
        body = b""
        while count := int(self._line(), 16):
            body += self._exactly(count)
            assert self._line() == b""
        assert self._line() == b""
        return body

    def _exactly(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) < count:
            raise EOFError
        return data
