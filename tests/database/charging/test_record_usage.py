"""Usage: a record counts once, no bundle gives more than it has, people are told once."""

import json
from datetime import timedelta

import pytest
from django.test import override_settings

from limosa.domain.charging.models import UsageRecord
from limosa.domain.charging.operations.record_usage import UsageReport, UsageResult, record_usage
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.notifications.models import Notification
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.esims import make_bundle
from tests.machines import Answer, Machines

pytestmark = pytest.mark.django_db


def use(bundle: Bundle, used_bytes: int, *, record_id: str = "r1") -> UsageResult:
    report = UsageReport(
        record_id=record_id,
        iccid=bundle.esim.iccid,
        started_at=MOMENT - timedelta(minutes=1),
        ended_at=MOMENT,
        uplink_bytes=0,
        downlink_bytes=used_bytes,
    )
    [result] = record_usage(feed="test", reports=[report], now=MOMENT)
    bundle.refresh_from_db()
    assert usage_drifts() == []
    return result


def test_a_record_counts_once() -> None:
    bundle = make_bundle()
    assert use(bundle, GB).status == "recorded"
    assert use(bundle, GB).status == "duplicate"
    assert bundle.used_bytes == GB


def test_more_than_there_is_is_an_overrun_and_the_network_is_told_to_redirect() -> None:
    bundle = make_bundle()
    result = use(bundle, 21 * GB)
    assert (result.remaining_bytes, result.final_unit_action) == (0, "redirect")
    assert (bundle.used_bytes, bundle.state) == (20 * GB, BundleState.EXHAUSTED)
    assert UsageRecord.objects.get().overrun_bytes == GB


def test_the_next_in_the_queue_begins_when_one_is_used_up_and_keeps_its_end() -> None:
    bundle = make_bundle()
    end = MOMENT + timedelta(days=45)
    queued = make_bundle(
        esim=bundle.esim,
        plan=bundle.plan,
        state=BundleState.QUEUED,
        starts_at=bundle.ends_at,
        ends_at=end,
    )
    use(bundle, 21 * GB)
    queued.refresh_from_db()
    assert (queued.state, queued.used_bytes) == (BundleState.ACTIVE, GB)
    assert (queued.starts_at, queued.ends_at) == (MOMENT, end)


def test_a_threshold_is_told_once() -> None:
    bundle = make_bundle()
    use(bundle, 16 * GB)
    use(bundle, GB, record_id="r2")
    assert [row.parameters["percent"] for row in Notification.objects.all()] == [80]


def test_a_question_is_answered_and_not_stored() -> None:
    bundle = make_bundle()
    assert use(bundle, 0).remaining_bytes == 20 * GB
    assert not UsageRecord.objects.exists()


def post(machines: Machines, content: object, key: str = "secret") -> Answer:
    with override_settings(USAGE_FEED_KEY="secret"):
        body = json.dumps(content).encode()
        return machines.post("/feeds/usage", body, authorization=f"Bearer {key}")


def test_the_feed_answers_for_each_record(machines: Machines) -> None:
    bundle = make_bundle(
        created_at=MOMENT - timedelta(days=1), ends_at=MOMENT + timedelta(days=9000)
    )
    good = {
        "record_id": "r1",
        "iccid": bundle.esim.iccid,
        "started_at": "2026-11-22T14:02:00Z",
        "ended_at": "2026-11-22T14:03:00Z",
        "uplink_bytes": 1,
        "downlink_bytes": 2,
    }
    rows = [good, good | {"iccid": "none"}, good | {"record_id": "r2", "uplink_bytes": -1}]
    answer = post(machines, {"feed": "test", "records": rows})
    statuses = [row["status"] for row in answer.json()["results"]]
    assert statuses == ["recorded", "unknown_esim", "invalid"]


def test_the_feed_refuses_a_wrong_key_and_a_wrong_form(machines: Machines) -> None:
    assert post(machines, {"feed": "test", "records": []}, key="other").status_code == 401
    assert post(machines, {"feed": "No spaces", "records": []}).status_code == 400
    assert post(machines, []).status_code == 400
    assert not UsageRecord.objects.exists()
