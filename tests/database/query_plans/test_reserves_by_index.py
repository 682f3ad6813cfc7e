"""Who is due a reserve is found by index: of years of bundles, only those that ended lately are
read."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.charging.reserves import bundles_without_reserve
from limosa.domain.esims.models import Bundle
from limosa.foundation.volume import MB
from tests.database.query_plans.reading import check_by_index, reads_of
from tests.factories import MOMENT
from tests.factories.esims import make_bundle

pytestmark = pytest.mark.django_db
BUNDLES = 30_000
ROWS_READ_MAX = 100
_MORE = """
INSERT INTO esims_esim (public_id, subscriber_id, supplier_id, carrier_id, iccid, activation_code,
    supplier_reference, supplier_order_reference, label, time_zone, state, created_at, installed_at)
SELECT 'E' || n, subscriber_id, supplier_id, carrier_id, '89' || n, activation_code, '', '', '',
       time_zone, state, created_at, installed_at
  FROM esims_esim, generate_series(1, %(bundles)s) AS n WHERE id = %(esim)s;
INSERT INTO esims_bundle (order_number, esim_id, subscriber_id, plan_id, state, volume_bytes,
    used_bytes, validity_count, validity_unit, valid_from, created_at, starts_at, ends_at, ended_at)
SELECT 'M-' || esim.id, esim.id, bundle.subscriber_id, plan_id, 'expired', volume_bytes, 0,
       validity_count, validity_unit, valid_from, at - interval '30 days', at - interval '30 days',
       at, at
  FROM esims_bundle AS bundle, esims_esim AS esim,
       LATERAL (SELECT %(now)s - esim.id %% %(bundles)s * interval '1 hour' AS at) AS times
 WHERE bundle.esim_id = %(esim)s AND esim.id <> %(esim)s
"""


def test_only_what_ended_lately_is_read(settings: Settings) -> None:
    settings.RESERVE_BYTES = 20 * MB
    bundle = make_bundle()
    values: dict[str, Any] = {"bundles": BUNDLES, "esim": bundle.esim_id, "now": MOMENT}
    with connection.cursor() as cursor:
        for statement in _MORE.split(";"):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE esims_bundle")
        cursor.execute("ANALYZE esims_esim")
    due = bundles_without_reserve(now=MOMENT).order_by("ended_at")
    assert 20 <= due.count() <= 25
    reads = reads_of(lambda: list(due))
    check_by_index(reads, tables={"esims_bundle", "esims_esim"}, rows_max=ROWS_READ_MAX)
    assert Bundle.objects.filter(ended_at__gt=MOMENT - timedelta(days=1)).count() <= 25
