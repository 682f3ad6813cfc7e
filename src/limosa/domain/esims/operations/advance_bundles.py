from datetime import datetime

from django.db import connection, transaction

# Rows that somebody is working on are left for the next round: the page shows the right state
# meanwhile, since it reads the times, not only the state. Materialized: a plan may run a subquery
# in IN more than once, and each time it would take as many rows again.
_EXPIRE = """
WITH due AS MATERIALIZED (
    SELECT id FROM esims_bundle
     WHERE (state = 'active' AND ends_at <= %(now)s)
     ORDER BY ends_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE esims_bundle SET state = 'expired', ended_at = %(now)s
  FROM due WHERE esims_bundle.id = due.id
"""
_EXPIRE_UNUSED = """
WITH due AS MATERIALIZED (
    SELECT id FROM esims_bundle
     WHERE state = 'queued' AND starts_at IS NULL AND first_use_before <= %(now)s
     LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE esims_bundle SET state = 'expired', ended_at = %(now)s
  FROM due WHERE esims_bundle.id = due.id
"""
_BEGIN = """
WITH due AS MATERIALIZED (
    SELECT id FROM esims_bundle
     WHERE state = 'queued' AND starts_at <= %(now)s
     ORDER BY starts_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE esims_bundle SET state = 'active'
  FROM due WHERE esims_bundle.id = due.id
"""


def advance_bundles(*, now: datetime, most: int = 1000) -> int:
    """End the bundles whose time is over and begin those whose time has come.

    Returns how many rows changed, at most three times `most`; call again while it is not zero.
    """
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_EXPIRE, _EXPIRE_UNUSED, _BEGIN):
            cursor.execute(statement, {"now": now, "most": most})
            changed += cursor.rowcount
    return changed
