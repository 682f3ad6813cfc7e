from datetime import datetime

from django.db import connection

# Ids are given before rows are committed, and a worker may have paused; later ones are seen by the
# daily look of what is idle.
OVERLAP = 1_000
# By itself, or the planner takes what is new for a third of all.
_NEWEST = "SELECT coalesce(max(id), 0) FROM esims_bundle"
WAKE = """
UPDATE autorenewal_autorenewal AS auto SET next_at = %(now)s
  FROM esims_bundle AS bundle
 WHERE bundle.id > %(after)s
   AND auto.esim_id = bundle.esim_id AND auto.ended_at IS NULL
   AND auto.seen_bundle < bundle.id AND auto.next_at > %(now)s
"""


def wake_for_new_bundles(*, now: datetime) -> int:
    """Have automatic renewals looked at whose eSIM got a bundle since; return how many. Two
    statements, over the newest bundles, by index."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        (newest,) = cursor.fetchone()
        cursor.execute(WAKE, {"now": now, "after": newest - OVERLAP})
        return int(cursor.rowcount)
