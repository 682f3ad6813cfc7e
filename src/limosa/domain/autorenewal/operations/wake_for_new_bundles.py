from datetime import datetime

from django.db import connection

# Ids are given before rows are committed, and a worker may have paused; later ones are seen by the
# daily look of what is idle.
OVERLAP = 10_000
WAKE = """
UPDATE autorenewal_autorenewal AS auto SET next_at = %(now)s
  FROM esims_bundle AS bundle
 WHERE bundle.id > (SELECT coalesce(max(id), 0) FROM esims_bundle) - %(overlap)s
   AND auto.esim_id = bundle.esim_id AND auto.ended_at IS NULL
   AND auto.seen_bundle < bundle.id AND auto.next_at > %(now)s
"""


def wake_for_new_bundles(*, now: datetime) -> int:
    """Have automatic renewals looked at whose eSIM got a bundle since; return how many. One
    statement, over the newest bundles, by index."""
    with connection.cursor() as cursor:
        cursor.execute(WAKE, {"now": now, "overlap": OVERLAP})
        return int(cursor.rowcount)
