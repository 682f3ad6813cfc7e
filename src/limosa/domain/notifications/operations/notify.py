"""Notify a person: the message is stored at once and mailed soon, by a sweep."""

from datetime import datetime
from typing import Any

from limosa.domain.notifications.kinds import KINDS
from limosa.domain.notifications.models import Notification
from limosa.domain.rows import insert_row_once


def notify(
    *,
    subscriber_id: int,
    key: str,
    kind: str,
    parameters: dict[str, Any],
    now: datetime,
    is_mailed: bool = True,
) -> bool:
    """Return whether the message is new; a key already stored changes nothing.

    `is_mailed` False: it is in the product's list only.

    `parameters` are JSON values, including at least those that the kind requires (kinds.py); they
    also determine where the message leads. One statement. Raises ValueError for an unknown kind or
    a missing parameter; nothing is stored.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of message is {kind!r}")
    missing = KINDS[kind].needs - parameters.keys()
    if missing:
        raise ValueError(f"{kind} needs {', '.join(sorted(missing))}")
    return insert_row_once(
        Notification(
            key=key,
            subscriber_id=subscriber_id,
            kind=kind,
            parameters=parameters,
            created_at=now,
            next_mail_at=now if is_mailed else None,
        )
    )
