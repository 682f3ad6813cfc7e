"""The connections of a port: how many there may be, how they end with the server, and what begins
and ends with it."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.smdp import file_limit
from limosa.servers.smdp.connections import CROWDED_SECONDS, OpenDoor, Tls, serve_until
from tests.scenario.smdp.operators import Authority, client_context
from tests.unit.servers.smdp.serving import PATIENCE_SECONDS, Answer, Client, serving

pytestmark = pytest.mark.enable_socket
GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
STALL_SECONDS = 30  # Longer than any test: nobody is cut because of it.


def an_application(goes_on: threading.Event, begun: threading.Semaphore) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        if scope["path"] == "/slow":
            begun.release()
            await asyncio.get_running_loop().run_in_executor(None, goes_on.wait, PATIENCE_SECONDS)
        await Response(b"answer")(scope, receive, send)

    return application


@contextmanager
def ending(begun: threading.Semaphore) -> Iterator[tuple[int, threading.Event, Callable[[], None]]]:
    """Yield a server's port, what its slow answers wait for, and what tells it to stop."""
    goes_on = threading.Event()
    with ExitStack() as server:
        port = server.enter_context(
            serving(an_application(goes_on, begun), stall_seconds=STALL_SECONDS)
        )
        stopping = threading.Thread(target=server.pop_all().close)
        try:
            yield port, goes_on, stopping.start
        finally:
            goes_on.set()
            if not stopping.ident:
                stopping.start()
            stopping.join()


def test_at_the_end_requests_under_way_are_answered_and_idle_connections_close() -> None:
    begun = threading.Semaphore(0)
    with ending(begun) as (port, goes_on, stop):
        with Client(port) as idle, Client(port) as new, Client(port) as half, Client(port) as busy:
            assert idle.ask(GET % b"/").body == b"answer"
            half.send(GET[:10])
            busy.send(GET % b"/slow")
            assert begun.acquire(timeout=5)
            began = time.monotonic()
            stop()
            assert all(one.is_ended() for one in (idle, new, half))
            assert time.monotonic() - began < 2
            goes_on.set()
            answer = busy.answer()
            assert (answer.body, answer.headers["connection"]) == (b"answer", "close")
            assert busy.is_ended()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_at_the_end_an_idle_client_delays_nothing() -> None:
    with ending(threading.Semaphore(0)) as (port, _, stop), Client(port) as idle:
        assert idle.ask(GET % b"/").body == b"answer"
        began = time.monotonic()
        stop()
        assert idle.is_ended()
    assert time.monotonic() - began < 2


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, threading.Event]]:
    """A server that has room for two connections."""
    monkeypatch.setattr(file_limit, "CONNECTIONS_MAX", 2)
    with ending(threading.Semaphore(0)) as (port, goes_on, _):
        yield port, goes_on


def test_with_no_room_who_stands_still_is_cut_and_others_are_served(
    small: tuple[int, threading.Event],
) -> None:
    port, _ = small
    with Client(port) as silent, Client(port) as answered:
        assert answered.ask(GET % b"/").body == b"answer"
        began = time.monotonic()
        with Client(port) as another:
            assert another.ask(GET % b"/").body == b"answer"
        assert silent.is_ended()
    assert time.monotonic() - began < 5 * CROWDED_SECONDS


def test_with_no_room_who_stands_still_in_the_handshake_is_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(file_limit, "CONNECTIONS_MAX", 2)
    authority = Authority.made("authority")
    certificate, key = authority.issue("localhost", tmp_path)
    context = client_context(authority.write(tmp_path), None)
    tls = Tls(certificate=certificate, key=key)
    application = an_application(threading.Event(), threading.Semaphore(0))
    with serving(application, tls=tls, stall_seconds=STALL_SECONDS) as port, ExitStack() as silent:
        for _ in range(4):
            silent.enter_context(Client(port)).send(b"\x16\x03\x01")
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as plain:
            client = context.wrap_socket(plain, server_hostname="localhost")
            client.sendall(GET % b"/")
            assert client.recv(12) == b"HTTP/1.1 200"
            client.close()
    assert time.monotonic() - began < 8 * CROWDED_SECONDS


def test_nothing_is_sent_to_resume_a_tls_session_by(tmp_path: Path) -> None:
    authority = Authority.made("authority")
    certificate, key = authority.issue("localhost", tmp_path)
    context = client_context(authority.write(tmp_path), None)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    tls = Tls(certificate=certificate, key=key)
    application = an_application(threading.Event(), threading.Semaphore(0))
    with (
        serving(application, tls=tls) as port,
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        client.sendall(GET % b"/")
        assert client.recv(12) == b"HTTP/1.1 200"  # Tickets come before the first answer.
        assert client.session is None or not client.session.has_ticket


def test_with_no_room_requests_under_way_are_not_cut_and_others_wait(
    small: tuple[int, threading.Event],
) -> None:
    port, goes_on = small
    answers: list[Answer] = []
    with Client(port) as first, Client(port) as second, Client(port) as third:
        for busy in (first, second):
            busy.send(GET % b"/slow")
        waiting = threading.Thread(target=lambda: answers.append(third.ask(GET % b"/")))
        waiting.start()
        waiting.join(2 * CROWDED_SECONDS)
        assert not answers  # The control: there is no room, so it is not even taken.
        goes_on.set()
        assert [busy.answer().body for busy in (first, second)] == [b"answer", b"answer"]
        waiting.join(PATIENCE_SECONDS)
    assert [answer.body for answer in answers] == [b"answer"]


@pytest.mark.parametrize("how", ["raises", "says so", "ends"])
def test_an_application_that_does_not_begin_is_not_served(how: str) -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if how == "raises":
            raise LookupError
        if how == "says so":
            await send({"type": "lifespan.startup.failed", "message": "no database"})

    async def serve(door: socket.socket) -> None:
        one = OpenDoor(socket=door, application=application, tls=None)
        await serve_until(asyncio.Event(), [one], stall_seconds=1)

    with socket.socket() as door, pytest.raises(RuntimeError, match="startup failed"):
        asyncio.run(serve(door))
