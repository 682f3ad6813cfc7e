"""The virtual phone and the stock: whatever breaks, a retry ends installed exactly once."""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from limosa.domain.rsp.engine.order_calls import code_digest
from limosa.domain.rsp.models import DownloadOrder
from limosa.domain.rsp.operations.apply_notifications import apply_notifications
from limosa.domain.rsp.operations.authenticate_client import authenticate_client
from limosa.domain.rsp.operations.cancel_session import cancel_session
from limosa.domain.rsp.operations.get_bound_profile_package import get_bound_profile_package
from limosa.domain.rsp.operations.handle_notification import handle_notification
from limosa.domain.rsp.operations.initiate_authentication import initiate_authentication
from limosa.protocols.sgp22 import es9plus
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.tlv import read_exactly_one
from limosa.simulators.virtual_phone.card.euicc import Euicc, new_eid, new_memory
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from limosa.simulators.virtual_phone.lpa.activation_code import read_activation_code
from limosa.simulators.virtual_phone.lpa.download import Asking, Download
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting, Es9Plus, Route
from limosa.simulators.virtual_phone.lpa.faults import Declined, Interrupted, LpaFault
from limosa.simulators.virtual_phone.pki.folder import ensure_pki, read_trust
from tests.factories.phone_pki import the_smdp
from tests.factories.rsp import make_download_order, make_package, make_profile, next_iccid
from tests.factories.sgp22 import ADDRESS, NOW
from tests.factories.tiny_smdp import tlv

pytestmark = pytest.mark.django_db

CALLS = ("initiateAuthentication", "authenticateClient", "getBoundProfilePackage")


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki") / "pki"
    ensure_pki(folder, fqdn=ADDRESS, now=NOW)
    return folder


class Wire(Es9Plus):
    """The phone's way to the operations; an answer to `loses` is lost, once."""

    def __init__(self, smdp: Smdp, loses: str = "") -> None:
        super().__init__(Route(ADDRESS, ADDRESS, 443), Connecting(Path()))
        self._smdp, self._loses = smdp, loses
        self._operations: dict[str, Callable[..., Any]] = {
            "initiateAuthentication": initiate_authentication,
            "authenticateClient": authenticate_client,
            "getBoundProfilePackage": get_bound_profile_package,
            "cancelSession": cancel_session,
        }

    def call(self, function: str, fields: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(fields).encode()
        try:
            answer = self._operations[function](smdp=self._smdp, body=body, now=NOW)
        except RspRefusal as refusal:
            raise LpaFault(str(refusal), str(refusal)) from refusal
        if function == self._loses:
            raise Interrupted
        if function == "cancelSession":
            answer = es9plus.DONE
        return dict(json.loads(answer))


class Owner:
    """Somebody with a phone and an activation code."""

    def __init__(self, folder: Path, pki: Path) -> None:
        self._file = MemoryFile(folder / "card.json")
        self._file.write(new_memory(list(read_trust(pki)), eid=new_eid(), now=NOW))
        self._smdp = the_smdp(pki)
        self.card = Euicc(self._file)

    def install(
        self, order: DownloadOrder, *, loses: str = "", asking: Asking | None = None
    ) -> None:
        code = read_activation_code(f"LPA:1${ADDRESS}${order.matching_id}")
        asking = asking or Asking(lambda _metadata, _needs: "4711")
        Download(self.card, Wire(self._smdp, loses), code, asking).run()

    def power_off_and_on(self) -> None:
        self.card = Euicc(self._file)

    def report(self) -> None:
        """Send what waits on the card, and let it be applied."""
        for one in self._waiting():
            body = {"pendingNotification": b64encode(one).decode()}
            handle_notification(body=json.dumps(body).encode(), now=NOW)
        apply_notifications(smdp=self._smdp, now=NOW)

    def esims(self) -> int:
        return len(self._listed("bf2d"))

    def _waiting(self) -> list[bytes]:
        return self._listed("bf2b")

    def _listed(self, command: str) -> list[bytes]:
        answer = read_exactly_one(self.card.transmit(tlv(command))).children()[0]
        return [one.raw for one in answer.children()] if answer.tag == 0xA0 else []


@pytest.fixture
def owner(tmp_path: Path, pki: Path) -> Owner:
    return Owner(tmp_path, pki)


def ordered(*, downloads_max: int = 1, **more: Any) -> DownloadOrder:
    """Return a released order, of a profile whose package has its own ICCID."""
    iccid = next_iccid()
    profile = make_profile(state="ordered", iccid=iccid, package=make_package(iccid))
    return make_download_order(profile=profile, downloads_max=downloads_max, **more)


def state_of(order: DownloadOrder) -> str:
    return str(DownloadOrder.objects.get(pk=order.pk).state)


def test_it_is_installed_and_reported(owner: Owner) -> None:
    order = ordered()
    owner.install(order)
    assert state_of(order) == "downloaded"
    owner.report()
    assert state_of(order) == "installed"
    assert owner.esims() == 1


@pytest.mark.parametrize("loses", CALLS)
def test_a_lost_answer_and_a_retry_end_installed_once(owner: Owner, loses: str) -> None:
    order = ordered()
    with pytest.raises(Interrupted):
        owner.install(order, loses=loses)
    owner.install(order)
    owner.report()
    owner.report()
    assert state_of(order) == "installed"
    assert owner.esims() == 1


def stopped(owner: Owner, order: DownloadOrder, *, segment: int) -> None:
    """Let the power go before a segment, and come back."""

    def stop(step: str, done: int, _total: int) -> None:
        if (step, done) == ("install", segment):
            raise Interrupted

    with pytest.raises(Interrupted):
        owner.install(order, asking=Asking(lambda _metadata, _needs: "", stop))
    owner.power_off_and_on()


@pytest.mark.parametrize("segment", [1, 3, 5, 12])
def test_power_lost_between_segments_and_a_retry_end_installed_once(
    owner: Owner, segment: int
) -> None:
    order = ordered(downloads_max=2)
    stopped(owner, order, segment=segment)
    owner.report()
    owner.install(order)
    owner.report()
    assert state_of(order) == "installed"
    assert owner.esims() == 1


def test_an_interruption_that_was_reported_uses_up_no_download(owner: Owner) -> None:
    order = ordered(downloads_max=1)
    stopped(owner, order, segment=5)
    owner.report()
    owner.install(order)
    owner.report()
    assert state_of(order) == "installed"


def test_a_late_report_of_an_interruption_does_not_free_what_the_retry_installed(
    owner: Owner,
) -> None:
    order = ordered(downloads_max=1)
    stopped(owner, order, segment=5)
    owner.install(order)
    owner.report()  # Of both: first the interruption, then the installation.
    assert owner.esims() == 1
    assert state_of(order) == "installed"


def test_a_code_is_checked_and_a_no_leaves_the_order_good(owner: Owner) -> None:
    order = ordered(code_digest=code_digest("4711"))

    def no(_metadata: object, _needs: object) -> str:
        raise Declined("No.", "不。")

    with pytest.raises(Declined):
        owner.install(order, asking=Asking(no))
    with pytest.raises(LpaFault):
        owner.install(order, asking=Asking(lambda _metadata, _needs: "4712"))
    owner.install(order)
    owner.report()
    assert state_of(order) == "installed"


def test_a_second_phone_does_not_get_it(owner: Owner, tmp_path: Path, pki: Path) -> None:
    order = ordered()
    owner.install(order)
    (tmp_path / "other").mkdir()
    other = Owner(tmp_path / "other", pki)
    with pytest.raises(LpaFault):
        other.install(order)
    assert other.esims() == 0
    assert state_of(order) == "downloaded"
