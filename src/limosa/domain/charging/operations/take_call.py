from datetime import datetime
from typing import Any

from django.db import connection

from limosa.domain.charging.engine.allowance import call_pace

# The rule of engine/allowance.py in one statement: whoever comes second meets the first one's row,
# and PostgreSQL looks at the condition again.
_TAKE = """
INSERT INTO charging_callallowance AS bucket (supplier_id, free_at, failures)
VALUES (%(supplier)s, %(now)s + %(step)s, 0)
ON CONFLICT (supplier_id) DO UPDATE
   SET free_at = greatest(bucket.free_at, %(now)s) + %(step)s
 WHERE greatest(bucket.free_at, %(now)s) - %(depth)s <= %(now)s
   AND (bucket.rests_until IS NULL OR bucket.rests_until <= %(now)s)
RETURNING supplier_id
"""


def take_call(*, supplier_code: str, calls_per_minute: int, now: datetime) -> bool:
    """Take one of the calls about use that a supplier may be sent; return False if there is none.

    There is none while the supplier rests after calls that it has not answered. Calls of all
    workers count together.
    Locks: the supplier's bucket, by one statement, until the caller's transaction ends.
    """
    pace = call_pace(calls_per_minute)
    values: dict[str, Any] = {
        "supplier": supplier_code,
        "now": now,
        "step": pace.step,
        "depth": pace.depth,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        return cursor.fetchone() is not None
