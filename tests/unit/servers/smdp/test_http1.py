"""HTTP/1.1 as a client sees it, over a plain socket: what stalls is in test_stalled_clients.py."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from starlette.types import Receive, Scope, Send

from limosa.servers.smdp.connections import OpenDoor, serve_until

pytestmark = pytest.mark.enable_socket
POST = b"POST /a%20path?q=1 HTTP/1.1\r\nHost: l\r\n"


class Server:
    """A server in a thread of this process, whose application says what it was asked."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.goes_on = threading.Event()
        self.gone: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._told = asyncio.Event()
        self._thread = threading.Thread(target=self._serve)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with suppress(RuntimeError):  # It has ended already.
            self._loop.call_soon_threadsafe(self._told.set)

    def has_ended(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def ask(self, *parts: bytes) -> bytes:
        """Send parts, and return all that comes until the server ends."""
        with socket.create_connection(self.door.getsockname(), timeout=10) as client:
            for part in parts:
                client.sendall(part)
            return read_all(client)

    def _serve(self) -> None:
        one = OpenDoor(socket=self.door, application=self._application, tls=None)
        self._loop.run_until_complete(serve_until(self._told, [one], stall_seconds=2))
        self._loop.close()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (kind := (await receive())["type"]) != "lifespan.shutdown":
                await send({"type": f"{kind}.complete"})
            await send({"type": f"{kind}.complete"})
            return
        if scope["path"] == "/fault":
            raise ZeroDivisionError
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        if message["type"] != "http.request":
            self.gone.append(scope["path"])
        if scope["path"] == "/slow":
            await asyncio.get_running_loop().run_in_executor(None, self.goes_on.wait, 5)
        said = b"%s %s %s" % (scope["path"].encode(), scope["query_string"], body)
        length = (b"content-length", b"%d" % len(said))
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": said})


def read_all(client: socket.socket) -> bytes:
    answer = b""
    while data := client.recv(65536):
        answer += data
    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    made.start()
    yield made
    made.goes_on.set()
    made.stop()
    assert made.has_ended(15)


def test_a_request_is_told_whole_and_its_answer_has_a_date(server: Server) -> None:
    answer = server.ask(POST + b"Connection: close\r\nContent-Length: 3\r\n\r\n", b"ab", b"c")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"\r\ndate: " in head
    assert body == b"/a path q=1 abc"


def test_a_connection_is_used_again_and_requests_may_come_together(server: Server) -> None:
    first = POST + b"Content-Length: 1\r\n\r\n1"
    last = (
        POST
        + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n1\r\n3\r\n0\r\n\r\n"
    )
    answer = server.ask(first + first + last)
    assert answer.count(b"HTTP/1.1 200") == 3
    assert answer.endswith(b"q=1 23")


def test_a_client_that_asks_first_is_told_to_send_its_body(server: Server) -> None:
    with socket.create_connection(server.door.getsockname(), timeout=10) as client:
        client.sendall(
            POST + b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100")
        client.sendall(b"ok")
        assert read_all(client).endswith(b"q=1 ok")


def test_a_head_is_answered_without_a_body(server: Server) -> None:
    answer = server.ask(b"HEAD /h HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n")
    head, end, body = answer.partition(b"\r\n\r\n")
    assert (b"content-length: 4" in head, end, body) == (True, b"\r\n\r\n", b"")


NO_HTTP = {
    "nonsense": (b"nonsense\r\n\r\n", b"400"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    "two lengths": (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
    "a head without end": (POST + b"X: " + b"x" * 20_000, b"431"),
}


@pytest.mark.parametrize(("sent", "status"), NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused_and_the_connection_ends(
    server: Server, sent: bytes, status: bytes
) -> None:
    assert server.ask(sent)[9:12] == status


def test_a_body_that_is_none_is_told_to_the_application_which_may_answer(server: Server) -> None:
    answer = server.ask(POST + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert server.gone == ["/a path"]


def test_a_fault_of_the_application_ends_the_connection(server: Server) -> None:
    with pytest.raises(ConnectionResetError):
        raise_unless_empty(server.ask(b"GET /fault HTTP/1.1\r\nHost: l\r\n\r\n"))
    assert server.ask(POST + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")


def raise_unless_empty(answer: bytes) -> None:
    """An end without an answer, in either of the forms that the kernel has for it."""
    assert not answer
    raise ConnectionResetError


def test_at_the_end_what_is_under_way_is_answered_and_what_is_idle_is_not_waited_for(
    server: Server,
) -> None:
    address = server.door.getsockname()
    with (
        socket.create_connection(address, timeout=10) as idle,
        socket.create_connection(address, timeout=10) as busy,
    ):
        busy.sendall(b"GET /slow HTTP/1.1\r\nHost: l\r\n\r\n")
        idle.sendall(POST + b"\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        server.stop()
        assert not idle.recv(1)
        assert not server.has_ended(0.2)
        server.goes_on.set()
        assert busy.recv(65536).startswith(b"HTTP/1.1 200")
        assert not busy.recv(1)
    assert server.has_ended(4)
