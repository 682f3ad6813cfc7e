"""What cards report of a profile counts once, however late, often or out of order it comes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.rsp.models import (
    DownloadOrder,
    DownloadSession,
    ProgressReport,
)
from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from tests.database.rsp.downloading import now_of, ordered, results
from tests.factories.sgp22 import NOW, World, an_smdp
from tests.fakes.device import Device
from tests.fakes.tiny_card import TinyCard, one, tlv

pytestmark = pytest.mark.django_db
ENABLE, DISABLE, DELETE = 1, 2, 3


@pytest.fixture
def device(world: World) -> Device:
    return Device(an_smdp(world), TinyCard(world))


def told(order: DownloadOrder) -> list[tuple[int, int]]:
    rows = ProgressReport.objects.filter(order=order).order_by("id")
    return list(rows.values_list("point", "download"))


def test_a_card_that_was_set_up_anew_counts_from_one_again(device: Device) -> None:
    order = ordered(
        device, redownload="same_euicc", needs_delete=False, requester="1", reference="7"
    )
    for download in (1, 2):
        device.card.sequence_number = 0
        device.download()
        device.reported()
        device.reported(device.event(ENABLE))
        row = now_of(order)
        assert (row.state, row.downloads, row.enabled_at) == ("installed", download, NOW)
    assert results() == ["applied"] * 4
    assert told(order) == [(3, 1), (4, 1), (101, 1), (3, 2), (4, 2), (101, 2)]


def test_the_same_report_in_another_wrapping_is_not_kept(device: Device) -> None:
    ordered(device)
    device.download()
    for report in (device.card.installation_result(), device.event(ENABLE)):
        tag = "BF37" if report.startswith(b"\xbf\x37") else "30"
        assert device.report(report)
        assert not device.report(one(report, tag))
        assert not device.report(tlv("BF3D", report))


def test_a_transaction_that_was_applied_is_not_applied_again(device: Device) -> None:
    order = ordered(device)
    device.download()
    device.reported()
    before = now_of(order), told(order)
    device.reported(device.card.installation_result())
    device.reported(device.card.installation_result(error=(5, 10)))
    assert results() == ["applied", "repeated", "repeated"]
    assert (now_of(order), told(order)) == before
    assert now_of(order).state == "installed"


def test_a_transaction_that_was_interrupted_may_still_end_well(device: Device) -> None:
    order = ordered(device)
    device.download()
    device.reported(device.card.installation_result(error=(5, 11)))
    device.reported()
    assert results() == ["nothing", "applied"]
    assert now_of(order).state == "installed"


def test_an_event_that_the_card_signs_once_more_is_a_repetition(device: Device) -> None:
    order = ordered(device)
    device.download()
    device.reported()
    device.reported(device.event(DISABLE))
    device.card.sequence_number -= 1
    device.reported(device.event(DISABLE))
    assert results() == ["applied", "applied", "repeated"]
    assert now_of(order).enabled_at is None


@pytest.mark.parametrize(
    "wrong", [{"iccid": bytes.fromhex("981099000000000000F1")}, {"oid": "2.999.11"}]
)
def test_an_installation_of_another_profile_or_server_is_refused(
    device: Device, wrong: dict[str, Any]
) -> None:
    order = ordered(device)
    device.download()
    before = DownloadOrder.objects.values().get()
    device.reported(device.card.installation_result(**wrong))
    assert results() == ["refused"]
    assert DownloadOrder.objects.values().get() == before
    assert DownloadSession.objects.count() == 1
    device.reported()
    assert now_of(order).state == "installed"


@given(data=st.data(), events=st.lists(st.sampled_from([ENABLE, DISABLE]), max_size=4))
def test_in_whatever_order_events_come_the_last_of_the_card_s_count_holds(
    world: World, data: st.DataObject, events: list[int]
) -> None:
    with transaction.atomic():
        device = Device(an_smdp(world), TinyCard(world))
        order = ordered(device)
        device.download()
        device.reported()
        reports = [device.event(event) for event in events]
        often = data.draw(st.lists(st.sampled_from(reports), max_size=3)) if reports else []
        for report in data.draw(st.permutations([*reports, *often])):
            device.now += timedelta(minutes=1)
            device.report(report)
            apply_notifications(smdp=device.smdp, now=device.now)
        row = now_of(order)
        assert row.state == "installed"
        assert (row.enabled_at is not None) == (events[-1:] == [ENABLE])
        assert "fault" not in results()
        transaction.set_rollback(True)
