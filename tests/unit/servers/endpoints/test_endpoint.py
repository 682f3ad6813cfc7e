"""What all of our own addresses share: each refusal, in which order, and in whose form."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from starlette.responses import Response
from starlette.types import ASGIApp

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd
from limosa.servers.endpoints.endpoint import (
    Endpoint,
    Incoming,
    Refusal,
    RequestRefusedError,
)
from limosa.servers.limits import Limits
from limosa.servers.turns import SenderGoneError
from tests.unit.servers.asgi import Reader, Sender, scope_of

BODY_BYTES_MAX = 100
HOST = (b"host", b"testserver")


def limits(*, each_max: int = 100, seconds_max: float = 5.0) -> Limits:
    return Limits(
        bodies=BodyReader(seconds_max=seconds_max),
        requests=Crowd(each_max=each_max),
        counted_as=lambda scope: str(scope["client"][0]),
    )


async def echo(incoming: Incoming) -> ASGIApp:
    return Response(b"heard " + incoming.body)


def taking(answer: Callable[[Incoming], Awaitable[ASGIApp]] = echo, **more: Any) -> Endpoint:
    return Endpoint(answer, **{"limits": limits(), "body_bytes_max": BODY_BYTES_MAX, **more})


def showing(answer: Callable[[Incoming], Awaitable[ASGIApp]] = echo, **more: Any) -> Endpoint:
    return Endpoint(answer, **{"limits": limits(), **more})


async def serve(
    endpoint: Endpoint, sender: Sender, reader: Reader, method: str = "POST", **scope: Any
) -> None:
    whole = scope_of("/own", method=method, headers=[HOST], path_params={}) | scope
    await endpoint(whole, sender.receive, reader.send)


def ask(endpoint: Endpoint, method: str = "POST", *parts: bytes, **scope: Any) -> Reader:
    reader = Reader()
    asyncio.run(serve(endpoint, Sender(parts or [b""]), reader, method, **scope))
    return reader


def headers_of(reader: Reader) -> dict[bytes, bytes]:
    return dict(reader.messages[0]["headers"])


def test_what_is_let_in_comes_whole() -> None:
    reader = ask(taking(), "POST", b"a", b"b")
    assert (reader.status, reader.body) == (200, b"heard ab")


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "DELETE", "TRACE", "CONNECT", "FOO", "__init__"]
)
def test_another_method_is_refused_with_those_that_there_are(method: str) -> None:
    reader = ask(taking(), method)
    assert (reader.status, headers_of(reader)[b"allow"]) == (405, b"POST, OPTIONS")


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE"])
def test_what_is_only_asked_takes_get_and_head(method: str) -> None:
    reader = ask(showing(), method)
    assert (reader.status, headers_of(reader)[b"allow"]) == (405, b"GET, HEAD, OPTIONS")
    assert ask(showing(), "GET").status == ask(showing(), "HEAD").status == 200


@pytest.mark.parametrize(
    ("endpoint", "allow"), [(taking(), b"POST, "), (showing(), b"GET, HEAD, ")]
)
def test_options_tells_the_methods(endpoint: Endpoint, allow: bytes) -> None:
    reader = ask(endpoint, "OPTIONS")
    assert (reader.status, reader.body) == (204, b"")
    assert headers_of(reader)[b"allow"] == allow + b"OPTIONS"


def test_where_methods_are_not_told_options_is_refused_as_any_other() -> None:
    class Quiet(Endpoint):
        tells_methods = False

    quiet = Quiet(echo, limits=limits(), body_bytes_max=BODY_BYTES_MAX)
    reader = ask(quiet, "OPTIONS")
    assert (reader.status, headers_of(reader)[b"allow"]) == (405, b"POST")


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "TRACE"])
def test_nothing_is_told_at_another_host(method: str) -> None:
    reader = ask(taking(), method, headers=[(b"host", b"evil.example")])
    assert reader.status == 400
    assert b"allow" not in headers_of(reader)


def test_those_who_supervise_may_ask_at_any_host() -> None:
    assert ask(showing(is_for_any_host=True), "GET", headers=[(b"host", b"10.0.0.7")]).status == 200


def test_a_request_that_is_refused_is_not_read() -> None:
    class Unread(Sender):
        async def receive(self) -> dict[str, Any]:
            raise AssertionError

    for scope in (
        {"method": "PUT"},
        {"headers": [(b"host", b"evil.example")]},
        {"headers": [HOST, (b"content-length", b"101")]},
    ):
        reader = Reader()
        asyncio.run(serve(taking(), Unread([]), reader, **scope))
        assert reader.status in {400, 405, 413}


def test_a_body_that_is_too_large_is_refused_and_the_connection_ends() -> None:
    reader = ask(taking(), "POST", b"a" * 60, b"b" * 60)
    assert (reader.status, headers_of(reader)[b"connection"]) == (413, b"close")


def test_a_body_that_is_too_slow_is_refused() -> None:
    reader = Reader()
    slow = Sender([b"a"], ends=False)
    asyncio.run(serve(taking(limits=limits(seconds_max=0.01)), slow, reader))
    assert reader.status == 408


@pytest.mark.parametrize(("is_counted", "statuses"), [(True, [429, 200]), (False, [200, 200])])
def test_who_holds_all_that_they_may_is_refused_where_it_is_counted(
    is_counted: bool,  # noqa: FBT001 -- a case
    statuses: list[int],
) -> None:
    async def run() -> list[int]:
        may_answer = asyncio.Event()

        async def answer(incoming: Incoming) -> ASGIApp:
            await may_answer.wait()
            return await echo(incoming)

        endpoint = taking(answer, limits=limits(each_max=1), is_counted=is_counted)
        readers = [Reader(), Reader()]
        tasks = [asyncio.create_task(serve(endpoint, Sender([b""]), one)) for one in readers]
        await asyncio.sleep(0)
        other = Reader()
        others = serve(endpoint, Sender([b""]), other, client=("192.0.2.2", 1))
        tasks.append(asyncio.create_task(others))
        await asyncio.sleep(0)
        may_answer.set()
        await asyncio.gather(*tasks)
        assert other.status == 200
        return sorted((one.status for one in readers), reverse=True)

    assert asyncio.run(run()) == statuses


def test_bodies_that_never_end_take_no_place_of_their_address() -> None:
    async def run() -> tuple[int, list[int]]:
        endpoint = taking(limits=limits(each_max=1, seconds_max=0.5), is_counted=True)
        stalled = [Reader() for _ in range(5)]
        tasks = [
            asyncio.create_task(serve(endpoint, Sender([b"a"], ends=False), one)) for one in stalled
        ]
        await asyncio.sleep(0.01)
        honest = Reader()
        await serve(endpoint, Sender([b"whole"]), honest)
        await asyncio.gather(*tasks)
        return honest.status, [one.status for one in stalled]

    assert asyncio.run(run()) == (200, [408] * 5)


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError(), 503), (InterfaceError(), 503), (RuntimeError(), 500), (KeyError(), 500)],
)
def test_whatever_fails_is_told_and_logged(
    error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_incoming: Incoming) -> ASGIApp:
        raise error

    reader = ask(taking(fail))
    assert reader.status == status
    assert (b"retry-after" in headers_of(reader)) == (status == 503)
    [line] = caplog.records
    assert line.levelno == logging.ERROR
    assert line.exc_info


def test_who_has_gone_is_told_nothing() -> None:
    async def gone(_incoming: Incoming) -> ASGIApp:
        raise SenderGoneError

    assert ask(taking(gone)).messages == []


def test_each_refusal_has_the_form_of_its_address() -> None:
    said: list[str] = []

    def say(refusal: Refusal) -> Response:
        said.append(refusal.code)
        return Response(status_code=refusal.status)

    async def refuse(_incoming: Incoming) -> ASGIApp:
        raise RequestRefusedError(Refusal(status=418, code="teapot", text="No."))

    endpoint = taking(refuse, say=say)
    assert ask(endpoint).status == 418
    ask(endpoint, "PUT")
    ask(endpoint, headers=[])
    ask(endpoint, "POST", b"a" * 101)
    assert said == ["teapot", "wrong_method", "wrong_host", "body_too_large"]


@pytest.mark.parametrize("endpoint", [taking(), showing(is_for_any_host=True)])
def test_a_request_that_names_two_hosts_is_refused_though_one_is_right(endpoint: Endpoint) -> None:
    method = "POST" if ask(endpoint, "GET").status == 405 else "GET"
    assert ask(endpoint, method, headers=[HOST, (b"host", b"evil.example")]).status == 400


@pytest.mark.parametrize("method", ["post", "Post", "options"])
def test_a_method_is_known_only_as_it_is_written(method: str) -> None:
    assert ask(taking(), method).status == 405


@pytest.mark.parametrize("name", [b"authorization", b"content-type", b"content-encoding"])
def test_a_header_that_says_one_thing_says_it_once(name: bytes) -> None:
    assert ask(taking(), headers=[HOST, (name, b"a"), (name, b"a")]).status == 400
    assert ask(taking(), headers=[HOST, (name, b"a"), (b"cookie", b"a")]).status == 200


def test_a_body_that_ends_early_is_refused_in_words() -> None:
    class Gone(Sender):
        async def receive(self) -> dict[str, Any]:
            return {"type": "http.disconnect"}

    reader = Reader()
    asyncio.run(serve(taking(), Gone([]), reader))
    assert (reader.status, reader.body) == (
        400,
        b"Your request did not arrive whole. Please send it again.",
    )
