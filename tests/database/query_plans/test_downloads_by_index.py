"""A download, a call about an order and a report read a few rows, however large the stock is."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from limosa.domain.rsp.engine.order_calls import Caller, Confirmation
from limosa.domain.rsp.operations.cancel_download_order import cancel_download_order
from limosa.domain.rsp.operations.confirm_download_order import confirm_download_order
from limosa.domain.rsp.operations.order_profile import order_profile
from limosa.domain.rsp.operations.release_profile import release_profile
from tests.database.query_plans.reading import Read, reads_of
from tests.factories import MOMENT
from tests.factories.rsp import EID, make_download_order, make_profile, make_profile_type
from tests.factories.sgp22 import NOW, a_world, an_smdp
from tests.fakes.device import Device
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db
PROFILES = 20_000
ROWS_MAX = 3
BIG = {
    "rsp_profile",
    "rsp_downloadorder",
    "rsp_downloadsession",
    "rsp_receivednotification",
}
_STOCK = """
WITH stored AS (
    INSERT INTO rsp_profile (iccid, profile_type_id, state, package, package_bytes, imported_at)
    SELECT '8901' || lpad(i::text, 15, '0'), %(type)s,
           CASE WHEN i <= %(count)s::int / 2 THEN 'ordered' ELSE 'available' END,
           '', 1, %(now)s::timestamptz
      FROM generate_series(1, %(count)s::int) AS i RETURNING id, state
), ordered AS (
    INSERT INTO rsp_downloadorder (profile_id, state, eid, bound_eid, matching_id, wrong_codes,
        last_sequence, redownload, needs_delete, downloads, requester, reference, order_call,
        calls, ordered_at, changed_at)
    SELECT id, 'released', lpad(id::text, 32, '8'), '', 'M' || id, 0, 0, 'never', true, 0,
           '', '', '', '', %(now)s::timestamptz, %(now)s::timestamptz
      FROM stored WHERE state = 'ordered' RETURNING id
), opened AS (
    INSERT INTO rsp_downloadsession (transaction_id, state, eid, order_id, opened, offered, ends_at)
    SELECT lpad(id::text, 32, '0'), 'bound', 'x', id, '', '', %(now)s::timestamptz FROM ordered
)
INSERT INTO rsp_receivednotification (digest, result, eid, transaction_id, received_at)
SELECT lpad(id::text, 64, '0'), 'applied', 'e' || id, lpad(id::text, 32, '0'), %(now)s::timestamptz
  FROM ordered
"""


@pytest.fixture(autouse=True)
def _large_stock() -> None:
    values: dict[str, Any] = {"type": make_profile_type().pk, "count": PROFILES, "now": MOMENT}
    with connection.cursor() as cursor:
        cursor.execute(_STOCK, values)
        for table in sorted(BIG):
            cursor.execute(f"ANALYZE {table}")


def reads_of_big(visit: Callable[[], object]) -> list[Read]:
    """Return how each SELECT, UPDATE and DELETE reads the big tables."""
    reads = reads_of(visit, verbs=("SELECT", "UPDATE", "DELETE"))
    return [read for read in reads if read.table in BIG]


def check(reads: list[Read], *, tables: set[str]) -> None:
    assert {read.table for read in reads} == tables
    for read in reads:
        assert "Seq Scan" not in read.by, read
        assert read.rows <= ROWS_MAX, read


@pytest.mark.parametrize("is_by_eid", [False, True])
def test_a_download_and_its_report_read_a_few_rows(is_by_eid: bool) -> None:  # noqa: FBT001
    world = a_world("secp256r1")
    order = make_download_order(eid=EID)
    device = Device(an_smdp(world), TinyCard(world), "" if is_by_eid else order.matching_id)

    def visit() -> None:
        device.download()
        device.reported()

    check(reads_of_big(visit), tables=BIG)


def test_an_order_of_any_profile_of_a_type_reads_the_next_one() -> None:
    make_profile()
    caller = Caller(requester="1.2.3", call_id="TX-1")
    reads = reads_of_big(lambda: order_profile(caller=caller, profile_type="demo", now=NOW))
    check(reads, tables={"rsp_profile", "rsp_downloadorder"})


def test_the_calls_about_an_order_read_a_few_rows() -> None:
    iccid, caller = make_profile().iccid, Caller(requester="1.2.3", call_id="TX-1")

    def visit() -> None:
        order_profile(caller=caller, iccid=iccid, now=NOW)
        confirmation = Confirmation(is_released=False)
        confirm_download_order(caller=caller, iccid=iccid, confirmation=confirmation, now=NOW)
        release_profile(caller=caller, iccid=iccid, now=NOW)
        cancel_download_order(caller=caller, iccid=iccid, is_profile_kept=True, now=NOW)

    check(reads_of_big(visit), tables={"rsp_profile", "rsp_downloadorder"})


def test_a_statement_that_reads_all_would_be_seen() -> None:
    """The control."""

    def visit() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM rsp_profile WHERE package = ''")

    [read] = reads_of_big(visit)
    assert "Seq Scan" in read.by
    assert read.rows >= PROFILES
