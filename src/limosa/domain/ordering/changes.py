"""Tells whoever watches an order that it has changed."""

import json

from django.db import connection, transaction

CHANNEL = "limosa_events"


def announce_order(number: str) -> None:
    """Send a NOTIFY once the running transaction is committed.

    After it, not in it: PostgreSQL serialises the commits of transactions that notify. A process
    that dies in between loses only a hint; the page asks again by itself.
    """
    transaction.on_commit(lambda: _notify(number))


def _notify(number: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"topic": f"order:{number}"})])
