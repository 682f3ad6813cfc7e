from datetime import datetime

from django.db import connection, transaction

# Locked rows are left for the next round: pages show the right state meanwhile, since they read the
# times, not only the state. MATERIALIZED, because a plan may run a subquery in IN more than once,
# and would take that many more rows each time.
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
    """End bundles whose time is over, and begin those whose time has come.

    Returns how many rows changed, at most three times `most`; call again until it is zero.
    """
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_EXPIRE, _EXPIRE_UNUSED, _BEGIN):
            cursor.execute(statement, {"now": now, "most": most})
            changed += cursor.rowcount
    return changed
