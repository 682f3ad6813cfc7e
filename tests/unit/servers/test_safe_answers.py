"""Every answer of the web server carries the headers that keep a browser from harm."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message

from limosa.servers.safe_answers import with_safe_answers

NOSNIFF = (b"x-content-type-options", b"nosniff")
HSTS = (b"strict-transport-security", b"max-age=31536000")


def headers_of(answered: list[tuple[bytes, bytes]], *, hsts_seconds: int) -> Any:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": answered})
        await send({"type": "http.response.body", "body": b"x"})

    sent: list[Message] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        await with_safe_answers(application, hsts_seconds=hsts_seconds)(
            {"type": "http"}, receive, send
        )

    asyncio.run(ask())
    start, body = sent
    assert body == {"type": "http.response.body", "body": b"x"}
    return start["headers"]


@pytest.mark.parametrize("answered", [[], [(b"content-type", b"text/event-stream")]])
def test_what_an_answer_lacks_is_added(answered: list[tuple[bytes, bytes]]) -> None:
    assert headers_of(answered, hsts_seconds=31_536_000) == [*answered, NOSNIFF, HSTS]
    assert headers_of(answered, hsts_seconds=0) == [*answered, NOSNIFF]


def test_what_django_said_stands_alone() -> None:
    answered = [
        (b"X-Content-Type-Options", b"nosniff"),
        (b"Strict-Transport-Security", b"max-age=9"),
    ]
    assert headers_of(answered, hsts_seconds=31_536_000) == answered
