"""Tells whoever watches an order that it has changed."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core import signing
from django.db import transaction

from limosa.domain.statements import fetch_all

CHANNEL = "limosa_events"
WATCH_SECONDS_MAX = 24 * 3600
_SALT = "events"
_TOPICS_MAX = 200  # A notification holds less than 8,000 bytes.
_held: ContextVar[list[str] | None] = ContextVar("held", default=None)


def watch_path(number: str) -> str:
    """Return the path of the order's live events; whoever holds it may watch, for a day."""
    return f"/events/orders/{number}?t={signing.dumps(_topic(number), salt=_SALT)}"


def watched_topic(token: str) -> str:
    """Return the topic in a token of watch_path(). Raises signing.BadSignature."""
    topic: str = signing.loads(token, salt=_SALT, max_age=WATCH_SECONDS_MAX)
    return topic


def announce_order(number: str) -> None:
    """Send a NOTIFY once the running transaction is committed.

    After it, not in it: PostgreSQL serialises the commits of transactions that notify. A process
    that dies in between loses only a hint; the page asks again by itself.
    """
    transaction.on_commit(lambda: _announce_or_hold(number))


@contextmanager
def announcements_held() -> Iterator[list[str]]:
    """Collect the numbers of the orders that change inside, for a caller that tells of many at
    once by announce_orders(). Each NOTIFY wakes every web process.
    """
    numbers: list[str] = []
    token = _held.set(numbers)
    try:
        yield numbers
    finally:
        _held.reset(token)


def announce_orders(numbers: Iterable[str]) -> None:
    """Name orders in a NOTIFY, many in one. Call it outside of transactions."""
    topics = [_topic(number) for number in numbers]
    for first in range(0, len(topics), _TOPICS_MAX):
        payload = json.dumps({"topics": topics[first : first + _TOPICS_MAX]})
        fetch_all("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _announce_or_hold(number: str) -> None:
    held = _held.get()
    if held is None:
        announce_orders([number])
    else:
        held.append(number)


def _topic(number: str) -> str:
    return f"order:{number}"
