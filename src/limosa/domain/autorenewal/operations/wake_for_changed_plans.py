from datetime import datetime

from django.db import connection

# A plan that was changed to one on the same eSIM has ended, and the new one wakes it
# (wake_for_new_bundles): of those on another eSIM there are few, by a partial index.
WAKE = """
UPDATE autorenewal_autorenewal AS auto SET next_at = %(now)s
  FROM ordering_planchange AS change
  JOIN ordering_order AS replaced ON replaced.id = change.replaced_id
 WHERE change.state = 'counted' AND change.ended_at IS NULL
   AND auto.esim_id = replaced.esim_id AND auto.ended_at IS NULL
   AND auto.started_at < change.counted_at AND auto.next_at > %(now)s
"""


def wake_for_changed_plans(*, now: datetime) -> int:
    """Have automatic renewals looked at whose plan was changed to one on another eSIM, so that they
    end; return how many.

    Locks: the automatic renewals, by one UPDATE.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAKE, {"now": now})
        return int(cursor.rowcount)
