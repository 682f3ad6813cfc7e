"""The places that wait to be published."""

from datetime import datetime

from django.db import connection

# Of two that come at once the earlier time counts.
_DUE = """
INSERT INTO ratings_ratedplace (carrier_id, country, count, demo_count, written, sums, months,
    next_at)
VALUES (%s, %s, 0, 0, 0, '{}', '[]', %s)
ON CONFLICT (carrier_id, country) DO UPDATE
SET next_at = least(ratings_ratedplace.next_at, EXCLUDED.next_at)
"""


def make_due(*, carrier: str, country: str, now: datetime) -> None:
    """Have the worker publish a carrier's ratings in a place anew. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [carrier, country, now])
