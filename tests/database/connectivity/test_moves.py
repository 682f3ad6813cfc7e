"""An eSIM gets another profile: it keeps the old one until a device has the new one, and from then
on the network knows the new one alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from limosa.domain.accounts.models import SecurityEvent
from limosa.domain.charging.operations.record_usage import UsageReport, record_usage
from limosa.domain.connectivity.operations import call_off_moves_of as giving_up
from limosa.domain.connectivity.operations import start_move as starting
from limosa.domain.connectivity.operations.call_off_moves_of import call_off_moves_of
from limosa.domain.esims.models import DeviceKind, Esim, EsimState, Move, MoveReason
from limosa.domain.esims.operations.begin_move import MoveTarget
from limosa.domain.esims.operations.give_up_move import give_up_move
from limosa.domain.esims.operations.note_profile_report import ReportNoted
from limosa.domain.esims.queries import installation_of
from limosa.domain.esims.refusals import (
    MoveNotOfferedError,
    MoveOverError,
    MoveWaitingError,
    NoProfileNowError,
    TooManyMovesError,
)
from limosa.domain.notifications.models import Notification
from tests.database.connectivity.moving import LATER, NEW_EID, OLD_EID, begin, esim_on_a_phone, note
from tests.factories import MOMENT
from tests.factories.esims import make_esim, make_move
from tests.fakes.supplier import OUT_OF_STOCK, FakeSupplier

pytestmark = pytest.mark.django_db


def status_of_use(iccid: str) -> str:
    """Return what the network is answered for a megabyte used by a profile."""
    used = UsageReport(
        record_id=f"r-{iccid}",
        iccid=iccid,
        started_at=LATER,
        ended_at=LATER,
        uplink_bytes=0,
        downlink_bytes=10**6,
    )
    return record_usage(feed="lab", reports=[used], now=LATER)[0].status


@pytest.fixture
def esim(db: None) -> Esim:
    return esim_on_a_phone()


def test_a_move_has_a_profile_of_its_own_and_changes_nothing_yet(esim: Esim) -> None:
    move = begin(esim)
    assert move.iccid not in ("", esim.iccid)
    assert move.activation_code not in ("", esim.activation_code)
    before = (esim.iccid, esim.activation_code)
    esim.refresh_from_db()
    assert (esim.iccid, esim.activation_code) == before
    assert status_of_use(esim.iccid) == "recorded"
    assert status_of_use(move.iccid) == "unknown_esim"


def test_the_person_is_told_and_it_stands_on_the_record(esim: Esim) -> None:
    move = begin(esim)
    letter = Notification.objects.get(subscriber=esim.subscriber, kind="esim_move_begun")
    assert letter.parameters["device_name"] == "Pixel"
    event = SecurityEvent.objects.get(subscriber=esim.subscriber, kind="move_begun")
    assert event.address == "203.0.113.7"
    note(move.iccid, "installed")
    assert Notification.objects.filter(kind="esim_moved").count() == 1


def test_once_a_device_has_it_the_network_knows_the_new_one_alone(esim: Esim) -> None:
    old, move = esim.iccid, begin(esim)
    assert note(move.iccid, "downloaded", minutes=1) is ReportNoted.CHANGED
    esim.refresh_from_db()
    assert esim.iccid == old
    note(move.iccid, "installed")
    esim.refresh_from_db()
    move.refresh_from_db()
    assert (esim.iccid, esim.activation_code) == (move.iccid, move.activation_code)
    assert (move.state, move.ended_at) == ("done", LATER)
    assert status_of_use(old) == "unknown_esim"
    assert status_of_use(move.iccid) == "recorded"
    assert esim.bundles.get().used_bytes == 10**6
    found = installation_of(esim)
    assert found is not None
    assert found.device is not None
    assert (found.device.eid, found.device.name) == (NEW_EID, "Pixel")


def test_an_esim_that_was_switched_on_before_it_was_said_installed_has_moved(esim: Esim) -> None:
    move = begin(esim)
    note(move.iccid, "enabled")
    move.refresh_from_db()
    assert move.state == "done"


def test_what_the_old_device_reports_later_changes_nothing_of_the_new(esim: Esim) -> None:
    old, move = esim.iccid, begin(esim)
    note(move.iccid, "enabled")
    assert note(old, "deleted", eid=OLD_EID, minutes=9) is ReportNoted.CHANGED
    note(old, "enabled", eid=OLD_EID, minutes=10)
    esim.refresh_from_db()
    assert (esim.iccid, esim.state) == (move.iccid, EsimState.INSTALLED)
    assert getattr(installation_of(esim), "state", "") == "enabled"
    assert getattr(installation_of(esim, iccid=old), "state", "") == "enabled"


def test_the_same_report_again_moves_nothing_again(esim: Esim) -> None:
    move = begin(esim)
    note(move.iccid, "installed")
    assert note(move.iccid, "installed") is ReportNoted.NOTHING_NEW
    assert Notification.objects.filter(kind="esim_moved").count() == 1


def test_a_move_that_is_given_up_leaves_the_esim_where_it_is(esim: Esim) -> None:
    old, move = esim.iccid, begin(esim)
    give_up_move(number=move.number, now=MOMENT)
    note(move.iccid, "installed")
    esim.refresh_from_db()
    assert esim.iccid == old
    assert status_of_use(move.iccid) == "unknown_esim"
    with pytest.raises(MoveOverError):
        give_up_move(number=move.number, now=LATER)


def test_a_move_that_is_done_is_not_given_up(esim: Esim) -> None:
    move = begin(esim)
    note(move.iccid, "installed")
    with pytest.raises(MoveOverError):
        give_up_move(number=move.number, now=LATER)
    with pytest.raises(MoveOverError):
        give_up_move(number="M-NOTHING", now=LATER)


def test_whoever_says_it_was_not_them_ends_every_move(esim: Esim) -> None:
    begin(esim)
    assert call_off_moves_of(subscriber_id=esim.subscriber_id, now=MOMENT) == 1
    assert call_off_moves_of(subscriber_id=esim.subscriber_id, now=MOMENT) == 0
    assert Move.objects.get().problem == "not_me"


def test_a_move_that_ends_meanwhile_is_nobodys_to_give_up(
    esim: Esim, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(esim)

    def ended(**_named: object) -> None:
        raise MoveOverError

    monkeypatch.setattr(giving_up, "call_off_move", ended)
    assert call_off_moves_of(subscriber_id=esim.subscriber_id, now=MOMENT) == 0


def test_one_move_waits_at_a_time(esim: Esim) -> None:
    begin(esim)
    with pytest.raises(MoveWaitingError):
        begin(esim)


def test_moves_are_limited_and_given_up_ones_count(esim: Esim, settings: Settings) -> None:
    settings.MOVES_MAX, settings.MOVES_PERIOD_DAYS = 2, 30
    for _ in range(2):
        give_up_move(number=begin(esim).number, now=MOMENT)
    with pytest.raises(TooManyMovesError) as refused:
        begin(esim)
    assert refused.value.next_at == MOMENT + timedelta(days=30)
    assert Move.objects.count() == 2


def test_what_no_device_has_needs_no_move(esim: Esim) -> None:
    ready = make_esim(state=EsimState.READY)
    with pytest.raises(MoveNotOfferedError):
        begin(ready)


def test_without_a_profile_nothing_has_begun(esim: Esim, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeSupplier()
    fake.script(OUT_OF_STOCK)
    monkeypatch.setattr(starting, "adapter_for", lambda _code: fake)
    with pytest.raises(NoProfileNowError):
        begin(esim)
    assert not Move.objects.exists()
    assert not Notification.objects.exists()


def test_the_same_device_keeps_its_name(esim: Esim) -> None:
    device = esim.subscriber.devices.get()
    device.name = "Blue"
    device.save()
    move = begin(esim, MoveTarget(kind=DeviceKind.PHONE, reason=MoveReason.DELETED))
    note(move.iccid, "installed", eid=OLD_EID)
    device.refresh_from_db()
    assert device.name == "Blue"


def test_the_database_lets_no_second_move_wait(esim: Esim) -> None:
    begin(esim)
    with pytest.raises(IntegrityError, match="move_waiting_once"), transaction.atomic():
        make_move(esim=esim)


def test_the_database_gives_no_profile_twice(esim: Esim) -> None:
    move = begin(esim)
    with pytest.raises(IntegrityError, match="move_iccid_once"), transaction.atomic():
        make_move(iccid=move.iccid)
