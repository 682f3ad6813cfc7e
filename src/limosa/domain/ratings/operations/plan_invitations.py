"""Note new bundles, whose buyers will be asked."""

from datetime import datetime

from django.db import connection

# Ids are given before rows are committed, so some may turn up behind the last one seen.
OVERLAP = 1_000
_LAST = "SELECT coalesce(max(bundle_id), 0) FROM ratings_invitation"
INSERT_NEW = """
INSERT INTO ratings_invitation (bundle_id, subscriber_id, state, next_at)
SELECT bundle.id, bundle.subscriber_id, 'waiting', %(now)s
  FROM esims_bundle AS bundle JOIN catalog_plan AS plan ON plan.code = bundle.plan_id
 WHERE bundle.id > %(after)s AND plan.kind <> 'top_up'
   AND NOT EXISTS (SELECT FROM ratings_invitation AS invitation
                    WHERE invitation.bundle_id = bundle.id AND invitation.bundle_id > %(after)s)
 ORDER BY bundle.id LIMIT %(most)s
ON CONFLICT DO NOTHING
"""


def plan_invitations(*, now: datetime, most: int = 1_000) -> int:
    """Note bundles that are new, in the order of their ids; top-ups are part of another bundle.

    Returns how many, at most `most`; call again until it is less. Two statements, by index.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        (last,) = cursor.fetchone()
        cursor.execute(INSERT_NEW, {"now": now, "after": last - OVERLAP, "most": most})
        return int(cursor.rowcount)
