"""Requests that a proxy in front might read otherwise than we do, or that are too long: refused,
and nothing of them reaches the application."""

from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from limosa.servers.smdp.heads import HEAD_BYTES_MAX
from tests.unit.servers.smdp.serving import Client, serving
from tests.unit.servers.smdp.test_http1 import CHUNKED, GET, echo

pytestmark = pytest.mark.enable_socket
POST = b"POST /in HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = b"0\r\n\r\n" + GET % b"/smuggled"


ADDRESSES: dict[bytes, str] = {
    b"http://other/in": "/in",
    b"HTTPS://other:8443/in?a=b": "/in?a=b",
    b"http://other": "/",
    b"http://other?a": "/?a",
}


def recording(paths: list[str]) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
        else:
            paths.append(scope["path"])
            await echo(scope, receive, send)

    return application


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def port(asked: list[str]) -> Iterator[int]:
    with serving(recording(asked)) as port:
        yield port


@pytest.fixture
def client(port: int, asked: list[str]) -> Iterator[Client]:
    asked.clear()
    with Client(port) as client:
        yield client


REFUSED: dict[str, tuple[bytes, int]] = {
    "two lengths": (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    "two lengths in one": (b"Content-Length: 5, 6\r\n\r\n", 400),
    "a length with a sign": (b"Content-Length: +5\r\n\r\n", 400),
    "a negative length": (b"Content-Length: -1\r\n\r\n", 400),
    "a length in hexadecimal": (b"Content-Length: 0x5\r\n\r\n", 400),
    "a length and chunks": (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "chunks and a length": (b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
    "another coding": (b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "chunked twice": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    "a coding by another name": (b"Transfer-Encoding: \x0bchunked\r\n\r\n", 400),
    "a blank before the colon": (b"Content-Length : 5\r\n\r\n", 400),
    "a line that is folded": (b"X: a\r\n b\r\n\r\n", 400),
    "a line folded by a tab": (b"X: a\r\n\tTransfer-Encoding: chunked\r\n\r\n", 400),
    "a line without CR": (b"X: a\nContent-Length: 5\r\n\r\n", 400),
    "an end without CR": (b"Content-Length: 0\r\n\n", 400),
    "a CR alone": (b"X: a\rContent-Length: 5\r\n\r\n", 400),
    "a NUL in a value": (b"X: a\0b\r\n\r\n", 400),
    "a NUL in a name": (b"X\0: a\r\n\r\n", 400),
    "no colon": (b"Nothing\r\n\r\n", 400),
    "two hosts": (b"Host: other\r\n\r\n", 400),
}


@pytest.mark.parametrize("form", REFUSED)
def test_a_head_that_can_be_read_in_two_ways_is_refused(
    client: Client, asked: list[str], form: str
) -> None:
    lines, status = REFUSED[form]
    client.send(POST + lines + SMUGGLED)
    assert client.answer().status == status
    assert client.is_ended()
    assert asked == []


WHOLE: dict[str, tuple[bytes, int]] = {
    "a line without CR from the first": (b"GET /in HTTP/1.1\nHost: l\n\n", 400),
    "no host": (b"GET /in HTTP/1.1\r\n\r\n", 400),
    "no version": (b"GET /in\r\n\r\n", 400),
    "an empty line first": (b"\r\nGET /in HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "another version": (b"GET /in HTTP/3.0\r\nHost: l\r\n\r\n", 505),
    "an address without a host": (b"GET http:///in HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "an address with a user": (b"GET http://me@other/in HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "an address of another kind": (b"GET ftp://other/in HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "a whole address without a header": (b"GET http://other/in HTTP/1.1\r\n\r\n", 400),
    "a tunnel": (b"CONNECT other:443 HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "no path": (b"OPTIONS * HTTP/1.1\r\nHost: l\r\n\r\n", 400),
    "chunks in HTTP/1.0": (b"POST /in HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "TLS where there is none": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
}


@pytest.mark.parametrize("target", ADDRESSES)
def test_a_whole_address_is_a_request_for_its_path_at_its_host(target: bytes) -> None:
    hosts: list[list[bytes]] = []

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            hosts.append([value for name, value in scope["headers"] if name == b"host"])
            query = scope["query_string"].decode()
            paths.append(scope["path"] + (f"?{query}" if query else ""))
        await recording([])(scope, receive, send)

    paths: list[str] = []
    with serving(told) as port, Client(port) as client:
        lines = b"GET " + target + b" HTTP/1.1\r\nHost: header\r\n\r\n"
        assert client.ask(lines).status == 200
        assert client.ask(GET % b"/next").body == b"/next"
    authority = target.partition(b"//")[2].partition(b"/")[0].partition(b"?")[0]
    assert paths[0] == ADDRESSES[target]
    assert hosts[0] == [authority]


@pytest.mark.parametrize("form", WHOLE)
def test_what_is_no_request_for_a_path_is_refused(
    client: Client, asked: list[str], form: str
) -> None:
    head, status = WHOLE[form]
    assert client.ask(head).status == status
    assert client.is_ended()
    assert asked == []


def test_the_same_length_twice_is_that_length(client: Client) -> None:
    same = POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"
    assert client.ask(same + GET % b"/next").body == b"/inabc"
    assert client.answer().body == b"/next"


BODIES = {
    "a size that is none": b"x\r\n",
    "a size with a sign": b"+3\r\nabc\r\n0\r\n\r\n",
    "a chunk longer than its size": b"3\r\nabcd\r\n0\r\n\r\n",
    "a chunk that ends without CR": b"3\r\nabc\n0\r\n\r\n",
    "an end without CR": b"3\r\nabc\r\n0\r\n\n",
    "what follows without CR": b"0\r\nX: y\n\r\n",
    "what follows is folded": b"0\r\nX: y\r\n z\r\n\r\n",
}


@pytest.mark.parametrize("form", BODIES)
def test_chunks_that_can_be_read_in_two_ways_are_no_body(
    client: Client, asked: list[str], form: str
) -> None:
    client.send(CHUNKED % b"/in" + BODIES[form] + GET % b"/smuggled")
    assert client.answer().status == 400
    assert client.is_ended()
    assert "/smuggled" not in asked


def head_of(size: int) -> bytes:
    """Return a head of so many bytes."""
    first = GET[:-2] % b"/in"
    return first + b"X: " + b"x" * (size - len(first) - 7) + b"\r\n\r\n"


def test_a_head_may_have_so_many_bytes_and_no_more(client: Client, asked: list[str]) -> None:
    assert len(head_of(HEAD_BYTES_MAX)) == HEAD_BYTES_MAX
    assert client.ask(head_of(HEAD_BYTES_MAX)).body == b"/in"
    assert client.ask(head_of(HEAD_BYTES_MAX + 1)).status == 431
    assert client.is_ended()
    assert asked == ["/in"]


def test_a_head_without_an_end_is_refused_once_it_is_too_long(client: Client) -> None:
    client.send(GET[:-2] % b"/in")
    assert client.ask(b"X-Next: value\r\n" * 2_000).status == 431
