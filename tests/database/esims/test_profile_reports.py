"""What devices report of an eSIM's profile, in the tables."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from limosa.domain.esims.engine.installation_life import InstallationState, ProfileReport
from limosa.domain.esims.models import Device, Esim, EsimState, Installation
from limosa.domain.esims.operations.note_profile_report import ReportNoted, note_profile_report
from limosa.domain.esims.operations.rename_device import rename_device
from limosa.domain.esims.queries import devices_of, installation_of
from limosa.servers.endpoints.esim_events import esim_snapshot
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.esims import make_device, make_esim, make_installation

pytestmark = pytest.mark.django_db

EID, OTHER_EID = "89049032" + "1" * 24, "89049032" + "2" * 24


def note(
    esim: Esim | str,
    state: str,
    *,
    eid: str = EID,
    at: datetime = MOMENT,
    now: datetime | None = None,
    **fields: Any,
) -> ReportNoted:
    return note_profile_report(
        iccid=esim if isinstance(esim, str) else esim.iccid,
        eid=eid,
        report=ProfileReport(state=InstallationState(state), happened_at=at, **fields),
        now=now or max(at, MOMENT),
    )


def standing(esim: Esim) -> Installation:
    found = installation_of(esim)
    assert found is not None
    return found


def test_an_installation_makes_the_device_and_the_esim_installed() -> None:
    esim = make_esim(state=EsimState.READY)
    assert note(esim, "downloaded") is ReportNoted.CHANGED
    esim.refresh_from_db()
    assert esim.state == EsimState.READY
    at = MOMENT + timedelta(minutes=1)
    assert note(esim, "installed", at=at) is ReportNoted.CHANGED
    esim.refresh_from_db()
    assert (esim.state, esim.installed_at) == (EsimState.INSTALLED, at)
    found = standing(esim)
    assert (found.state, found.downloaded_at, found.installed_at) == ("installed", MOMENT, at)
    assert found.device is not None
    (device,) = devices_of(subscriber_id=esim.subscriber_id)
    assert (device, device.eid, device.kind, device.number) == (found.device, EID, "phone", 1)


def test_the_same_report_again_changes_nothing() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "enabled", sequence=4)
    before = Installation.objects.values().get()
    later = MOMENT + timedelta(hours=1)
    assert note(esim, "enabled", sequence=4, now=later) is ReportNoted.NOTHING_NEW
    assert Installation.objects.values().get() == before


def test_an_older_report_undoes_nothing() -> None:
    esim = make_esim(state=EsimState.READY)
    later = MOMENT + timedelta(minutes=1)
    note(esim, "deleted", sequence=4, at=later)
    note(esim, "enabled", sequence=3, at=MOMENT)
    found = standing(esim)
    assert (found.state, found.enabled_at, found.deleted_at) == ("deleted", MOMENT, later)


def test_a_failure_says_why_and_leaves_the_esim_to_be_downloaded() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "failed", failure="6/3")
    esim.refresh_from_db()
    assert (esim.state, standing(esim).failure) == (EsimState.READY, "6/3")


def test_a_failure_leaves_the_next_download_alone() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "failed", failure="6/3", download=1)
    note(esim, "installed", download=2)
    assert standing(esim).state == "installed"
    note(esim, "failed", failure="6/3", download=1, at=MOMENT + timedelta(hours=1))
    assert (standing(esim).state, Installation.objects.count()) == ("installed", 2)


def test_a_term_that_is_too_long_is_cut() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "failed", failure="x" * 99)
    assert standing(esim).failure == "x" * 40


def test_an_unknown_profile_is_said_to_be_unknown() -> None:
    make_esim()
    assert note("8901998000000000015", "installed") is ReportNoted.UNKNOWN
    assert not Installation.objects.exists()
    assert not Device.objects.exists()


def test_a_report_of_a_profile_that_the_esim_had_before_is_kept_apart() -> None:
    esim = make_esim()
    note(esim, "enabled")
    old = esim.iccid
    esim.iccid = "8901998000000000015"
    esim.save(update_fields=["iccid"])
    assert installation_of(esim) is None
    note(esim, "installed", eid=OTHER_EID)
    assert note(old, "deleted", at=MOMENT + timedelta(minutes=1)) is ReportNoted.CHANGED
    assert standing(esim).state == "installed"


def test_a_former_profile_makes_no_esim_installed() -> None:
    esim = make_esim(state=EsimState.READY)
    make_installation(esim=esim, iccid="8901998000000000015")
    note("8901998000000000015", "enabled")
    esim.refresh_from_db()
    assert esim.state == EsimState.READY


def test_a_person_has_one_device_for_each_card() -> None:
    person, other = make_subscriber(), make_subscriber()
    for owner in (person, person, other):
        note(make_esim(subscriber=owner), "installed")
    note(make_esim(subscriber=person), "installed", eid=OTHER_EID)
    assert [(one.eid, one.number) for one in devices_of(subscriber_id=person.pk)] == [
        (EID, 1),
        (OTHER_EID, 2),
    ]
    assert len(devices_of(subscriber_id=other.pk)) == 1


def test_a_device_that_nobody_named_is_named_by_a_later_report() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "installed", eid="")
    assert standing(esim).device is None
    assert note(esim, "installed") is ReportNoted.CHANGED
    device = standing(esim).device
    assert device is not None
    assert device.eid == EID


def test_a_report_from_the_future_counts_as_made_now() -> None:
    esim = make_esim(state=EsimState.READY)
    note(esim, "installed", at=MOMENT + timedelta(days=9), now=MOMENT)
    assert standing(esim).reported_at == MOMENT


def test_devices_without_a_card_are_no_repetition() -> None:
    person = make_subscriber()
    for number in (1, 2):
        make_device(subscriber=person, number=number, eid=None)
    assert len(devices_of(subscriber_id=person.pk)) == 2


def test_a_device_has_the_name_that_its_person_gives() -> None:
    device = make_device()
    rename_device(device=device, name=f"  {'我的手机' * 20}")
    device.refresh_from_db()
    assert device.name == ("我的手机" * 20)[:40]


def test_what_pages_watch_differs_after_every_change() -> None:
    esim = make_esim(state=EsimState.READY)
    seen = [esim_snapshot(f"esim:{esim.public_id}")]
    for minute, state in enumerate(("downloaded", "installed", "enabled", "disabled", "enabled")):
        note(esim, state, at=MOMENT + timedelta(minutes=minute), sequence=minute)
        seen.append(esim_snapshot(f"esim:{esim.public_id}"))
    assert all(one is not None and not one.is_final for one in seen)
    assert len({str(one) for one in seen}) == len(seen)
    assert esim_snapshot("esim:NOBODY") is None
