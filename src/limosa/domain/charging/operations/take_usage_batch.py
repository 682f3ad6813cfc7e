from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from limosa.domain.charging.operations.take_call import take_call
from limosa.domain.connectivity.capabilities import Capabilities

# Longer than any call takes with the storing of its answer, so that nobody asks at the same time.
LEASE = timedelta(seconds=90)
_TAKE = """
WITH due AS MATERIALIZED (
    SELECT id, next_at FROM charging_usagewatch
     WHERE supplier_id = %(supplier)s AND next_at <= %(now)s
     ORDER BY next_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE charging_usagewatch AS watch
   SET next_at = %(until)s, attempts = attempts + 1, asked_at = %(now)s
  FROM due WHERE watch.id = due.id
RETURNING watch.esim_id, watch.attempts, due.next_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenWatch:
    """An eSIM that is ours to ask for until the lease ends. `planned_at`: when it was due."""

    esim_id: int
    attempt: int
    planned_at: datetime


@transaction.atomic
def take_usage_batch(*, supplier_code: str, can: Capabilities, now: datetime) -> list[TakenWatch]:
    """Take the eSIMs of a supplier that are due longest, as many as fit into one question.

    Empty: none is due, or no call may be made now. Committed before the call is made: no two
    workers have the same eSIM, and if one dies another takes it when the lease ends.
    Locks: watches that nobody holds (`SKIP LOCKED`), then the supplier's bucket of calls.
    """
    values: dict[str, Any] = {
        "supplier": supplier_code,
        "now": now,
        "until": now + LEASE,
        "most": can.usage_batch,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        rows = cursor.fetchall()
    taken = [
        TakenWatch(esim_id=esim, attempt=attempt, planned_at=planned)
        for esim, attempt, planned in rows
    ]
    is_allowed = bool(taken) and take_call(
        supplier_code=supplier_code, calls_per_minute=can.calls_per_minute, now=now
    )
    if not is_allowed:
        transaction.set_rollback(True)
        return []
    return taken
