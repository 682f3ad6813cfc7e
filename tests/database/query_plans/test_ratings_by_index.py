"""What pages and the worker read of ratings they find by index, however many ratings there are."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from limosa.domain.ratings.models import RatingMark
from limosa.domain.ratings.operations.ask_for_ratings import ask_for_ratings
from limosa.domain.ratings.operations.plan_invitations import (
    INSERT_NEW,
    OVERLAP,
    plan_invitations,
)
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.queries import (
    best_published,
    comments_of,
    invitation_to,
    open_invitation,
    places_by_buyers,
    published,
    published_for,
    published_page,
)
from limosa.web.console import attention
from limosa.web.console.paging import PAGE_SIZE
from limosa.web.storefront.paging import page_by_id
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.esims import make_esim

PEOPLE, CARRIERS, COUNTRIES = 40_000, 40, 50
TABLES = {
    "ratings_invitation",
    "ratings_rating",
    "ratings_ratingmark",
    "ratings_ratedplace",
    "esims_bundle",
    "ordering_order",
}
ROWS_READ_MAX = 1_000
_SUMS = {
    name: {"count": 20, "weight": 20_000, "total": 80_000_000, "mean": 4, "low": 3, "high": 5}
    for name in ("speed", "coverage", "setup", "help", "overall")
}
_BUNDLES = """
INSERT INTO esims_bundle (order_number, esim_id, subscriber_id, plan_id, state, volume_bytes,
    used_bytes, validity_unit, valid_from, created_at, starts_at, ends_at)
SELECT 'L-' || i, %(esim)s, %(person)s, 'rated', 'active', 1000, 0, '', 'purchase', %(now)s,
       %(now)s, %(later)s
  FROM generate_series(1, %(people)s) AS i
"""
_INVITATIONS = """
INSERT INTO ratings_invitation (bundle_id, subscriber_id, state, next_at, asked_at)
SELECT id, %(person)s, CASE WHEN id %% 3 = 0 THEN 'waiting' ELSE 'asked' END,
       CASE WHEN id %% 3 = 0 THEN %(later)s::timestamptz END,
       CASE WHEN id %% 3 = 0 THEN NULL ELSE %(now)s::timestamptz END
  FROM esims_bundle
"""
_RATINGS = """
INSERT INTO ratings_rating (bundle_id, is_demo, subscriber_id, carrier_id, country, month, speed,
    comment, language, comment_state, given_at, changed_at, account_made_at, address, was_staff,
    list_minor, total_minor, own_minor, standing, ruling, public_reason, reply, reward_currency)
SELECT id, false, %(person)s, 'carrier-' || id %% %(carriers)s,
       chr((65 + (id / %(carriers)s) %% 10)::int) || chr((65 + (id / %(carriers)s / 10) %% 5)::int),
       '2026-11-01', 4, 'x', 'en', CASE WHEN id %% 1000 = 0 THEN 'reported' ELSE 'shown' END,
       %(now)s, %(now)s, %(now)s, '', false, 1, 1, 1,
       CASE WHEN id %% 900 = 0 THEN 'ring' ELSE 'counts' END, '', '', '', ''
  FROM esims_bundle
"""
_MARKS = """
INSERT INTO ratings_ratingmark (rating_id, kind, digest) SELECT id, 'device', id FROM ratings_rating
"""
_PLACES = """
INSERT INTO ratings_ratedplace (carrier_id, country, count, demo_count, written, as_of, sums,
    months, computed_at, next_at)
SELECT carrier_id, country, 20, 0, 20, '2026-11-01', %(sums)s::jsonb, '[]', %(now)s, %(later)s
  FROM ratings_rating GROUP BY carrier_id, country
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many() -> None:
    for number in range(CARRIERS):
        make_carrier(f"carrier-{number}")
    make_plan(code="rated", carrier_id="carrier-1")
    values: dict[str, Any] = {
        "people": PEOPLE,
        "carriers": CARRIERS,
        "now": MOMENT,
        "later": MOMENT + timedelta(days=30),
        "esim": make_esim().pk,
        "person": make_subscriber(email="many@example.com").pk,
        "sums": json.dumps(_SUMS),
    }
    with connection.cursor() as cursor:
        for statement in (_BUNDLES, _INVITATIONS, _RATINGS, _MARKS, _PLACES):
            used = {name: value for name, value in values.items() if f"%({name})s" in statement}
            cursor.execute(statement, used)
        for table in sorted(TABLES):
            cursor.execute(f"ANALYZE {table}")


def _reads_of(visit: Callable[[], object]) -> list[tuple[str, str, int]]:
    """Return table, way and rows of each read by each statement of a visit."""
    statements: list[tuple[str, Any]] = []

    def note(
        execute: Callable[..., object],
        statement: str,
        parameters: object,
        many: bool,  # noqa: FBT001 -- the order of Django's wrappers
        context: object,
    ) -> object:
        if statement.lstrip().startswith("SELECT"):
            statements.append((statement.replace("FOR UPDATE", "--"), parameters))
        return execute(statement, parameters, many, context)

    with connection.execute_wrapper(note):
        visit()
    reads: list[tuple[str, str, int]] = []
    for statement, parameters in statements:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
            (answer,) = cursor.fetchone()
        plan = json.loads(answer) if isinstance(answer, str) else answer
        reads += _scans(plan[0]["Plan"])
    return reads


def _scans(node: Mapping[str, Any]) -> Iterator[tuple[str, str, int]]:
    if node.get("Relation Name") in TABLES:
        removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        rows = node["Actual Rows"] + sum(node.get(name, 0) for name in removed)
        yield node["Relation Name"], node["Node Type"], round(rows * node["Actual Loops"])
    for part in node.get("Plans", []):
        yield from _scans(part)


VISITS: dict[str, Callable[[], object]] = {
    "a block of a page": lambda: published("carrier-1", "AA"),
    "a plan for many places": lambda: published_for("carrier-1", ["AA", "BA", "CA", "DE"]),
    "the list": lambda: published_page(after=""),
    "its next page": lambda: published_page(after="20-900"),
    "the first page": lambda: best_published(most=3),
    "what engines are told": lambda: places_by_buyers(most=3),
    "comments": lambda: page_by_id(comments_of("carrier-1", "AA"), before=""),
    "who may rate": lambda: invitation_to(subscriber_id=1, order_number="L-77"),
    "who is asked on the first page": lambda: open_invitation(subscriber_id=1, now=MOMENT),
    "what was reported": lambda: list(attention.ratings_reported().order_by("-pk")[:PAGE_SIZE]),
    "what is held back": lambda: list(attention.ratings_held_back().order_by("-pk")[:PAGE_SIZE]),
    "what their writers share": lambda: list(RatingMark.objects.filter(rating__in=[1, 2, 3])),
    "who is due to be asked": lambda: ask_for_ratings(now=MOMENT),
    "which places are due": lambda: publish_due_places(now=MOMENT),
}


@pytest.mark.parametrize("name", VISITS)
def test_it_is_found_by_index(name: str) -> None:
    reads = _reads_of(VISITS[name])
    assert reads
    for table, by, rows in reads:
        assert by != "Seq Scan", (table, by, rows)
        assert rows <= ROWS_READ_MAX, (table, rows)


def test_a_place_is_published_from_its_own_ratings() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ratings_ratedplace SET next_at = %s"
            " WHERE carrier_id = 'carrier-1' AND country = 'AA'",
            [MOMENT],
        )
    reads = _reads_of(lambda: publish_due_places(now=MOMENT))
    assert "ratings_rating" in {table for table, _, _ in reads}
    for table, by, rows in reads:
        if table == "ordering_order":
            continue  # There are none here; in production they are found by their number.
        assert by != "Seq Scan", (table, by, rows)
        assert rows <= ROWS_READ_MAX, (table, rows)


def test_new_bundles_are_found_behind_the_last_one() -> None:
    assert plan_invitations(now=MOMENT) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(bundle_id) FROM ratings_invitation")
        (last,) = cursor.fetchone()
        values = {"now": MOMENT, "after": last - OVERLAP, "most": 1_000}
        cursor.execute(f"EXPLAIN {INSERT_NEW}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan on esims_bundle" not in plan, plan
    assert "Seq Scan on ratings_invitation" not in plan, plan


def test_without_its_index_a_scan_is_caught() -> None:
    """The control."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX rating_newest_of_place")
    with pytest.raises(AssertionError):
        test_it_is_found_by_index("comments")
