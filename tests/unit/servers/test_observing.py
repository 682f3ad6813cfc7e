"""Each request has a number, is counted, and is a line in the log if that is wanted."""

import asyncio
import json
import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY
from starlette.types import ASGIApp, Message

from limosa.config.log_format import CarefulFormatter, CarefulJsonFormatter
from limosa.foundation.addresses import read_networks
from limosa.servers.observing import Observed, kind_of
from limosa.servers.proxies import SeenThrough, TrustedProxies
from limosa.servers.request_number import request_number

PROXIES = TrustedProxies(read_networks("127.0.0.1"), header="x-forwarded-for")


async def greet(_scope: Any, _receive: Any, send: Any) -> None:
    logging.getLogger("limosa.test").info("working for %s", request_number())
    await send({"type": "http.response.start", "status": 201, "headers": [(b"a", b"b")]})
    await send({"type": "http.response.body", "body": b"hello", "more_body": False})


async def fail(_scope: Any, _receive: Any, _send: Any) -> None:
    raise RuntimeError


def ask(application: ASGIApp, path: str = "/plans?q=secret", **scope: Any) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    path, _, query = path.partition("?")
    whole = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(),
        "client": ("127.0.0.1", 1), "headers": [(b"x-forwarded-for", b"203.0.113.7")], **scope,
    }  # fmt: skip

    async def run() -> None:
        await application(whole, receive, send)

    asyncio.run(run())
    return sent


def observed(inner: ASGIApp = greet, *, log: bool = False) -> ASGIApp:
    return SeenThrough(Observed(inner, has_access_log=log), proxies=PROXIES)


def counted(**labels: str) -> float:
    return REGISTRY.get_sample_value("limosa_requests_total", labels) or 0


def test_the_answer_bears_the_number_that_the_log_bears(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    first, second = (ask(observed())[0]["headers"] for _ in range(2))
    assert first[0] == (b"a", b"b")
    numbers = [dict(headers)[b"x-request-id"].decode() for headers in (first, second)]
    assert numbers[0] != numbers[1]
    assert [f"working for {number}" for number in numbers] == caplog.messages


@pytest.mark.parametrize("name", ["web", "smdp"])
def test_a_process_is_ready_under_its_own_name(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "limosa.servers.observing")

    async def start(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "lifespan.startup.complete"})

    ask(Observed(start, has_access_log=False, name=name), type="lifespan")
    assert caplog.messages == [f"{name}: ready"]


def test_answers_are_counted_and_so_is_one_that_never_came() -> None:
    good = {"kind": "page", "method": "GET", "status": "201"}
    none = {"kind": "page", "method": "other", "status": "0"}
    before = counted(**good), counted(**none)
    ask(observed())
    with pytest.raises(RuntimeError):
        ask(observed(fail), method="BREW")
    assert (counted(**good), counted(**none)) == (before[0] + 1, before[1] + 1)
    assert REGISTRY.get_sample_value("limosa_requests_open", {"kind": "page"}) == 0


def test_a_line_of_the_log_has_the_real_address_and_no_query(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "limosa.access")
    ask(observed())
    assert not [record for record in caplog.records if record.name == "limosa.access"]
    ask(observed(log=True))
    [line] = [record.getMessage() for record in caplog.records if record.name == "limosa.access"]
    assert line.startswith("203.0.113.7 GET '/plans' 201 ")
    assert "secret" not in line


def test_a_line_of_the_log_is_short_whatever_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "limosa.access")
    ask(observed(log=True), "/" + "a" * 60_000, method="M" * 60_000)
    [line] = [record.getMessage() for record in caplog.records if record.name == "limosa.access"]
    assert line.startswith("203.0.113.7 other '/aaa")
    assert len(line) < 1_100


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "page"), ("/static/a.css", "static"), ("/events/orders/L-1", "stream"),
        ("/console/", "console"), ("/payments/stripe/notify", "notification"),
        ("/feeds/usage", "feed"), ("/healthz", "health"), ("/suppliers/x/callback", "callback"),
        ("/gsma/rsp2/es9plus/authenticateClient", "es9plus"),
        ("/gsma/rsp2/es2plus/confirmOrder", "es2plus"),
    ],
)  # fmt: skip
def test_what_a_path_leads_to_is_one_of_few_words(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_a_json_line_is_whole_and_careful() -> None:
    formatter = CarefulJsonFormatter(secrets=["sesame-sesame"])
    with pytest.raises(ValueError, match="sesame") as caught:
        int("said sesame-sesame")
    error = caught.value
    record = logging.LogRecord(
            "limosa", logging.ERROR, "", 0, 'a "line"\n%s', ("sesame-sesame",),
            (type(error), error, error.__traceback__),
        )  # fmt: skip
    text = formatter.format(record)
    said = json.loads(text)
    assert "\n" not in text
    assert "sesame" not in text
    assert said["level"] == "error"
    assert said["message"] == 'a "line"\n[…]'
    assert "ValueError" in said["exception"]
    assert "sesame" not in CarefulFormatter(secrets=["sesame-sesame"]).format(record)
