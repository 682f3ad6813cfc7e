from collections.abc import Mapping
from datetime import date

from django.db import connection, transaction

_ADD = """
    INSERT INTO payments_refusedcount (provider, reason, day, count)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[])
        ON CONFLICT (provider, reason, day)
        DO UPDATE SET count = payments_refusedcount.count + excluded.count
"""


@transaction.atomic
def count_refused(*, counts: Mapping[tuple[str, str, date], int]) -> None:
    """Add to the counts of refused notifications, by (provider, reason, day).

    Nothing else is stored about them. One statement; rows in key order, so that two processes can't
    deadlock.
    """
    if not counts:
        return
    rows = [(*key, count) for key, count in sorted(counts.items())]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])
