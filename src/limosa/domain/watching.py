"""Tells pages that watch something that it has changed, and lets them watch (ADR 8).

A topic is a kind and a name, such as `order:L-AAAA`.
"""

import json

from django.core import signing
from django.db import connection, transaction

CHANNEL = "limosa_events"
WATCH_SECONDS_MAX = 24 * 3600
_SALT = "events"


def watch_token(topic: str) -> str:
    """Return what lets its holder watch a topic, for a day."""
    return signing.dumps(topic, salt=_SALT)


def watched_topic(token: str) -> str:
    """Return the topic in a token from watch_token(). Raises signing.BadSignature."""
    topic: str = signing.loads(token, salt=_SALT, max_age=WATCH_SECONDS_MAX)
    return topic


def announce(topic: str) -> None:
    """Send a NOTIFY once the running transaction is committed.

    After the commit, not in it: PostgreSQL serialises the commits of transactions that notify. If
    the process dies in between, only a hint is lost; the page polls on its own.
    """
    transaction.on_commit(lambda: _notify(topic), robust=True)


def _notify(topic: str) -> None:
    payload = json.dumps({"topics": [topic]})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
