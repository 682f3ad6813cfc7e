"""Whoever has not signed in can't fill the log: what is refused is summed up every few seconds."""

import logging
import threading
from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client

from limosa.config.log_stream import SummingStream
from limosa.servers.hosts import is_for_us
from tests.unit.servers.asgi import scope_of

pytestmark = pytest.mark.django_db
TIMES = 20


@pytest.fixture
def handler() -> Iterator[SummingStream]:
    summed = settings.LOGGING["handlers"]["standard_error"]["summed"]
    handler = SummingStream(StringIO(), summed=summed, seconds=60)
    logging.getLogger().addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def other_host(number: int) -> None:
    is_for_us(scope_of("/", headers=[(b"host", f"evil-{number}.example".encode())]))


def control_character(number: int) -> None:
    Client().get(f"/plans/{number}%00/")


def no_token(number: int) -> None:
    Client(enforce_csrf_checks=True).post(f"/accounts/login/?{number}", {"login": "a"})


@pytest.mark.parametrize("refused", [other_host, control_character, no_token])
def test_one_line_is_written_at_once_and_one_for_all_that_follow(
    refused: Callable[[int], None], handler: SummingStream
) -> None:
    for number in range(TIMES):
        refused(number)
    assert isinstance(handler.stream, StringIO)
    assert handler.stream.getvalue().count("\n") == 1
    handler.close()
    first, rest = handler.stream.getvalue().splitlines()
    assert rest == f"{first} (and {TIMES - 1} more like it in 60 seconds)"


def test_what_was_counted_is_told_without_waiting_for_more() -> None:
    class Written(StringIO):
        is_told = threading.Event()

        def write(self, text: str) -> int:
            if "more like it" in text:
                self.is_told.set()
            return super().write(text)

    stream = Written()
    handler = SummingStream(stream, summed=["refused"], seconds=0.05)
    line = logging.makeLogRecord({"name": "refused", "msg": "refused: %s", "args": ("a",)})
    other = logging.makeLogRecord({"name": "other", "msg": "refused: %s", "args": ("b",)})
    for _ in range(3):
        handler.handle(line)
        handler.handle(other)
    assert stream.is_told.wait(20)
    assert sorted(stream.getvalue().splitlines()) == [
        "refused: a",
        "refused: a (and 2 more like it in 0.05 seconds)",
        "refused: b",
        "refused: b",
        "refused: b",
    ]
