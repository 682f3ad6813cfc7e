"""Time ends bundles and begins them; a page shows it even before the worker has written it."""

from datetime import datetime, timedelta

import pytest

from limosa.domain.catalog.models import PlanKind, ValidFrom
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.esims.queries import EsimView, esim_view, home_esims, running_bundles
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle, make_esim

pytestmark = pytest.mark.django_db
ACTIVE, QUEUED, EXPIRED = BundleState.ACTIVE, BundleState.QUEUED, BundleState.EXPIRED


def hours(number: int) -> datetime:
    return MOMENT + timedelta(hours=number)


def bundle(esim: Esim, state: BundleState, starts: int | None, ends: int | None) -> Bundle:
    return make_bundle(
        esim=esim,
        state=state,
        starts_at=None if starts is None else hours(starts),
        ends_at=None if ends is None else hours(ends),
    )


@pytest.mark.parametrize(
    ("state", "starts", "ends", "becomes"),
    [
        (ACTIVE, -10, 1, ACTIVE),
        (ACTIVE, -10, 0, EXPIRED),
        (ACTIVE, -10, -1, EXPIRED),
        (QUEUED, 1, 10, QUEUED),
        (QUEUED, 0, 10, ACTIVE),
        (QUEUED, -1, 10, ACTIVE),
        (QUEUED, -10, -1, EXPIRED),
        (QUEUED, None, None, QUEUED),
    ],
)
def test_time_moves_a_bundle(
    state: BundleState, starts: int | None, ends: int | None, becomes: BundleState
) -> None:
    row = bundle(make_esim(), state, starts, ends)
    while advance_bundles(now=MOMENT):
        pass
    row.refresh_from_db()
    assert row.state == becomes
    assert (row.ended_at == MOMENT) == (becomes == EXPIRED)


@pytest.mark.parametrize(("before", "becomes"), [(1, QUEUED), (0, EXPIRED)])
def test_one_that_waits_for_its_first_use_waits_so_long(before: int, becomes: BundleState) -> None:
    row = make_bundle(state=QUEUED, valid_from=ValidFrom.FIRST_USE, first_use_before=hours(before))
    advance_bundles(now=MOMENT)
    row.refresh_from_db()
    assert row.state == becomes


@pytest.mark.parametrize("state", [BundleState.EXHAUSTED, EXPIRED, BundleState.REFUNDED])
def test_what_is_final_stays(state: BundleState) -> None:
    row = make_bundle(state=state, ends_at=hours(-1), ended_at=hours(-2))
    assert advance_bundles(now=MOMENT) == 0
    row.refresh_from_db()
    assert (row.state, row.ended_at) == (state, hours(-2))


def test_a_round_takes_so_many_and_the_next_ones_the_rest() -> None:
    plan = make_plan()
    for _ in range(3):
        make_bundle(plan=plan, ends_at=hours(-1))
    assert [advance_bundles(now=MOMENT, most=2) for _ in range(3)] == [2, 1, 0]


def view(esim: Esim, now: datetime = MOMENT) -> EsimView:
    bundles = Bundle.objects.filter(esim=esim).select_related("plan").order_by("id")
    return esim_view(esim=esim, bundles=bundles, now=now)


def test_the_page_is_right_though_the_worker_is_late() -> None:
    esim = make_esim()
    over = bundle(esim, ACTIVE, -10, 0)
    begun = bundle(esim, QUEUED, 0, 10)
    waiting = bundle(esim, QUEUED, 10, 20)
    seen = view(esim)
    assert (seen.last, seen.current, seen.queued) == (over, begun, [waiting])
    while advance_bundles(now=MOMENT):
        pass
    assert view(esim) == seen


def test_the_current_one_is_the_one_that_ends_first() -> None:
    esim = make_esim()
    long = bundle(esim, ACTIVE, -10, 20)
    short = bundle(esim, ACTIVE, -1, 5)
    seen = view(esim)
    assert seen.current == short
    assert seen.in_use == [short, long]
    assert seen.ends_at == long.ends_at


def test_a_top_up_stands_beside_the_bundle_that_it_joined() -> None:
    esim = make_esim()
    top_up = make_bundle(
        esim=esim, plan=make_plan(kind=PlanKind.TOP_UP, volume_bytes=5 * GB), ends_at=hours(1)
    )
    own = make_bundle(esim=esim, ends_at=hours(10), volume_bytes=20 * GB)
    seen = view(esim)
    assert (seen.current, seen.top_ups) == (own, [top_up])
    assert (seen.total_bytes, seen.remaining_percent) == (25 * GB, 100)


def test_an_esim_without_a_bundle_is_empty_not_broken() -> None:
    seen = view(make_esim())
    assert (seen.current, seen.total_bytes, seen.remaining_percent) == (None, 0, 0)
    assert (seen.ends_at, seen.is_unlimited) == (None, False)


def test_unlimited_counts_what_is_left_at_full_speed() -> None:
    esim = make_esim()
    make_bundle(
        esim=esim,
        plan=make_plan(kind=PlanKind.UNLIMITED, fair_use_bytes=50 * GB),
        used_bytes=60 * GB,
    )
    seen = view(esim)
    assert seen.is_unlimited
    assert (seen.total_bytes, seen.remaining_bytes) == (50 * GB, 0)


def test_home_shows_the_newest_esim_first_and_no_deleted_one() -> None:
    first = make_esim()
    second = make_esim(subscriber=first.subscriber)
    make_esim(subscriber=first.subscriber, state=EsimState.DELETED)
    make_esim()
    row = make_bundle(esim=first)
    views = home_esims(subscriber_id=first.subscriber_id, now=MOMENT)
    assert [(seen.esim, seen.current) for seen in views] == [(second, None), (first, row)]


def test_what_is_over_by_time_is_not_running() -> None:
    esim = make_esim()
    bundle(esim, ACTIVE, -10, 0)
    running = bundle(esim, ACTIVE, -10, 10)
    assert [row.ends_at for row in running_bundles(esim_id=esim.pk, now=MOMENT)] == [
        running.ends_at
    ]


def test_what_is_disputed_is_on_hold_and_counts_for_nothing() -> None:
    esim = make_esim()
    rows = [bundle(esim, ACTIVE, -10, 10), bundle(esim, QUEUED, 5, 10), bundle(esim, ACTIVE, -9, 0)]
    held, waits, over = rows
    Bundle.objects.update(suspended_at=MOMENT)
    seen = view(esim)
    assert (seen.on_hold, seen.last) == ([held, waits], over)
    assert (seen.in_use, seen.queued, seen.lots, seen.ends_at) == ([], [], [], None)
    assert (seen.total_bytes, seen.remaining_bytes) == (0, 0)


def test_an_unlimited_bundle_and_a_volume_are_no_number_together() -> None:
    esim = make_esim()
    plan = make_plan(code="no-limit", kind=PlanKind.UNLIMITED, fair_use_bytes=50 * GB)
    later = make_bundle(esim=esim, plan=plan, volume_bytes=None, ends_at=hours(30))
    first = make_bundle(
        esim=esim, plan=plan, volume_bytes=None, used_bytes=60 * GB, ends_at=hours(20)
    )
    make_bundle(esim=esim, volume_bytes=20 * GB, used_bytes=5 * GB, ends_at=hours(40))
    seen = view(esim)
    assert seen.unlimited == [first, later]
    assert seen.counted == [first]
    assert (seen.total_bytes, seen.remaining_bytes) == (50 * GB, 0)
    assert seen.ends_at == later.ends_at
    assert [(lot.remaining_bytes, lot.ends_at) for lot in seen.lots] == [
        (None, hours(20)),
        (None, hours(30)),
        (15 * GB, hours(40)),
    ]
