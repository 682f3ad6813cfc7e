from datetime import datetime
from typing import Any

from django.db import connection

from limosa.domain.charging.suppliers import suppliers_that_count

# Those found together are asked for over an hour, by the spread of engine/asking.py.
_FIRST_AT = """
%(now)s + interval '1 hour' * ((esim.id * 2654435761 %% 4294967296) / 4294967296.0)
"""
_IS_OPEN = """
EXISTS (SELECT FROM esims_bundle AS bundle
         WHERE bundle.esim_id = esim.id AND bundle.state IN ('queued', 'active'))
   AND esim.state <> 'deleted'
"""
_ADD = f"""
INSERT INTO charging_usagewatch
       (esim_id, supplier_id, next_at, attempts, usual_per_hour, most_per_hour, problem)
SELECT esim.id, esim.supplier_id, {_FIRST_AT}, 0, 0, 0, '' FROM esims_esim AS esim
 WHERE esim.supplier_id = ANY(%(suppliers)s) AND {_IS_OPEN}
   AND NOT EXISTS (SELECT FROM charging_usagewatch AS watch WHERE watch.esim_id = esim.id)
 ORDER BY esim.id LIMIT %(most)s
ON CONFLICT (esim_id) DO NOTHING
"""  # noqa: S608 -- the parts are above
_REOPEN = f"""
WITH closed AS MATERIALIZED (
    SELECT watch.id, {_FIRST_AT} AS first_at
      FROM charging_usagewatch AS watch JOIN esims_esim AS esim ON esim.id = watch.esim_id
     WHERE watch.next_at IS NULL AND watch.supplier_id = ANY(%(suppliers)s) AND {_IS_OPEN}
     LIMIT %(most)s FOR UPDATE OF watch SKIP LOCKED
)
UPDATE charging_usagewatch AS watch SET next_at = closed.first_at
  FROM closed WHERE watch.id = closed.id
"""  # noqa: S608 -- the parts are above


def watch_open_bundles(*, now: datetime, most: int = 1000) -> int:
    """Have the use of eSIMs asked for whose bundles are open and that nobody asks for yet.

    For those that were sold before their supplier was asked for use. Returns how many, at most
    twice `most`; call again until it is zero.
    Locks: watches that nobody holds (`SKIP LOCKED`).
    """
    values: dict[str, Any] = {"now": now, "most": most, "suppliers": suppliers_that_count()}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, values)
        added: int = cursor.rowcount
        cursor.execute(_REOPEN, values)
        reopened: int = cursor.rowcount
    return added + reopened
