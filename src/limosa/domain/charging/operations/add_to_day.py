from datetime import date

from django.db import connection

from limosa.domain.esims.models import Esim

_ADD = """
INSERT INTO charging_dailyusage (esim_id, day, used_bytes) VALUES (%s, %s, %s)
ON CONFLICT (esim_id, day) DO UPDATE
SET used_bytes = charging_dailyusage.used_bytes + EXCLUDED.used_bytes
"""


def add_to_day(*, esim: Esim, day: date, used_bytes: int) -> None:
    """Add what was used to an eSIM's day, in its own time zone. One statement.

    The caller holds the eSIM.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [esim.pk, day, used_bytes])
