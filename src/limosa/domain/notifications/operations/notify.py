"""Tell a person something: stored at once, mailed soon by whoever finds it due."""

from datetime import datetime
from typing import Any

from limosa.domain.notifications.kinds import PARAMETERS, NotificationKind
from limosa.domain.notifications.models import Notification
from limosa.domain.rows import insert_row_once


def notify(
    *,
    subscriber_id: int,
    key: str,
    kind: str,
    parameters: dict[str, Any],
    now: datetime,
) -> bool:
    """Return whether the message is new; with a known key nothing happens.

    `parameters` are JSON values, at least those that the kind asks for (kinds.py): they also say
    where the message leads (pages.py). One statement.
    Raises ValueError for an unknown kind or a missing parameter; nothing is stored.
    """
    missing = PARAMETERS[NotificationKind(kind)] - parameters.keys()
    if missing:
        raise ValueError(f"{kind} needs {', '.join(sorted(missing))}")
    return insert_row_once(
        Notification(
            key=key,
            subscriber_id=subscriber_id,
            kind=kind,
            parameters=parameters,
            created_at=now,
            next_mail_at=now,
        )
    )
