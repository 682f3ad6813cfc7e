"""Our own network orders from our own SM-DP+: an order has one profile, which devices download."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Refused,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
    Unknown,
)
from limosa.domain.connectivity.operations.pass_on_reports import pass_on_reports
from limosa.domain.connectivity.own_profiles import TYPE
from limosa.domain.connectivity.suppliers.own_network.adapter import OwnNetwork
from limosa.domain.esims.engine.profile import Profile
from limosa.domain.esims.models import Esim, EsimState, Installation
from limosa.domain.esims.operations.note_profile_report import note_profile_report
from limosa.domain.esims.queries import installation_of
from limosa.domain.rsp.models import DownloadOrder, ProfileType, ProgressReport
from limosa.domain.rsp.models import Profile as StoredProfile
from limosa.domain.rsp.operations import ensure_profile_type, provide_profile, withdraw_profile
from limosa.domain.rsp.queries import ProvidedProfile, provided_profile
from limosa.foundation.errors import LocalProtocolError
from tests.factories import MOMENT
from tests.factories.catalog import make_plan
from tests.factories.esims import make_esim
from tests.factories.rsp import EID as OTHER_CARD
from tests.factories.rsp import make_download_order, make_profile, make_profile_type
from tests.factories.sgp22 import EID, NOW, World, an_smdp
from tests.fakes.device import Device
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db
NUMBER = "L-7Q4K92MX"
HANDLE = SupplyHandle(number=NUMBER)
ENABLE, DISABLE, DELETE = 1, 2, 3


def order(number: str = NUMBER) -> SupplyAnswer:
    return OwnNetwork().order(SupplyRequest(number=number, plan_code=make_plan().code))


def delivered(number: str = NUMBER) -> Profile:
    answer = order(number)
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    return answer.profile


def matching_id(profile: Profile) -> str:
    return profile.activation_code.split("$")[2]


@pytest.fixture
def from_stock(settings: Settings) -> None:
    settings.SUPPLIER_SETTINGS = {"own_network": {"profiles": "stock"}}


@pytest.fixture
def device(world: World) -> Device:
    return Device(an_smdp(world), TinyCard(world))


def test_an_order_is_released_under_its_number_and_its_code_leads_to_its_profile() -> None:
    profile = delivered()
    assert profile.activation_code.startswith("LPA:1$smdp.limosa.example$")
    made = DownloadOrder.objects.select_related("profile").get()
    assert (made.state, made.requester, made.reference) == ("released", "own_network", NUMBER)
    assert (made.profile.iccid, made.matching_id) == (profile.iccid, matching_id(profile))
    assert made.profile.state == "ordered"


def test_a_device_reads_the_profile_that_was_made(device: Device) -> None:
    device.matching_id = matching_id(delivered())
    assert device.download() == StoredProfile.objects.get().package


def test_the_same_number_again_is_the_same_profile() -> None:
    assert delivered() == delivered()
    assert StoredProfile.objects.count() == DownloadOrder.objects.count() == 1


def test_what_was_ordered_is_looked_up_and_what_was_not_is_unknown() -> None:
    assert OwnNetwork().look_up(HANDLE) == Unknown()
    assert OwnNetwork().look_up(HANDLE) != Delivered(profile=delivered())
    assert OwnNetwork().look_up(HANDLE) == order()


def test_another_requester_with_that_number_has_another_profile() -> None:
    theirs = make_download_order(requester="1.2.3", reference=NUMBER)
    assert delivered().iccid != theirs.profile.iccid


def test_the_type_is_the_carriers_or_everybodys() -> None:
    delivered()
    kind = ProfileType.objects.get()
    assert (kind.code, kind.tells_enabling, kind.tells_disabling) == (TYPE, True, True)
    of_carrier = make_profile_type(make_plan().carrier_id)
    delivered("L-OTHER")
    newest = StoredProfile.objects.order_by("id").last()
    assert newest is not None
    assert newest.profile_type == of_carrier


@pytest.mark.usefixtures("from_stock")
def test_the_stock_gives_what_was_imported_for_the_type() -> None:
    make_profile()  # Of another type.
    mine = make_profile(profile_type=make_profile_type(TYPE))
    assert delivered().iccid == mine.iccid
    mine.refresh_from_db()
    assert mine.state == "ordered"
    assert StoredProfile.objects.count() == 2


@pytest.mark.usefixtures("from_stock")
def test_an_empty_stock_is_a_refusal_for_now_that_leaves_nothing_behind() -> None:
    assert order() == Refused(failure=Failure.AGAIN, reason="no_profile_left")
    assert not DownloadOrder.objects.exists()
    mine = make_profile(profile_type=make_profile_type(TYPE))
    assert delivered().iccid == mine.iccid


def test_what_was_made_and_is_cancelled_is_for_nobody() -> None:
    delivered()
    for _ in range(2):
        assert OwnNetwork().cancel(HANDLE) is CancelAnswer.DONE
    assert DownloadOrder.objects.get().state == "cancelled"
    assert StoredProfile.objects.get().state == "unavailable"
    assert order() == Refused(failure=Failure.NEVER, reason="cancelled")


@pytest.mark.usefixtures("from_stock")
def test_what_came_from_the_stock_and_is_cancelled_goes_back() -> None:
    mine = make_profile(profile_type=make_profile_type(TYPE))
    delivered()
    assert OwnNetwork().cancel(HANDLE) is CancelAnswer.DONE
    mine.refresh_from_db()
    assert mine.state == "available"
    assert delivered("L-OTHER").iccid == mine.iccid
    assert OwnNetwork().cancel(HANDLE) is CancelAnswer.DONE  # It is somebody else's now.
    assert DownloadOrder.objects.get(reference="L-OTHER").state == "released"


def test_what_a_device_has_is_not_withdrawn(device: Device) -> None:
    device.matching_id = matching_id(delivered())
    device.download()
    assert OwnNetwork().cancel(HANDLE) is CancelAnswer.REFUSED
    assert DownloadOrder.objects.get().state == "downloaded"


def test_nothing_to_cancel_is_cancelled() -> None:
    assert OwnNetwork().cancel(HANDLE) is CancelAnswer.DONE


# What another call does between two looks


def test_a_type_that_another_order_makes_meanwhile_is_the_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivered()
    monkeypatch.setattr(ensure_profile_type, "profile_type_of", lambda _codes: None)
    delivered("L-OTHER")
    assert ProfileType.objects.get().profiles.count() == 2


def test_what_another_call_cancels_meanwhile_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    delivered()
    known = provided_profile(requester="own_network", reference=NUMBER)
    OwnNetwork().cancel(HANDLE)
    monkeypatch.setattr(withdraw_profile, "provided_profile", lambda **_: known)
    assert OwnNetwork().cancel(HANDLE) is CancelAnswer.DONE
    assert StoredProfile.objects.get().state == "unavailable"


def see_nothing_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next order look before another call for its number has committed."""
    looks = iter([lambda **_: None])

    def look(**whose: str) -> ProvidedProfile | None:
        return next(looks, provided_profile)(**whose)

    monkeypatch.setattr(provide_profile, "provided_profile", look)


def test_what_another_call_makes_meanwhile_is_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = delivered()
    see_nothing_at_first(monkeypatch)
    assert delivered() == profile
    assert StoredProfile.objects.count() == 1


@pytest.mark.usefixtures("from_stock")
def test_what_another_call_takes_meanwhile_is_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        make_profile(profile_type=make_profile_type(TYPE))
    profile = delivered()
    see_nothing_at_first(monkeypatch)
    assert delivered() == profile
    assert StoredProfile.objects.filter(state="available").count() == 1


def test_a_number_that_is_taken_and_not_to_be_found_is_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivered()
    monkeypatch.setattr(provide_profile, "provided_profile", lambda **_: None)
    with pytest.raises(LocalProtocolError, match=NUMBER):
        order()
    assert StoredProfile.objects.count() == 1


# What cards report


def esim_of(profile: Profile) -> Esim:
    return make_esim(
        state=EsimState.READY, iccid=profile.iccid, activation_code=profile.activation_code
    )


def standing(esim: Esim) -> Installation:
    found = installation_of(esim)
    assert found is not None
    return found


def passed_on(now: datetime = NOW) -> int:
    return pass_on_reports(now=now)


def test_what_a_card_reports_reaches_the_esim(device: Device) -> None:
    profile = delivered()
    esim = esim_of(profile)
    device.matching_id = matching_id(profile)
    device.download()
    assert passed_on() == 1
    assert standing(esim).state == "downloaded"
    device.reported()
    seen = []
    for event in (ENABLE, DISABLE, ENABLE, DELETE):
        assert passed_on() == 1
        seen.append(standing(esim).state)
        device.reported(device.event(event))
    assert passed_on() == 1
    assert [*seen, standing(esim).state] == [
        "installed",
        "enabled",
        "disabled",
        "enabled",
        "deleted",
    ]
    found = standing(esim)
    assert found.device is not None
    assert (found.device.eid, found.device.subscriber_id) == (EID, esim.subscriber_id)
    esim.refresh_from_db()
    assert esim.state == EsimState.INSTALLED
    assert passed_on() == 0
    assert not ProgressReport.objects.exclude(next_at=None, told_at=NOW).exists()


def test_where_no_card_has_reported_anything_to_find_that_out_is_one_statement(
    device: Device, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert passed_on() == 0
    device.matching_id = matching_id(delivered())
    device.download()
    with CaptureQueriesContext(connection) as control:
        passed_on()
    assert len(control) > 1


def test_a_failure_reaches_the_esim_and_the_next_attempt_is_another_download(
    device: Device,
) -> None:
    profile = delivered()
    esim = esim_of(profile)
    device.matching_id = matching_id(profile)
    device.download()
    device.reported(device.card.installation_result(error=(5, 1)))
    passed_on()
    failed = standing(esim)
    assert (failed.state, failed.failure, failed.download) == ("failed", "5/1", 1)
    device.download()
    device.reported()
    passed_on()
    done = standing(esim)
    assert (done.state, done.download, done.failure) == ("installed", 2, "")


def test_what_was_switched_on_before_its_installation_was_reported_is_on(device: Device) -> None:
    profile = delivered()
    esim = esim_of(profile)
    device.matching_id = matching_id(profile)
    device.download()
    late = device.card.installation_result()
    device.reported(device.event(ENABLE))
    device.reported(late)
    assert pass_on_reports(now=NOW, most=2) == 2
    passed_on()
    found = standing(esim)
    assert (found.state, found.installed_at, found.enabled_at) == ("enabled", NOW, NOW)


def test_a_crash_between_the_note_and_the_mark_leaves_neither(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = delivered()
    esim = esim_of(profile)
    device.matching_id = matching_id(profile)
    device.download()

    def note_and_die(**report: object) -> None:
        note_profile_report(**report)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    place = "limosa.domain.connectivity.operations.pass_on_reports.note_profile_report"
    with monkeypatch.context() as patch:
        patch.setattr(place, note_and_die)
        with pytest.raises(KeyboardInterrupt):
            passed_on()
    assert installation_of(esim) is None
    assert passed_on() == 1
    assert standing(esim).state == "downloaded"


def test_what_is_about_no_esim_is_told_and_holds_nothing_up(device: Device) -> None:
    device.matching_id = matching_id(delivered())
    device.download()
    assert passed_on() == 1
    assert not Installation.objects.exists()
    assert passed_on() == 0


def test_others_reports_are_left_to_those_who_tell_them() -> None:
    theirs = make_download_order(requester="1.2.3", state="downloaded")
    report = ProgressReport.objects.create(
        order=theirs, requester="1.2.3", point=3, download=1, eid=OTHER_CARD,
        happened_at=MOMENT, next_at=MOMENT,
    )  # fmt: skip
    assert passed_on(MOMENT + timedelta(hours=1)) == 0
    report.refresh_from_db()
    assert report.next_at == MOMENT
