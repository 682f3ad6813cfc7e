"""What a record does to the bundles of an eSIM, and what its person is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from limosa.domain.catalog.models import PlanKind, ValidFrom
from limosa.domain.charging.models import DailyUsage, UsageDeduction, UsageRecord
from limosa.domain.charging.operations.record_usage import UsageReport, UsageResult, record_usage
from limosa.domain.charging.queries import daily_usage, usage_drifts
from limosa.domain.esims.models import Bundle, BundleState, Esim, EsimState
from limosa.domain.notifications.models import Notification
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle, make_esim

pytestmark = pytest.mark.django_db


def use(
    esim: Esim, used_bytes: int, *, record_id: str = "r1", feed: str = "a", at: datetime = MOMENT
) -> UsageResult:
    """Report a minute of use that ended at a moment, and arrived then."""
    report = UsageReport(
        record_id=record_id,
        iccid=esim.iccid,
        started_at=at - timedelta(minutes=1),
        ended_at=at,
        uplink_bytes=used_bytes // 4,
        downlink_bytes=used_bytes - used_bytes // 4,
    )
    [result] = record_usage(feed=feed, reports=[report], now=max(at, MOMENT))
    assert usage_drifts() == []
    return result


def read(bundle: Bundle) -> Bundle:
    return Bundle.objects.get(pk=bundle.pk)


def told() -> list[int]:
    rows = Notification.objects.filter(kind="usage_threshold").order_by("id")
    return [row.parameters["percent"] for row in rows]


def test_a_duplicate_is_answered_as_things_stand_now() -> None:
    bundle = make_bundle()
    use(bundle.esim, GB)
    use(bundle.esim, 2 * GB, record_id="r2")
    again = use(bundle.esim, GB)
    assert (again.status, again.remaining_bytes) == ("duplicate", 17 * GB)
    assert UsageRecord.objects.count() == 2


def test_two_feeds_number_their_records_independently() -> None:
    bundle = make_bundle()
    use(bundle.esim, GB, feed="a")
    assert use(bundle.esim, GB, feed="b").status == "recorded"
    assert read(bundle).used_bytes == 2 * GB


def test_one_that_nobody_sold_a_bundle_to_overruns_and_is_sent_to_the_shop() -> None:
    esim = make_esim()
    result = use(esim, GB)
    assert (result.remaining_bytes, result.final_unit_action) == (0, "redirect")
    assert UsageRecord.objects.get().overrun_bytes == GB
    assert not UsageDeduction.objects.exists()


def test_an_unknown_esim_is_answered_and_nothing_is_stored() -> None:
    result = use(Esim(iccid="8901000000000000000"), GB)
    assert (result.status, result.remaining_bytes) == ("unknown_esim", None)
    assert not UsageRecord.objects.exists()


def test_the_first_byte_begins_the_validity_and_shows_the_esim_installed() -> None:
    plan = make_plan(valid_from=ValidFrom.FIRST_USE)
    bundle = make_bundle(
        plan=plan,
        esim=make_esim(state=EsimState.READY),
        state=BundleState.QUEUED,
        first_use_before=MOMENT + timedelta(days=180),
    )
    assert use(bundle.esim, 0).remaining_bytes == 20 * GB
    assert read(bundle).state == BundleState.QUEUED
    use(bundle.esim, 1)
    begun = read(bundle)
    assert (begun.state, begun.starts_at) == (BundleState.ACTIVE, MOMENT)
    assert begun.ends_at == datetime(2026, 12, 23, 8, 0, tzinfo=UTC)
    assert (begun.esim.state, begun.esim.installed_at) == (EsimState.INSTALLED, MOMENT)
    assert begun.esim.usage_seen_at == MOMENT


def test_a_record_that_ended_before_the_bundle_did_counts_for_it() -> None:
    bundle = make_bundle(ends_at=MOMENT)
    use(bundle.esim, GB, at=MOMENT - timedelta(seconds=1))
    assert read(bundle).used_bytes == GB


def test_a_record_after_the_end_overruns_and_ends_the_bundle() -> None:
    bundle = make_bundle(ends_at=MOMENT)
    use(bundle.esim, GB)
    ended = read(bundle)
    assert (ended.state, ended.used_bytes, ended.ended_at) == (BundleState.EXPIRED, 0, MOMENT)
    assert UsageRecord.objects.get().overrun_bytes == GB


def test_unlimited_is_never_used_up_and_slows_down() -> None:
    plan = make_plan(kind=PlanKind.UNLIMITED, fair_use_bytes=50 * GB)
    bundle = make_bundle(plan=plan)
    assert use(bundle.esim, 49 * GB).final_unit_action == "none"
    result = use(bundle.esim, 100 * GB, record_id="r2")
    assert (result.remaining_bytes, result.final_unit_action) == (None, "throttle")
    assert (read(bundle).state, read(bundle).used_bytes) == (BundleState.ACTIVE, 149 * GB)
    assert told() == [80, 100]
    assert UsageRecord.objects.filter(overrun_bytes__gt=0).count() == 0


def test_a_top_up_that_ends_first_gives_first() -> None:
    own = make_bundle()
    top_up = make_bundle(
        esim=own.esim,
        plan=make_plan(kind=PlanKind.TOP_UP, volume_bytes=5 * GB),
        ends_at=MOMENT + timedelta(days=1),
    )
    use(own.esim, 6 * GB)
    assert (read(top_up).used_bytes, read(own).used_bytes) == (5 * GB, GB)
    assert read(top_up).state == BundleState.EXHAUSTED


def test_two_thresholds_at_once_make_one_message_and_each_is_told_once() -> None:
    subscriber = make_subscriber(usage_thresholds=[50, 80, 100])
    bundle = make_bundle(subscriber=subscriber)
    for number, used_gb in enumerate((9, 8, 1, 2)):
        use(bundle.esim, used_gb * GB, record_id=f"r{number}")
    assert told() == [80, 100]


def test_who_wants_no_message_gets_none() -> None:
    bundle = make_bundle(subscriber=make_subscriber(usage_thresholds=[]))
    use(bundle.esim, 20 * GB)
    assert told() == []


def test_who_has_another_one_in_the_queue_is_not_alarmed() -> None:
    bundle = make_bundle()
    make_bundle(
        esim=bundle.esim,
        state=BundleState.QUEUED,
        starts_at=bundle.ends_at,
        ends_at=MOMENT + timedelta(days=60),
    )
    use(bundle.esim, 17 * GB)
    assert told() == []


def test_the_days_are_those_of_the_place_where_it_is_used() -> None:
    esim = make_bundle(esim=make_esim(time_zone="Asia/Shanghai")).esim
    evening = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
    use(esim, 100, at=evening)
    use(esim, 20, record_id="r2", at=evening + timedelta(minutes=1))
    use(esim, 3, record_id="r3", at=evening + timedelta(hours=2))
    use(esim, 3, record_id="r3", at=evening + timedelta(hours=2))
    rows = daily_usage(esim_id=esim.pk, since=date(2026, 11, 21))
    assert [(row.day.day, row.used_bytes) for row in rows] == [(21, 100), (22, 23)]
    assert daily_usage(esim_id=esim.pk, since=date(2026, 11, 23)) == []
    assert DailyUsage.objects.count() == 2


def test_a_batch_is_answered_in_its_order_and_one_unknown_stops_nobody() -> None:
    bundle = make_bundle()
    reports = [
        UsageReport(
            record_id=record_id,
            iccid=iccid,
            started_at=MOMENT,
            ended_at=MOMENT,
            uplink_bytes=0,
            downlink_bytes=GB,
        )
        for record_id, iccid in (("1", "none"), ("2", bundle.esim.iccid), ("2", bundle.esim.iccid))
    ]
    results = record_usage(feed="a", reports=reports, now=MOMENT)
    assert [result.status for result in results] == ["unknown_esim", "recorded", "duplicate"]
    assert read(bundle).used_bytes == GB
