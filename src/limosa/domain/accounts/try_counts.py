"""The table of attempt counts, under names that tell its readers nothing."""

import hashlib
import hmac
from datetime import datetime, timedelta
from secrets import token_hex

from django.conf import settings
from django.db import connection

from limosa.domain.accounts.engine.try_rules import Counted, Rate
from limosa.foundation.keys import key_from

# One statement, which locks the row: concurrent attempts are counted one after the other.
_ADD = """
INSERT INTO accounts_trycount AS kept (name, tries, over_at) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET
    tries = CASE WHEN kept.over_at <= %s THEN excluded.tries
        ELSE least(kept.tries, %s) + excluded.tries END,
    over_at = CASE WHEN kept.over_at <= %s THEN excluded.over_at ELSE kept.over_at END
RETURNING tries, over_at
"""


def add_to_count(counted: Counted, *, now: datetime, tries: int = 1) -> datetime | None:
    """Count an attempt. Return None, or until when it is one too many.

    tries: 0 if nothing is to be counted but the call should take equally long.
    """
    most = counted.rate.tries
    with connection.cursor() as cursor:
        over_at = now + counted.rate.within
        cursor.execute(_ADD, [stored_name(counted.name), tries, over_at, now, most, now])
        counted_tries, until = cursor.fetchone()
    return until if counted_tries > most else None


def count_nothing(*, now: datetime) -> None:
    """Write a meaningless row, where another would otherwise be written."""
    add_to_count(Counted(f"nothing {token_hex(16)}", Rate(1, timedelta(minutes=1))), now=now)


def stored_name(name: str) -> str:
    """Return the name under which a count is stored."""
    key = key_from(settings.SECRET_KEY, purpose="tries")
    return hmac.digest(key, name.encode(), hashlib.sha256).hex()
