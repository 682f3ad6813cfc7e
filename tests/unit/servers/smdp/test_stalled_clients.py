"""Clients that stand still, over real TLS: each is cut in time, and others are served meanwhile."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd
from limosa.servers.endpoints.endpoint import Endpoint, Incoming
from limosa.servers.limits import Limits
from limosa.servers.smdp.answers import say_in_json
from limosa.servers.smdp.connections import Tls
from tests.scenario.smdp.operators import Authority, client_context
from tests.unit.servers.smdp.serving import serving

pytestmark = pytest.mark.enable_socket
STALL_SECONDS = 1
CUT_WITHIN_SECONDS = 6.0
LARGE = bytes(16 * 1024 * 1024)
CHUNKS = {"/whole": [LARGE], "/in-parts": [bytes(1024 * 1024)] * 16}
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\n"


@dataclass
class Running:
    """A server in a thread of this process. sent: whether all of a large answer was taken."""

    port: int
    context: ssl.SSLContext
    sent: list[bool]

    def connect(self, *, receive_bytes: int = 0) -> ssl.SSLSocket:
        """Return a connection that has shaken hands."""
        plain = socket.socket()
        if receive_bytes:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        plain.settimeout(CUT_WITHIN_SECONDS)
        plain.connect(("127.0.0.1", self.port))
        return self.context.wrap_socket(plain, server_hostname="localhost")

    def ask(self, request: bytes) -> bytes:
        """Return the status line of an answer."""
        with self.connect() as client:
            client.sendall(request)
            return client.recv(65536).partition(b"\r\n")[0]


def an_application(sent: list[bool]) -> ASGIApp:
    async def large(scope: Scope, receive: Receive, send: Send) -> None:
        chunks = CHUNKS[scope["path"]]
        await StreamingResponse(chunk for chunk in chunks)(scope, receive, send)
        sent.append(True)

    async def answer(incoming: Incoming) -> ASGIApp:
        return large if incoming.path in CHUNKS else Response(incoming.body)

    limits = Limits(
        bodies=BodyReader(seconds_max=STALL_SECONDS),
        requests=Crowd(each_max=100),
        counted_as=lambda _: "",
    )
    endpoint = Endpoint(
        answer, limits=limits, body_bytes_max=1024, is_for_any_host=True, say=say_in_json
    )

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while True:
                kind = (await receive())["type"]
                await send({"type": f"{kind}.complete"})
                if kind == "lifespan.shutdown":
                    return
        await endpoint({**scope, "path_params": {}}, receive, send)

    return application


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("tls")
    authority = Authority.made("authority")
    ca = authority.write(folder)
    certificate, key = authority.issue("localhost", folder)
    with running(Tls(certificate=certificate, key=key), ca) as it:
        yield it


@contextmanager
def running(tls: Tls, ca: Path) -> Iterator[Running]:
    sent: list[bool] = []
    with serving(an_application(sent), tls=tls, stall_seconds=STALL_SECONDS) as port:
        yield Running(port, client_context(ca, None), sent)


def half_a_handshake(server: Running) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=CUT_WITHIN_SECONDS)
    plain.sendall(b"\x16\x03\x01\x02\x00\x01\x00")
    return plain


def no_request(server: Running) -> socket.socket:
    return server.connect()


def half_a_head(server: Running) -> socket.socket:
    client = server.connect()
    client.sendall(POST[:20])
    return client


def half_a_body(server: Running) -> socket.socket:
    client = server.connect()
    client.sendall(POST + b"Content-Length: 100\r\n\r\n{")
    return client


def nothing_after_an_answer(server: Running) -> socket.socket:
    client = server.connect()
    client.sendall(POST + b"Content-Length: 2\r\n\r\n{}")
    return client


@pytest.mark.parametrize(
    "stall",
    [half_a_handshake, no_request, half_a_head, half_a_body, nothing_after_an_answer],
)
def test_who_stands_still_is_cut_while_others_are_served(
    server: Running, stall: Callable[[Running], socket.socket]
) -> None:
    began = time.monotonic()
    with stall(server) as client:
        for _ in range(5):
            status = server.ask(POST + b"Content-Length: 2\r\n\r\n{}")
            assert status.startswith(b"HTTP/1.1 200")
        while client.recv(65536):
            pass
    assert time.monotonic() - began < CUT_WITHIN_SECONDS


def trickle(client: socket.socket) -> None:
    """Send a head that never ends, byte by byte."""
    for byte in POST + b"X: " + b"x" * 200:
        client.sendall(bytes([byte]))
        time.sleep(0.1)


def read_all(client: socket.socket) -> Iterator[int]:
    """Yield how much came, until the end. Raises OSError if it was cut."""
    while data := client.recv(1 << 16):
        yield len(data)


def test_a_head_that_trickles_is_cut_as_one_that_stands_still(server: Running) -> None:
    began = time.monotonic()
    with server.connect() as client, pytest.raises((ssl.SSLError, ConnectionError)):
        trickle(client)
    assert time.monotonic() - began < CUT_WITHIN_SECONDS


def ask_for_much(client: ssl.SSLSocket, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: l\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    client.sendall(head.encode())


@pytest.mark.parametrize("path", CHUNKS)
def test_who_reads_nothing_is_cut_while_others_are_served(server: Running, path: str) -> None:
    server.sent.clear()
    with server.connect(receive_bytes=4096) as client:
        ask_for_much(client, path)
        until = time.monotonic() + 3 * STALL_SECONDS
        while time.monotonic() < until:
            assert server.ask(POST + b"Content-Length: 2\r\n\r\n{}").startswith(b"HTTP/1.1 200")
        assert server.sent  # What was sending it is free again.
        received = 0
        with suppress(ssl.SSLError, ConnectionError):
            for count in read_all(client):
                received += count
    assert received < len(LARGE)


@pytest.mark.parametrize("path", CHUNKS)
def test_a_reader_in_time_gets_all_of_it(server: Running, path: str) -> None:
    with server.connect() as client:
        ask_for_much(client, path)
        received = sum(read_all(client))
    assert received > len(LARGE)


UPGRADE = b"GET / HTTP/1.1\r\nHost: l\r\nConnection: Upgrade"
H2C = b", HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
WEBSOCKET = (
    b"\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@pytest.mark.parametrize("head", [UPGRADE + H2C, UPGRADE + WEBSOCKET, HTTP2])
def test_nobody_changes_to_another_protocol(server: Running, head: bytes) -> None:
    assert server.ask(head)[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 403", b"HTTP/1.1 405"}


def test_tls_below_1_2_is_refused(server: Running) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
        pytest.raises(ssl.SSLError),
    ):
        old.wrap_socket(plain)
