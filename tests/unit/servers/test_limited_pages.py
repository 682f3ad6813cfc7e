"""Who gets as far as a page: one host of ours, and a method exactly as it is written."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from limosa.servers.bodies import BodyReader
from limosa.servers.crowd import Crowd
from limosa.servers.limited_pages import LimitedPages
from limosa.servers.limits import Limits
from limosa.servers.pages import Pages
from limosa.servers.plain_paths import PlainPaths
from limosa.web.costly import is_costly
from tests.unit.servers.asgi import Reader, Sender, scope_of

HOST = (b"host", b"testserver")


class Django:
    """Stands for the pages; keeps what reached them."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def __call__(self, environ: dict[str, Any], answer: Callable[..., Any]) -> Iterable[bytes]:
        self.reached.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        answer("200 OK", [])
        return [b"a page"]


def ask(django: Django, path: str = "/", **scope: Any) -> Reader:
    limits = Limits(
        bodies=BodyReader(), requests=Crowd(each_max=9), counted_as=lambda _: "192.0.2.1"
    )
    pages = Pages(django, threads=2, is_costly=is_costly)
    reader, whole = Reader(), scope_of(path, headers=[HOST], raw_path=path.encode())
    application = PlainPaths(LimitedPages(pages, limits=limits))
    asyncio.run(application(whole | scope, Sender([b""]).receive, reader.send))
    return reader


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_method_of_ours_gets_a_page(method: str) -> None:
    django = Django()
    assert ask(django, method=method).status == 200
    assert django.reached == [f"{method} /"]


@pytest.mark.parametrize("method", ["post", "Post", "pOST", "get", "TRACE", "PUT", "FOO"])
def test_what_is_not_exactly_a_method_of_ours_goes_no_further(method: str) -> None:
    django = Django()
    reader = ask(django, "/accounts/login/", method=method)
    assert reader.status == 405
    assert (b"allow", b"GET, HEAD, POST, OPTIONS") in reader.messages[0]["headers"]
    assert django.reached == []


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/accounts/login/", b"/accounts%2Flogin/"),
        ("/accounts/login/", b"/accounts%2flogin/"),
        ("/feeds/usage", b"/feeds%2Fusage"),
        ("//", b"/%2F"),
    ],
)
def test_an_encoded_slash_leads_nowhere(path: str, raw: bytes) -> None:
    django = Django()
    assert ask(django, path, raw_path=raw).status == 404
    assert django.reached == []


def test_other_encoded_letters_lead_where_they_say() -> None:
    assert ask(Django(), "/plans/é/", raw_path=b"/plans/%C3%A9/").status == 200
    assert ask(Django(), "/a%2Fb", raw_path=b"/a%252Fb").status == 200


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b"evil.example"],
        [b"testserver", b"evil.example"],
        [b"testserver", b"testserver"],
        [b"testserver:99999999"],
        [b"testserver:65536"],
    ],
)
def test_nothing_is_shown_at_another_host_or_at_two(
    hosts: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    django = Django()
    reader = ask(django, headers=[(b"host", host) for host in hosts])
    assert reader.status == 400
    assert reader.body == b"This service does not answer at this address.\n"
    assert django.reached == []
    [line] = caplog.records
    assert line.levelno == logging.WARNING


@pytest.mark.parametrize("host", [b"testserver:8000", b"testserver:65535", b"testserver"])
def test_a_port_that_exists_is_no_matter(host: bytes) -> None:
    assert ask(Django(), headers=[(b"host", host)]).status == 200
