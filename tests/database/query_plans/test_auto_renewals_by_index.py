"""What the worker and pages read of automatic renewals they find by index, however many are on."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from limosa.domain.autorenewal.models import AutoRenewal, Cycle
from limosa.domain.autorenewal.operations.wake_for_new_bundles import WAKE
from limosa.domain.esims.models import Bundle
from tests.factories import MOMENT
from tests.factories.autorenewal import make_auto_renewal

PEOPLE = 20_000
TABLES = {"autorenewal_autorenewal", "autorenewal_cycle", "esims_bundle"}
_MANY = (
    """INSERT INTO esims_esim (public_id, subscriber_id, supplier_id, carrier_id, iccid,
           activation_code, supplier_reference, supplier_order_reference, label, time_zone, state,
           created_at, installed_at)
       SELECT 'e' || i, subscriber_id, supplier_id, carrier_id, '89' || i, activation_code, '', '',
              '', time_zone, state, created_at, installed_at
         FROM esims_esim, generate_series(1, %(people)s) AS i""",
    """INSERT INTO esims_bundle (order_number, esim_id, subscriber_id, plan_id, state, volume_bytes,
           used_bytes, validity_count, validity_unit, valid_from, created_at, starts_at, ends_at)
       SELECT 'M-' || esim.id, esim.id, esim.subscriber_id, plan.code, 'active', 1000, 0, 1,
              'month', 'purchase', %(now)s, %(now)s, %(later)s
         FROM esims_esim AS esim CROSS JOIN (SELECT code FROM catalog_plan LIMIT 1) AS plan
        WHERE esim.public_id LIKE 'e%%'""",
    """INSERT INTO autorenewal_consent (public_id, subscriber_id, esim_id, cap_minor, currency,
           methods, wording, language, address, by_link, given_at)
       SELECT esim.public_id, esim.subscriber_id, esim.id, 3000, 'USD', '[{}]', 'x', 'en', '',
              false, %(now)s FROM esims_esim AS esim WHERE esim.public_id LIKE 'e%%'""",
    """INSERT INTO autorenewal_autorenewal (public_id, esim_id, subscriber_id, consent_id,
           started_at, end_reason, next_at, seen_bundle)
       SELECT public_id, esim_id, subscriber_id, id, %(now)s, '',
              %(later)s::timestamptz + id * interval '1 second', 0
         FROM autorenewal_consent WHERE public_id LIKE 'e%%'""",
    """INSERT INTO autorenewal_cycle (auto_renewal_id, bundle_id, state, cap_minor, currency,
           starts_at, ends_at, told_from, least_lead, unable, order_number, created_at)
       SELECT auto.id, bundle.id, 'planned', 3000, 'USD', %(now)s, %(later)s, %(now)s,
              interval '3 days', '', '', %(now)s
         FROM autorenewal_autorenewal AS auto JOIN esims_bundle AS bundle USING (esim_id)
        WHERE auto.public_id LIKE 'e%%'""",
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def auto() -> AutoRenewal:
    made = make_auto_renewal()
    values: dict[str, Any] = {"people": PEOPLE, "now": MOMENT, "later": MOMENT + timedelta(days=30)}
    with connection.cursor() as cursor:
        for statement in _MANY:
            used = {name: value for name, value in values.items() if f"%({name})s" in statement}
            cursor.execute(statement, used)
            assert cursor.rowcount >= PEOPLE
        for table in sorted({*TABLES, "esims_esim"}):
            cursor.execute(f"ANALYZE {table}")
    return made


def scans(statement: str, parameters: Any = None) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        (answer,) = cursor.fetchone()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return list(_scans(plan[0]["Plan"]))


def _scans(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if node.get("Relation Name") in TABLES and node["Node Type"] != "ModifyTable":
        yield node["Relation Name"], node["Node Type"]
    for part in node.get("Plans", ()):
        yield from _scans(part)


def by_index(found: list[tuple[str, str]]) -> bool:
    return bool(found) and all("Index" in way for _, way in found)


def test_a_worker_finds_what_is_due() -> None:
    due = AutoRenewal.objects.filter(next_at__lte=MOMENT).order_by("next_at")[:1]
    assert by_index(scans(*_sql(due)))


def test_a_call_for_low_data_is_found() -> None:
    Bundle.objects.filter(order_number__endswith="7").update(call_at_bytes=900)
    called = Bundle.objects.filter(called_at__isnull=False).order_by("called_at")
    assert by_index(scans(*_sql(called[:200])))


def test_new_bundles_wake_what_they_are_for() -> None:
    newest = Bundle.objects.latest("id").pk
    assert by_index(scans(WAKE, {"now": MOMENT, "after": newest - 50}))


def test_pages_find_an_esims_own(auto: AutoRenewal) -> None:
    own = AutoRenewal.objects.filter(esim=auto.esim_id, ended_at=None)
    assert by_index(scans(*_sql(own)))
    cycles = Cycle.objects.filter(auto_renewal=auto).order_by("-id")[:12]
    assert by_index(scans(*_sql(cycles)))
    assert by_index(scans(*_sql(Cycle.objects.filter(auto_renewal__in=[auto.pk], closed_at=None))))


def test_the_control_without_an_index_a_scan_is_seen() -> None:
    assert not by_index(scans("SELECT * FROM autorenewal_autorenewal WHERE public_id LIKE '%x'"))


def _sql(rows: Any) -> tuple[str, Any]:
    return rows.query.sql_with_params()  # type: ignore[no-any-return]
