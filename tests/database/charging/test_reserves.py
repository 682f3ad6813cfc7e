"""A reserve: a little data that nobody bought, once after the last bundle of an eSIM."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from pytest_django.fixtures import Settings

from limosa.domain.charging.engine.reserve_life import ReserveState
from limosa.domain.charging.models import DailyUsage, Reserve, UsageRecord
from limosa.domain.charging.operations.end_reserve import end_reserve
from limosa.domain.charging.operations.expire_reserves import expire_reserves
from limosa.domain.charging.operations.grant_due_reserves import grant_due_reserves
from limosa.domain.charging.operations.grant_reserve import grant_reserve
from limosa.domain.charging.operations.record_usage import UsageReport, UsageResult, record_usage
from limosa.domain.charging.operations.use_reserve import use_reserve
from limosa.domain.charging.queries import open_reserve, reserve_drifts, usage_drifts
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.esims.operations.advance_bundles import advance_bundles
from limosa.domain.notifications.models import Notification
from limosa.domain.notifications.wording import texts_for
from limosa.foundation.state_machine import TransitionRefusedError
from limosa.foundation.volume import GB, MB
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.charging import make_reserve
from tests.factories.esims import make_bundle, make_esim

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _offered(settings: Settings) -> None:
    settings.RESERVE_BYTES = 20 * MB
    settings.RESERVE_DAYS = 7


def use(
    bundle: Bundle, used_bytes: int, *, record_id: str = "r1", at: datetime = MOMENT
) -> UsageResult:
    report = UsageReport(
        record_id=record_id,
        iccid=bundle.esim.iccid,
        started_at=at - SECOND,
        ended_at=at,
        uplink_bytes=0,
        downlink_bytes=used_bytes,
    )
    [result] = record_usage(feed="test", reports=[report], now=at)
    bundle.refresh_from_db()
    assert usage_drifts() == []
    assert reserve_drifts() == []
    return result


def ended(**fields: object) -> Bundle:
    """Return a bundle that ended just now, by its time."""
    bundle = make_bundle(starts_at=MOMENT - 30 * DAY, ends_at=MOMENT, **fields)
    advance_bundles(now=MOMENT)
    return Bundle.objects.get(pk=bundle.pk)


def test_what_is_used_up_has_a_reserve_at_once() -> None:
    bundle = make_bundle()
    result = use(bundle, 20 * GB)
    reserve = Reserve.objects.get()
    assert (reserve.bundle, reserve.esim) == (bundle, bundle.esim)
    assert (reserve.granted_at, reserve.ends_at) == (MOMENT, MOMENT + 7 * DAY)
    assert (result.remaining_bytes, result.final_unit_action) == (20 * MB, "none")


def test_what_was_used_beyond_the_last_byte_is_an_overrun_and_not_of_the_reserve() -> None:
    bundle = make_bundle()
    assert use(bundle, 21 * GB).remaining_bytes == 20 * MB
    assert UsageRecord.objects.get().overrun_bytes == GB


def test_the_reserve_is_used_and_no_bundle_counts_it() -> None:
    bundle = make_bundle()
    use(bundle, 20 * GB)
    assert use(bundle, 5 * MB, record_id="r2").remaining_bytes == 15 * MB
    result = use(bundle, 16 * MB, record_id="r3")
    assert (result.remaining_bytes, result.final_unit_action) == (0, "redirect")
    assert (bundle.used_bytes, bundle.state) == (20 * GB, BundleState.EXHAUSTED)
    reserve = Reserve.objects.get()
    assert (reserve.used_bytes, reserve.state) == (20 * MB, ReserveState.USED_UP)
    last = UsageRecord.objects.get(record_id="r3")
    assert (last.reserve_bytes, last.overrun_bytes) == (15 * MB, MB)
    assert use(bundle, MB, record_id="r4").remaining_bytes == 0
    assert Reserve.objects.count() == 1


def test_a_record_takes_from_the_reserve_once() -> None:
    bundle = make_bundle()
    use(bundle, 20 * GB)
    results = [use(bundle, 5 * MB, record_id="r2") for _ in range(2)]
    assert [result.status for result in results] == ["recorded", "duplicate"]
    assert [result.remaining_bytes for result in results] == [15 * MB, 15 * MB]
    assert use(bundle, 0, record_id="r3").remaining_bytes == 15 * MB


def test_the_use_of_a_reserve_is_no_use_of_a_day() -> None:
    bundle = make_bundle()
    use(bundle, 20 * GB)
    use(bundle, 5 * MB, record_id="r2")
    assert DailyUsage.objects.get().used_bytes == 20 * GB


def test_the_message_that_all_is_used_up_tells_of_the_reserve_and_no_other_does() -> None:
    bundle = make_bundle()
    bundle.subscriber.usage_thresholds = [80, 100]
    bundle.subscriber.save()
    use(bundle, 20 * GB)
    use(bundle, 20 * MB, record_id="r2")
    [told] = Notification.objects.all()
    assert (told.kind, told.parameters["reserve_bytes"]) == ("usage_threshold", 20 * MB)
    assert "20 MB" in texts_for(told)[1]


def test_what_has_ended_has_a_reserve_by_the_next_round() -> None:
    bundle = ended()
    assert grant_due_reserves(now=MOMENT) == 1
    assert Reserve.objects.get().bundle == bundle
    assert grant_due_reserves(now=MOMENT + SECOND) == 0


def test_bundles_that_end_at_one_moment_have_one_reserve_together() -> None:
    first = make_bundle(starts_at=MOMENT - 30 * DAY, ends_at=MOMENT)
    last = ended(esim=first.esim)
    assert grant_due_reserves(now=MOMENT) == 1
    assert Reserve.objects.get().bundle == last
    use(last, 20 * MB, at=MOMENT + SECOND)
    assert Reserve.objects.get().state == ReserveState.USED_UP
    assert grant_due_reserves(now=MOMENT + 2 * SECOND) == 0


def never_begun() -> Bundle:
    """Return a bundle that ended without its first byte."""
    bundle = make_bundle(state=BundleState.QUEUED)
    times = {"starts_at": None, "ends_at": None, "first_use_before": MOMENT}
    Bundle.objects.filter(pk=bundle.pk).update(**times)
    advance_bundles(now=MOMENT)
    return bundle


NOTHING_DUE: dict[str, Callable[[], object]] = {
    "another follows": lambda: make_bundle(
        esim=ended().esim, state=BundleState.QUEUED, starts_at=MOMENT + DAY
    ),
    "another runs": lambda: make_bundle(esim=ended().esim),
    "another's payment is disputed": lambda: make_bundle(
        esim=ended().esim, suspended_at=MOMENT - DAY
    ),
    "it was refunded": lambda: make_bundle(state=BundleState.REFUNDED, ended_at=MOMENT),
    "one after it was refunded": lambda: make_bundle(
        esim=ended().esim, state=BundleState.REFUNDED, ended_at=MOMENT + SECOND
    ),
    "it never began": never_begun,
    "it ended long ago": lambda: make_bundle(
        state=BundleState.EXPIRED,
        starts_at=MOMENT - 9 * DAY,
        ends_at=MOMENT - 2 * DAY,
        ended_at=MOMENT - 2 * DAY,
    ),
    "its eSIM is out of service": lambda: ended(esim=make_esim(state="deleted")),
    "its supplier grants none": lambda: ended(esim=make_esim(supplier=make_supplier("airalo"))),
}


@pytest.mark.parametrize("case", NOTHING_DUE)
def test_nothing_is_granted(case: str) -> None:
    NOTHING_DUE[case]()
    assert grant_due_reserves(now=MOMENT + 2 * SECOND) == 0
    assert not Reserve.objects.exists()


def test_nothing_is_granted_where_none_is_offered(settings: Settings) -> None:
    settings.RESERVE_BYTES = 0
    bundle = make_bundle()
    result = use(bundle, 20 * GB)
    assert (result.remaining_bytes, result.final_unit_action) == (0, "redirect")
    assert grant_due_reserves(now=MOMENT) == 0
    assert not Reserve.objects.exists()


def test_a_renewal_ends_it_and_its_own_end_brings_another() -> None:
    bundle = make_bundle()
    use(bundle, 20 * GB)
    end_reserve(esim=bundle.esim, now=MOMENT + SECOND)
    assert Reserve.objects.get().state == ReserveState.RENEWED
    renewal = make_bundle(esim=bundle.esim)
    use(renewal, 20 * GB, record_id="r2", at=MOMENT + 2 * SECOND)
    assert [one.bundle for one in Reserve.objects.order_by("id")] == [bundle, renewal]


def test_its_time_ends_it_and_it_does_not_come_again() -> None:
    bundle = make_bundle()
    use(bundle, 20 * GB)
    late = MOMENT + 7 * DAY
    assert open_reserve(bundle.esim, now=late) is None
    assert use(bundle, MB, record_id="r2", at=late).remaining_bytes == 0
    assert expire_reserves(now=late) == 1
    assert expire_reserves(now=late) == 0
    assert Reserve.objects.get().state == ReserveState.EXPIRED
    assert grant_due_reserves(now=late) == 0


def test_the_table_takes_one_reserve_for_a_bundle() -> None:
    bundle = ended()
    with_one = make_reserve(bundle=bundle, state="renewed", ended_at=MOMENT)
    assert grant_reserve(esim=bundle.esim, now=MOMENT) is None
    with pytest.raises(IntegrityError, match="bundle_id"):
        make_reserve(bundle=with_one.bundle)


def test_nothing_is_taken_from_a_reserve_that_has_ended() -> None:
    reserve = make_reserve(state="renewed", ended_at=MOMENT)
    with pytest.raises(TransitionRefusedError):
        use_reserve(reserve=reserve, wanted_bytes=20 * MB, now=MOMENT)


def test_a_reserve_that_differs_from_its_records_is_found() -> None:
    reserve = make_reserve(used_bytes=1)
    [drift] = reserve_drifts()
    assert (drift.bundle_id, drift.counted_bytes, drift.deducted_bytes) == (reserve.bundle_id, 1, 0)
