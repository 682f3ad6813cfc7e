"""The virtual phone, which was written from the standard and not from the server, installs from it.

No process and no socket: the phone's requests go straight to the functions that a server calls.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import limosa
from limosa.protocols.sgp22 import notification, tlv
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.metadata import Metadata, Owner
from limosa.protocols.sgp22.notification import Event, InstallationResult, OtherNotification
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.simulators.virtual_phone.card.euicc import Euicc, new_eid, new_memory
from limosa.simulators.virtual_phone.card.memory import MemoryFile
from limosa.simulators.virtual_phone.lpa.activation_code import read_activation_code
from limosa.simulators.virtual_phone.lpa.download import Asking, Download
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting, Es9Plus, Route
from limosa.simulators.virtual_phone.lpa.faults import InstallationRefused, LpaFault
from limosa.simulators.virtual_phone.pki.folder import ensure_pki, read_trust
from tests.factories.phone_pki import the_smdp
from tests.factories.sgp22 import ADDRESS, CURVES, NOW
from tests.fakes.shell import Shell

PROFILE = (
    Path(limosa.__file__).parent / "domain" / "rsp" / "ts48" / "generic_test_profile.der"
).read_bytes()
# A package's header has the digits in their order, unlike EF.ICCID and metadata.
ICCID = next(one.value for _, one in tlv.walk(PROFILE) if one.tag == 0x83).hex()
METADATA = Metadata(
    iccid=ICCID,
    service_provider_name="续航",
    profile_name="一个月 10 GB",
    icon=b"\x89PNG\r\n\x1a\n" + bytes(900),
    notifications=tuple((event, ADDRESS) for event in Event),
    owner=Owner("001", "01"),
).encode()


class Wire(Es9Plus):
    """The phone's way to a shell: what it says yes to arrives, and so does what it refuses."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(Route(ADDRESS, ADDRESS, 443), Connecting(Path()))
        self._functions: dict[str, Callable[[bytes], bytes]] = {
            "initiateAuthentication": shell.initiate,
            "authenticateClient": shell.authenticate,
            "getBoundProfilePackage": shell.package,
            "cancelSession": shell.cancel,
        }

    def call(self, function: str, fields: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(
                self._functions[function](json.dumps(fields).encode())
            )
        except RspRefusal as refusal:
            raise LpaFault(str(refusal), str(refusal)) from refusal
        return answer


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki") / "pki"
    ensure_pki(folder, fqdn=ADDRESS, now=NOW)
    return folder


@pytest.fixture
def shell(pki: Path) -> Shell:
    return Shell(the_smdp(pki), metadata=METADATA, profile=PROFILE)


@pytest.fixture(params=range(len(CURVES)))
def card(request: pytest.FixtureRequest, pki: Path, tmp_path: Path) -> Euicc:
    """A card of one curve, and then one of the other."""
    trust = list(read_trust(pki))[request.param]
    file = MemoryFile(tmp_path / "card.json")
    file.write(new_memory([trust], eid=new_eid(), now=NOW))
    return Euicc(file)


def install(card: Euicc, shell: Shell, *, code: str = "") -> bytes:
    asking = Asking(confirm=lambda _metadata, _needs_code: code)
    activation = read_activation_code(f"LPA:1${ADDRESS}$ABCDE-12345")
    return Download(card, Wire(shell), activation, asking).run()


def notifications(card: Euicc) -> list[bytes]:
    """Return what the card reports, as its phone would send it."""
    answer = tlv.read_exactly_one(card.transmit(tlv.encode(0xBF2B)))
    return [one.raw for one in answer.children()[0].children()]


def test_it_installs_and_reports(card: Euicc, shell: Shell) -> None:
    install(card, shell)
    [report] = notifications(card)
    result = notification.read(report)
    assert isinstance(result, InstallationResult)
    body = json.dumps({"pendingNotification": b64encode(report).decode()}).encode()
    assert shell.installation(body).is_installed
    assert result.metadata.iccid == ICCID


def test_it_reports_switching_and_deleting(card: Euicc, shell: Shell) -> None:
    install(card, shell)
    number = tlv.encode(0x5A, tlv.read_exactly_one(METADATA).children()[0].value)
    for command in (0xBF31, 0xBF32):
        card.transmit(tlv.encode(command, tlv.encode(0xA0, number), tlv.encode(0x81, b"\xff")))
    card.transmit(tlv.encode(0xBF33, number))
    events = []
    for report in notifications(card)[1:]:
        found = notification.read(report)
        assert isinstance(found, OtherNotification)
        assert notification.verify_other(smdp=shell.smdp, notification=found).eid
        events.append((found.metadata.event, found.metadata.iccid))
    assert events == [(event, ICCID) for event in (Event.ENABLE, Event.DISABLE, Event.DELETE)]


def test_it_asks_for_the_code_and_hashes_it(card: Euicc, shell: Shell) -> None:
    shell.code = "1234"
    with pytest.raises(LpaFault, match="refused"):
        install(card, shell, code="1235")
    install(card, shell, code="1234")


def test_it_says_no_and_the_session_is_cancelled(card: Euicc, shell: Shell) -> None:
    shell.code = "1234"
    with pytest.raises(LpaFault):
        install(card, shell)
    assert [reason.name for reason in shell.reasons] == ["POSTPONED"]


class PulledOut(Exception):
    """The battery is empty."""


def test_a_broken_installation_is_retried_with_the_key_of_before(
    card: Euicc, shell: Shell, tmp_path: Path
) -> None:
    def pull_out(step: str, done: int, _total: int) -> None:
        if (step, done) == ("install", 6):
            raise PulledOut

    activation = read_activation_code(f"LPA:1${ADDRESS}$ABCDE-12345")
    with pytest.raises(PulledOut):
        Download(card, Wire(shell), activation, Asking(lambda *_: "", pull_out)).run()
    first = Binding.from_bytes(shell.binding)
    again = Euicc(MemoryFile(tmp_path / "card.json"))
    install(again, shell)
    second = Binding.from_bytes(shell.binding)
    assert second.euicc_otpk == first.euicc_otpk
    assert second.session_keys == first.session_keys
    assert second.transaction_id != first.transaction_id
    results = [notification.read(report) for report in notifications(again)]
    assert [one.is_installed for one in results if isinstance(one, InstallationResult)] == [
        False,
        True,
    ]


def test_it_refuses_what_was_changed_on_the_way(card: Euicc, shell: Shell) -> None:
    shell.profile = PROFILE[:-1]
    with pytest.raises(InstallationRefused):
        install(card, shell)
    [report] = notifications(card)
    result = notification.read(report)
    assert isinstance(result, InstallationResult)
    assert not result.is_installed
