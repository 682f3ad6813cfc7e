from datetime import datetime, timedelta

from django.db import connection

from limosa.domain.charging.suppliers import counts_use
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.models import Esim

# It may be in use a minute after it was bought.
_FIRST_AFTER = timedelta(minutes=15)
_WATCH = """
INSERT INTO charging_usagewatch AS watch
       (esim_id, supplier_id, next_at, attempts, usual_per_hour, most_per_hour, problem)
VALUES (%(esim)s, %(supplier)s, %(first)s, 0, 0, 0, '')
ON CONFLICT (esim_id) DO UPDATE SET next_at = least(watch.next_at, EXCLUDED.next_at)
"""


def watch_usage(*, esim: Esim, now: datetime) -> None:
    """Have an eSIM's use asked for, now that it has another bundle; nothing, if its supplier is
    not asked for use.

    Commits with the caller's transaction. Locks: the eSIM's watch, by one statement.
    """
    if counts_use(capabilities_of(esim.supplier_id)):
        with connection.cursor() as cursor:
            first = now + _FIRST_AFTER
            cursor.execute(_WATCH, {"esim": esim.pk, "supplier": esim.supplier_id, "first": first})
