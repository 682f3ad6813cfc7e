"""Notifies those who watch an order that it has changed."""

import json

from django.core import signing
from django.db import connection, transaction

CHANNEL = "limosa_events"
WATCH_SECONDS_MAX = 24 * 3600
_SALT = "events"


def watch_path(number: str) -> str:
    """Return the path of the order's live events; its holder may watch them for a day."""
    return f"/events/orders/{number}?t={signing.dumps(_topic(number), salt=_SALT)}"


def watched_topic(token: str) -> str:
    """Return the topic in a token from watch_path(). Raises signing.BadSignature."""
    topic: str = signing.loads(token, salt=_SALT, max_age=WATCH_SECONDS_MAX)
    return topic


def announce_order(number: str) -> None:
    """Send a NOTIFY once the running transaction is committed.

    After the commit, not in it: PostgreSQL serialises the commits of transactions that notify. If
    the process dies in between, only a hint is lost; the page polls on its own.
    """
    transaction.on_commit(lambda: _notify(number), robust=True)


def _notify(number: str) -> None:
    payload = json.dumps({"topics": [_topic(number)]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _topic(number: str) -> str:
    return f"order:{number}"
