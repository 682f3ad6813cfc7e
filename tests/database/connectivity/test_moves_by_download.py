"""Two phones and our own SM-DP+: an eSIM moves from one to the other, and no code is worth anything
any more where it should not be."""

import pytest
from django.db import transaction

from limosa.domain.accounts.origin import Origin
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    InstallTerms,
    Reinstall,
    SupplyRequest,
)
from limosa.domain.connectivity.operations.advance_next_move import advance_next_move
from limosa.domain.connectivity.operations.call_off_move import call_off_move
from limosa.domain.connectivity.operations.pass_on_reports import pass_on_reports
from limosa.domain.connectivity.operations.start_move import start_move
from limosa.domain.connectivity.suppliers.own_network.adapter import OwnNetwork
from limosa.domain.esims.models import DeviceKind, Esim, EsimState, Move
from limosa.domain.esims.operations.begin_move import MoveTarget
from limosa.domain.esims.queries import installation_of
from limosa.domain.esims.refusals import MoveNotOfferedError
from limosa.domain.rsp.models import DownloadOrder
from limosa.domain.rsp.models import Profile as StoredProfile
from limosa.domain.rsp.operations.expire_orders import expire_orders
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle, make_esim
from tests.factories.sgp22 import NOW, World, an_smdp
from tests.fakes.device import Device, another_card, heard
from tests.fakes.tiny_card import TinyCard

pytestmark = pytest.mark.django_db
ENABLE, DELETE = 1, 3
FATAL = 6
NEW_EID = "89049032" + "0" * 22 + "42"


def code_of(activation_code: str | None) -> str:
    return (activation_code or "").split("$")[2]


@pytest.fixture
def old_phone(world: World) -> Device:
    return Device(an_smdp(world), TinyCard(world))


@pytest.fixture
def new_phone(world: World) -> Device:
    return Device(an_smdp(world), another_card(world, NEW_EID))


@pytest.fixture
def esim(old_phone: Device) -> Esim:
    """Return an eSIM that was bought, downloaded and switched on."""
    plan = make_plan()
    answer = OwnNetwork().order(SupplyRequest(number="L-7Q4K92MX", plan_code=plan.code))
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    made = make_esim(
        state=EsimState.READY,
        iccid=answer.profile.iccid,
        activation_code=answer.profile.activation_code,
    )
    make_bundle(esim=made, plan=plan)
    old_phone.matching_id = code_of(made.activation_code)
    old_phone.download()
    old_phone.reported()
    old_phone.reported(old_phone.event(ENABLE))
    pass_on_reports(now=NOW)
    made.refresh_from_db()
    assert made.state == EsimState.INSTALLED
    return made


def begin(esim: Esim) -> Move:
    target = MoveTarget(kind=DeviceKind.PHONE, name="Pixel")
    return start_move(esim_id=esim.pk, target=target, origin=Origin(), now=NOW)


def moved(esim: Esim, new_phone: Device) -> Move:
    """Move an eSIM to the new phone, up to what the worker does afterwards."""
    move = begin(esim)
    new_phone.matching_id = code_of(move.activation_code)
    new_phone.download()
    new_phone.reported()
    pass_on_reports(now=NOW)
    while advance_next_move(now=NOW):
        pass
    esim.refresh_from_db()
    move.refresh_from_db()
    return move


def test_it_ends_on_the_new_phone(esim: Esim, new_phone: Device) -> None:
    old = esim.iccid
    move = moved(esim, new_phone)
    assert (move.state, esim.iccid) == ("done", move.iccid)
    assert esim.iccid != old
    found = installation_of(esim)
    assert found is not None
    assert found.device is not None
    assert (found.device.eid, found.device.name) == (NEW_EID, "Pixel")


def test_the_old_phone_downloads_nothing_by_the_old_code(
    esim: Esim, old_phone: Device, new_phone: Device
) -> None:
    old = esim.iccid
    moved(esim, new_phone)
    old_phone.reported(old_phone.event(DELETE))
    pass_on_reports(now=NOW)
    assert getattr(installation_of(esim, iccid=old), "state", "") == "deleted"
    assert heard(old_phone.download) != "ok"
    assert expire_orders(now=NOW) == 0  # Its profile does not come back to the stock.
    assert StoredProfile.objects.get(iccid=old).state == "ordered"


def test_without_a_move_it_could(esim: Esim, old_phone: Device) -> None:
    """The control of the test above: what a deletion allows."""
    old_phone.reported(old_phone.event(DELETE))
    assert heard(old_phone.download) == "ok"


def test_the_new_code_serves_no_third_phone(
    esim: Esim, old_phone: Device, new_phone: Device
) -> None:
    move = moved(esim, new_phone)
    old_phone.matching_id = code_of(move.activation_code)
    assert heard(old_phone.download) != "ok"


def test_the_new_code_is_void_once_the_move_is_given_up(esim: Esim, new_phone: Device) -> None:
    move = begin(esim)
    call_off_move(number=move.number, now=NOW)
    new_phone.matching_id = code_of(move.activation_code)
    assert heard(new_phone.download) != "ok"
    assert StoredProfile.objects.get(iccid=move.iccid).state == "unavailable"
    assert DownloadOrder.objects.get(reference=move.number).state == "cancelled"
    assert not advance_next_move(now=NOW)


def test_nothing_is_retired_if_the_giving_up_does_not_commit(esim: Esim, new_phone: Device) -> None:
    move = begin(esim)
    with transaction.atomic():
        call_off_move(number=move.number, now=NOW)
        transaction.set_rollback(True)
    new_phone.matching_id = code_of(move.activation_code)
    assert heard(new_phone.download) == "ok"


def test_the_old_code_is_void_with_the_report_of_the_new_phone(
    esim: Esim, old_phone: Device, new_phone: Device
) -> None:
    """No worker has looked at the move."""
    move = begin(esim)
    new_phone.matching_id = code_of(move.activation_code)
    new_phone.download()
    new_phone.reported()
    pass_on_reports(now=NOW)
    old_phone.reported(old_phone.event(DELETE))
    assert heard(old_phone.download) != "ok"
    assert not advance_next_move(now=NOW)


def test_whether_the_same_code_works_again_is_known(esim: Esim, old_phone: Device) -> None:
    def terms() -> InstallTerms:
        return OwnNetwork().install_terms(iccid=esim.iccid)

    assert terms() == InstallTerms(reinstall=Reinstall.NOT_DELETED, left=2)
    for left in (2, 1):
        old_phone.reported(old_phone.event(DELETE))
        assert terms() == InstallTerms(reinstall=Reinstall.POSSIBLE, left=left)
        old_phone.download()
        old_phone.reported()
    old_phone.reported(old_phone.event(DELETE))
    assert terms() == InstallTerms(reinstall=Reinstall.USED_UP, left=0)
    unknown = make_esim()
    assert OwnNetwork().install_terms(iccid=unknown.iccid).reinstall is Reinstall.UNKNOWN


def test_a_code_that_a_failure_has_spent_is_replaced(world: World, new_phone: Device) -> None:
    answer = OwnNetwork().order(SupplyRequest(number="L-FAILS", plan_code=make_plan().code))
    assert isinstance(answer, Delivered)
    assert answer.profile is not None
    esim = make_esim(
        state=EsimState.READY,
        iccid=answer.profile.iccid,
        activation_code=answer.profile.activation_code,
    )
    make_bundle(esim=esim)
    with pytest.raises(MoveNotOfferedError):
        begin(esim)
    new_phone.matching_id = code_of(esim.activation_code)
    new_phone.download()
    new_phone.reported(new_phone.card.installation_result(error=(5, FATAL)))
    pass_on_reports(now=NOW)
    assert getattr(installation_of(esim), "state", "") == "failed"
    another = Device(an_smdp(world), another_card(world, NEW_EID[:-1] + "3"))
    move = moved(esim, another)
    assert (move.state, esim.state) == ("done", EsimState.INSTALLED)


def test_what_our_sm_dp_never_had_needs_no_retiring() -> None:
    assert OwnNetwork().retire(iccid=make_esim().iccid) is CancelAnswer.DONE
