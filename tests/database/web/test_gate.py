"""What can't be read is refused before anything looks at it: with a page, a line, and at once."""

import logging
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from limosa.web.content_type import plain_type
from limosa.web.gate import RequestGate
from tests.fuzzing.bad_input import FORM

pytestmark = pytest.mark.django_db
MULTIPART = "multipart/form-data; boundary=X"
PART = b'--X\r\nContent-Disposition: form-data; name="next"\r\n\r\n%b\r\n--X--\r\n'
CPU_SECONDS_MAX = 0.1
HEADINGS = {
    "en": "We could not read this request",
    "zh-Hans": "这个请求无法读取",
    "zh-Hant": "這個請求無法讀取",
    "es": "No hemos podido leer esta solicitud",
}
UNREADABLE: dict[str, dict[str, Any]] = {
    "a NUL in the path": {"PATH_INFO": "/plans/a\0b/buy/"},
    "a line break in the path": {"PATH_INFO": "/plans/a\r\nb/buy/"},
    "a NUL in the query": {"QUERY_STRING": "kind=a%00b"},
    "a NUL in a query's name": {"QUERY_STRING": "ki%00nd=a"},
    "bytes that are no UTF-8 in the query": {"QUERY_STRING": "kind=%ff%fe"},
    "raw bytes that are no UTF-8 in the query": {"QUERY_STRING": "kind=\xff"},
    "half a surrogate in the query": {"QUERY_STRING": "kind=%ed%a0%80"},
    "too many fields in the query": {"QUERY_STRING": "&".join(f"a{n}=" for n in range(1001))},
    "another charset": {"CONTENT_TYPE": f"{FORM}; charset=utf-16"},
    "a codec that is no charset": {"CONTENT_TYPE": f"{FORM}; charset=base64"},
    "a NUL in a form": {"CONTENT_TYPE": FORM, "body": b"next=a%00"},
    "bytes that are no UTF-8 in a form": {"CONTENT_TYPE": FORM, "body": b"next=%c3%28"},
    "too many fields in a form": {"CONTENT_TYPE": FORM, "body": b"a=&" * 1001},
    "too large a form": {"CONTENT_TYPE": FORM, "body": b"a=" + b"x" * 300_000},
    "a form without a boundary": {"CONTENT_TYPE": "multipart/form-data", "body": b"--X"},
    "a NUL in a part": {"CONTENT_TYPE": MULTIPART, "body": PART % b"a\0"},
    "too many parts": {"CONTENT_TYPE": MULTIPART, "body": (PART % b"a")[:-9] * 1001 + b"\r\n--X--"},
    "a NUL in a part in base64": {
        "CONTENT_TYPE": MULTIPART,
        "body": PART.replace(b'"next"', b'"next"\r\nContent-Transfer-Encoding: base64') % b"AA==",
    },
    "signs that stand for nothing in a form": {"CONTENT_TYPE": FORM, "body": b"a=%4&b=100%"},
    "too long a path": {"PATH_INFO": "/" + "a" * 2_000},
    "too long a query": {"QUERY_STRING": "a=" + "b" * 9_000},
    "too many cookies": {"HTTP_COOKIE": "a=b; " * 4_000},
}


def ask(client: Client, **environ: Any) -> Any:
    body = environ.pop("body", None)
    if body is not None:
        environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    environ = {"PATH_INFO": "/", "REQUEST_METHOD": "GET" if body is None else "POST", **environ}
    return client.request(**plain_type(environ))


@pytest.mark.parametrize("what", UNREADABLE)
def test_it_is_refused_with_a_page_and_one_line(
    what: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(client, **UNREADABLE[what])
    assert answer.status_code == 400
    assert HEADINGS["en"] in answer.content.decode()
    assert answer.headers["Content-Security-Policy"]
    [line] = caplog.records
    assert line.message.startswith("refused: ")
    assert line.exc_info is None


@pytest.mark.parametrize("language", HEADINGS)
def test_the_page_is_in_the_readers_language(language: str, client: Client) -> None:
    answer = ask(client, QUERY_STRING="%00", HTTP_ACCEPT_LANGUAGE=language)
    page = answer.content.decode()
    assert HEADINGS[language] in page
    assert f'<html lang="{language}">' in page


def test_what_a_person_writes_is_let_through(client: Client) -> None:
    answer = ask(client, QUERY_STRING="kind=%E7%BB%AD%E8%88%AA%F0%9F%A6%86&x=%0D%0A&%25=%")
    assert answer.status_code == 200
    assert ask(client, CONTENT_TYPE=MULTIPART, body=PART % "续航".encode()).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "a\nb", "[::1", "x" * 300, "é"])
def test_another_host_is_refused_plainly_in_one_line(
    host: str, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ask(client, HTTP_HOST=host)
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        400,
        "text/plain; charset=utf-8",
    )
    assert answer.content == b"This service does not answer at this address.\n"
    [line] = caplog.records
    assert line.exc_info is None
    assert "\n" not in line.message
    assert len(line.message) < 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "FOO"])
@pytest.mark.parametrize("path", ["/", "/console/", "/static/limosa.css", "/none"])
def test_methods_that_no_page_knows_are_refused(method: str, path: str, client: Client) -> None:
    answer = ask(client, PATH_INFO=path, REQUEST_METHOD=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert answer.content == b""


@pytest.fixture
def _quiet_gate() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


COSTLY: dict[str, dict[str, Any]] = {
    **UNREADABLE,
    "the longest form": {"CONTENT_TYPE": FORM, "body": b"a=" + b"%41" * 80_000},
    "a form of signs": {"CONTENT_TYPE": FORM, "body": b"%" * 256_000},
    "a form of separators": {"CONTENT_TYPE": FORM, "body": b"&" * 256_000},
    "the most fields": {"CONTENT_TYPE": FORM, "body": b"&".join([b"a" * 250 + b"="] * 999)},
    "a part's long header": {
        "CONTENT_TYPE": MULTIPART,
        "body": b"--X\r\nContent-Disposition: form-data; name=a" + b"; x=y" * 50_000 + b"\r\n\r\n",
    },
    "parts of nothing": {"CONTENT_TYPE": MULTIPART, "body": b"--X\r\n" * 50_000},
    "almost boundaries": {"CONTENT_TYPE": MULTIPART, "body": PART % (b"\r\n--Y" * 50_000)},
    "spaces in base64": {
        "CONTENT_TYPE": MULTIPART,
        "body": PART.replace(b'"next"', b'"next"\r\nContent-Transfer-Encoding: base64')
        % (b" " * 250_000),
    },
    "a long query": {"QUERY_STRING": "%" * 8_000},
    "a query without end": {"QUERY_STRING": "%" * 400_000},
    "a path without end": {"PATH_INFO": "/a" * 200_000},
    "a long type": {"CONTENT_TYPE": "text/plain" + "; a=b" * 20_000},
    "a long list of languages": {"HTTP_ACCEPT_LANGUAGE": "en-x," * 20_000, "QUERY_STRING": "%00"},
    "cookies without end": {"HTTP_COOKIE": "a=b; " * 80_000},
}


@pytest.mark.parametrize("what", COSTLY)
@pytest.mark.usefixtures("_quiet_gate")
def test_reading_it_costs_less_than_a_tenth_of_a_second(what: str) -> None:
    gate = RequestGate(lambda _: HttpResponse())
    environ = dict(COSTLY[what])
    body = environ.pop("body", b"")
    environ |= {"CONTENT_LENGTH": str(len(body)), "REQUEST_METHOD": "POST"}

    def once() -> float:
        began = time.thread_time()
        typed = plain_type({**environ, "wsgi.input": BytesIO(body)})
        gate(RequestFactory().request(**typed))
        return time.thread_time() - began

    once()  # Templates and translations are read the first time.
    assert min(once() for _ in range(3)) < CPU_SECONDS_MAX
