"""The table of attempt counts, under names that tell its readers nothing."""

import hashlib
import hmac
from datetime import datetime, timedelta
from secrets import token_hex

from django.conf import settings
from django.db import connection

from limosa.domain.accounts.engine.attempt_rules import Counted, Rate
from limosa.foundation.keys import key_from

# One statement, which locks the row: concurrent attempts are counted one after the other.
_ADD = """
INSERT INTO accounts_attemptcount AS kept (name, attempts, over_at) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET
    attempts = CASE WHEN kept.over_at <= %s THEN excluded.attempts
        ELSE least(kept.attempts, %s) + excluded.attempts END,
    over_at = CASE WHEN kept.over_at <= %s THEN excluded.over_at ELSE kept.over_at END
RETURNING attempts, over_at
"""


def add_to_count(counted: Counted, *, now: datetime, attempts: int = 1) -> datetime | None:
    """Count an attempt. Return None, or until when it is one too many.

    attempts: 0 if nothing is to be counted but the call should take equally long.
    """
    most = counted.rate.attempts
    with connection.cursor() as cursor:
        over_at = now + counted.rate.within
        cursor.execute(_ADD, [stored_name(counted.name), attempts, over_at, now, most, now])
        counted_attempts, until = cursor.fetchone()
    return until if counted_attempts > most else None


def count_nothing(*, now: datetime) -> None:
    """Write a meaningless row, where another would otherwise be written."""
    add_to_count(Counted(f"nothing {token_hex(16)}", Rate(1, timedelta(minutes=1))), now=now)


def stored_name(name: str) -> str:
    """Return the name under which a count is stored."""
    key = key_from(settings.SECRET_KEY, purpose="attempts")
    return hmac.digest(key, name.encode(), hashlib.sha256).hex()
