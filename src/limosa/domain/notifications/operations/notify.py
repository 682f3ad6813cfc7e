"""Tell a person something: stored at once, mailed by a job of the same transaction."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app

from limosa.domain.notifications.kinds import PARAMETERS, NotificationKind

# Raw, because Django's own `ignore_conflicts` does not tell whether the row was new.
_INSERT = """
    INSERT INTO notifications_notification
           (key, subscriber_id, kind, parameters, path, created_at)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
"""


def notify(
    *,
    subscriber_id: int,
    key: str,
    kind: str,
    parameters: dict[str, Any],
    path: str,
    now: datetime,
) -> bool:
    """Return whether the message is new; with a known key nothing happens.

    `parameters` are JSON values, at least those that the kind asks for (kinds.py); `path` is the
    page of ours that the message leads to. Two statements, one when the key is known.
    Raises ValueError for an unknown kind or a missing parameter; nothing is stored.
    """
    missing = PARAMETERS[NotificationKind(kind)] - parameters.keys()
    if missing:
        raise ValueError(f"{kind} needs {', '.join(sorted(missing))}")
    # No savepoint: it would add two statements, and a fault in here ends the caller's work too.
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_INSERT, [key, subscriber_id, kind, json.dumps(parameters), path, now])
        row = cursor.fetchone()
        if row is None:
            return False
        app.configure_task(name="notifications.send_mail").defer(notification_id=row[0])
    return True
