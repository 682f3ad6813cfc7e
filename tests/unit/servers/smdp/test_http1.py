"""HTTP/1.1 of the SM-DP+ over real sockets: what an application gets, and what a client gets."""

import asyncio
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.unit.servers.smdp.serving import Answer, Client, serving

pytestmark = pytest.mark.enable_socket
GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
CHUNKED = b"POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
PARTS = [b"one", b"", b"two" * 50_000, b"three"]


@dataclass
class Served:
    """What reached the application in a test. goes_on: the work in a thread, and endless answers,
    wait."""

    ended: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)
    done: list[str] = field(default_factory=list)


@dataclass
class Server:
    """A server, with what reached it in the test that runs; a request goes on with its own test's,
    however late it ends."""

    port: int = 0
    now: Served = field(default_factory=Served)


async def whole_body(receive: Receive) -> bytes | None:
    body = bytearray()
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            return bytes(body)
    return None


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await whole_body(receive)
    answer = Response(status_code=400) if body is None else Response(scope["raw_path"] + body)
    await answer(scope, receive, send)


async def tell_scope(scope: Scope, receive: Receive, send: Send) -> None:
    told = {key: value for key, value in scope.items() if key != "state"}
    await JSONResponse(json.loads(json.dumps(told, default=bytes.decode)))(scope, receive, send)


async def in_parts(scope: Scope, receive: Receive, send: Send) -> None:
    await StreamingResponse(part for part in PARTS)(scope, receive, send)


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise LookupError


async def fail_late(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"10")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise LookupError


async def say_too_little(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"10")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"half"})


async def say_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    pass


async def say_unread(scope: Scope, receive: Receive, send: Send) -> None:
    await Response(b"unread")(scope, receive, send)


def an_application(server: Server) -> ASGIApp:
    async def in_thread(scope: Scope, receive: Receive, send: Send) -> None:
        served = server.now

        def work() -> None:
            served.begun.set()
            assert served.goes_on.wait(10)
            served.done.append("in the thread")

        await asyncio.get_running_loop().run_in_executor(None, work)
        served.done.append("after the thread")
        await Response(b"done")(scope, receive, send)
        served.ended.set()

    async def endlessly(scope: Scope, receive: Receive, send: Send) -> None:
        served = server.now
        await send({"type": "http.response.start", "status": 200, "headers": []})
        served.begun.set()
        while not served.goes_on.is_set():
            await send({"type": "http.response.body", "body": bytes(10_000), "more_body": True})
            await asyncio.sleep(0.001)
        served.done.append((await receive())["type"])
        served.done.append((await receive())["type"])
        served.ended.set()

    paths: dict[str, ASGIApp] = {
        "/scope": tell_scope, "/parts": in_parts, "/fail": fail, "/fail-late": fail_late,
        "/too-little": say_too_little, "/nothing": say_nothing, "/unread": say_unread,
        "/thread": in_thread, "/endless": endlessly,
    }  # fmt: skip

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            scope["state"]["shared"] = "by all"
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
        else:
            assert scope["state"]["shared"] == "by all"
            await paths.get(scope["path"], echo)(scope, receive, send)

    return application


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    with serving(an_application(server)) as server.port:
        yield server


@pytest.fixture
def served(server: Server) -> Served:
    server.now = Served()
    return server.now


@pytest.fixture
def client(server: Server, served: Served) -> Iterator[Client]:
    del served
    with Client(server.port) as client:
        yield client


def test_an_application_learns_all_of_a_request(client: Client) -> None:
    request = b"get /sc%6Fpe?a=%41&b HTTP/1.1\r\nHOST: x\r\nX-Two: 1\r\nx-two:  2 \r\n\r\n"
    told = json.loads(client.ask(request).body)
    assert told["client"] == list(client.socket.getsockname())
    assert told["server"] == list(client.socket.getpeername())
    assert told["headers"] == [["host", "x"], ["x-two", "1"], ["x-two", "2"]]
    assert (told["path"], told["raw_path"], told["query_string"]) == (
        "/scope", "/sc%6Fpe", "a=%41&b",
    )  # fmt: skip
    assert (told["type"], told["http_version"], told["method"], told["scheme"]) == (
        "http", "1.1", "GET", "http",
    )  # fmt: skip
    assert (told["root_path"], told["asgi"]["version"]) == ("", "3.0")


def test_chunks_in_any_division_are_one_body(client: Client) -> None:
    body = b"5;x=y\r\nfirst\r\n1\r\n \r\n6\r\nsecond\r\n0\r\nTrailer: t\r\n\r\n"
    assert client.ask(CHUNKED % b"/" + body).body == b"/first second"
    for byte in CHUNKED % b"/" + body:
        client.send(bytes([byte]))
    assert client.answer().body == b"/first second"


def test_an_answer_of_unknown_length_comes_in_chunks(client: Client) -> None:
    answer = client.ask(GET % b"/parts")
    assert answer.headers["date"].endswith("GMT")
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.body == b"".join(PARTS)
    assert client.ask(GET % b"/next").body == b"/next"


def test_who_speaks_http_1_0_gets_all_until_the_end(client: Client) -> None:
    client.send(b"GET /parts HTTP/1.0\r\n\r\n")
    head, _, body = client.file.read().partition(b"\r\n\r\n")
    assert body == b"".join(PARTS)
    assert b"chunked" not in head


def test_requests_sent_at_once_are_answered_in_their_order(client: Client) -> None:
    requests = [
        GET % b"/1",
        POST % (b"/2", 3, b"abc"),
        GET % b"/parts",
        CHUNKED % b"/4" + b"2\r\nde\r\n0\r\n\r\n",
        GET % b"/5",
    ]
    client.send(b"".join(requests))
    bodies = [client.answer().body for _ in requests]
    assert bodies == [b"/1", b"/2abc", b"".join(PARTS), b"/4de", b"/5"]


def test_a_request_after_the_last_is_not_answered(client: Client) -> None:
    last = b"GET /last HTTP/1.1\r\nHost: l\r\nConnection: close\r\n\r\n"
    answer = client.ask(last + GET % b"/after")
    assert (answer.body, answer.headers["connection"]) == (b"/last", "close")
    assert client.is_ended()


def test_a_head_alone_is_answered_without_the_body(client: Client) -> None:
    client.send(b"HEAD /abc HTTP/1.1\r\nHost: l\r\n\r\n" + GET % b"/parts")
    answer = client.answer(to_head=True)
    assert (answer.status, answer.headers["content-length"]) == (200, "4")
    client.send(b"HEAD /parts HTTP/1.1\r\nHost: l\r\n\r\n" + GET % b"/next")
    assert client.answer().body == b"".join(PARTS)
    assert client.answer(to_head=True).status == 200
    assert client.answer().body == b"/next"


EXPECTING = b"POST %s HTTP/1.1\r\nHost: l\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"


def test_who_waits_to_be_asked_for_a_body_is_asked_once_it_is_read(client: Client) -> None:
    assert client.ask(EXPECTING % b"/").status == 100
    assert client.ask(b"abc").body == b"/abc"
    assert client.ask(EXPECTING % b"/" + b"def").body == b"/def"


def test_who_waits_to_be_asked_for_a_body_that_nobody_reads_is_not_asked(client: Client) -> None:
    answer = client.ask(EXPECTING % b"/unread")
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert client.is_ended()


def test_a_body_that_nobody_reads_does_not_become_a_request(client: Client) -> None:
    body = GET % b"/smuggled"
    client.send(POST % (b"/unread", len(body) + 1, body))
    answer = client.answer()
    assert (answer.body, answer.headers["connection"]) == (b"unread", "close")
    assert client.is_ended()


def test_an_empty_body_that_nobody_reads_keeps_the_connection(client: Client) -> None:
    for request in (GET % b"/unread", POST % (b"/unread", 0, b"")):
        answer = client.ask(request)
        assert (answer.body, "connection" in answer.headers) == (b"unread", False)


@pytest.mark.parametrize("path", [b"/fail", b"/nothing"])
def test_a_failure_before_an_answer_is_500_and_the_end(client: Client, path: bytes) -> None:
    answer = client.ask(GET % path)
    assert (answer.status, answer.body, answer.headers["connection"]) == (500, b"", "close")
    assert client.is_ended()


@pytest.mark.parametrize("path", [b"/fail-late", b"/too-little"])
def test_a_failure_in_an_answer_ends_it_short(client: Client, path: bytes) -> None:
    client.send(GET % path)
    with pytest.raises((EOFError, ConnectionResetError)):
        client.answer()


def test_a_client_that_goes_in_an_answer_is_told_to_the_application(
    server: Server, served: Served, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        client.send(GET % b"/endless")
        assert served.begun.wait(5)
        client.file.read(50_000)
        client.reset()
        time.sleep(0.1)
        served.goes_on.set()
        assert served.ended.wait(5)
    assert served.done == ["http.disconnect", "http.disconnect"]
    assert not caplog.records
    with Client(server.port) as other:
        assert other.ask(GET % b"/other").body == b"/other"


def test_work_in_a_thread_ends_though_its_client_has_gone(served: Served, client: Client) -> None:
    client.send(POST % (b"/thread", 0, b""))
    assert served.begun.wait(5)
    client.reset()
    time.sleep(0.1)
    served.goes_on.set()
    assert served.ended.wait(5)
    assert served.done == ["in the thread", "after the thread"]


FLOODS = {"a body": POST % (b"/thread", 1 << 30, b""), "requests": POST % (b"/thread", 0, b"")}


@pytest.mark.parametrize("of", FLOODS)
def test_a_client_gets_no_further_than_what_is_read(
    served: Served, client: Client, of: str
) -> None:
    client.send(FLOODS[of])
    assert served.begun.wait(5)
    client.socket.settimeout(0.5)
    flood, sent, size = GET % b"/more" * 2_000, 0, 64 * 1024 * 1024
    with suppress(TimeoutError):
        while sent < size:
            sent += client.socket.send(flood)
    assert sent < size / 4
    served.goes_on.set()
    client.socket.settimeout(5)
    assert client.answer().body == b"done"


def answers_together(client: Client, request: bytes) -> Answer:
    """Return the answer to the last of two requests that came in odd pieces."""
    both = GET % b"/first" + request
    for start in range(0, len(both), 7):
        client.send(both[start : start + 7])
    assert client.answer().body == b"/first"
    return client.answer()


def test_where_packets_end_means_nothing(client: Client) -> None:
    assert answers_together(client, POST % (b"/", 5, b"abcde")).body == b"/abcde"
