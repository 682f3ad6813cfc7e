"""A phone installs from an activation code over TLS, and every failure says what happened."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from limosa.simulators.virtual_phone.elliptic import CURVES
from limosa.simulators.virtual_phone.lpa.download import Asking
from limosa.simulators.virtual_phone.lpa.es9plus import Connecting
from limosa.simulators.virtual_phone.lpa.faults import (
    Declined,
    InstallationRefused,
    Interrupted,
    LpaFault,
    ServerRefused,
)
from limosa.simulators.virtual_phone.metadata import Metadata
from limosa.simulators.virtual_phone.phone import Phone
from tests.factories.tiny_smdp import fields, inside, metadata, tlv
from tests.factories.tiny_smdp_server import HttpsServer, Order, TinyServer

pytestmark = pytest.mark.enable_socket

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CODE = "LPA:1$smdp.example.com$TEST-0001"
ICCID = "898821010000043001"
CALLS = ("initiateAuthentication", "authenticateClient", "getBoundProfilePackage")


def yes(_metadata: Metadata, needs_code: bool) -> str:  # noqa: FBT001
    return "1234" if needs_code else ""


def no(_metadata: Metadata, _needs_code: bool) -> str:  # noqa: FBT001
    raise Declined("Not now.", "暂不安装。")


@pytest.fixture
def tiny(pki: Path) -> TinyServer:
    return TinyServer(pki, orders={"TEST-0001": Order()})


@pytest.fixture
def way(tiny: TinyServer) -> Iterator[tuple[str, int]]:
    server = HttpsServer(tiny)
    server.start()
    yield "127.0.0.1", server.port
    server.stop()


class Opened:
    """Opens the phone of a test, as often as it wants."""

    def __init__(self, folder: Path, pki: Path) -> None:
        self._folder, self._pki = folder, pki

    @contextmanager
    def __call__(self, **how: Any) -> Iterator[Phone]:
        connecting = Connecting(self._pki / "ci.pem", **{"retries": 0, **how})
        with Phone.opened(self._folder, pki=self._pki, connecting=connecting, now=NOW) as phone:
            yield phone


@pytest.fixture
def opened(tmp_path: Path, pki: Path) -> Opened:
    return Opened(tmp_path / "phone", pki)


def events(tiny: TinyServer) -> list[int]:
    """Return the first bits of the notifications that arrived: 0x80 install, and so on."""
    found = []
    for content in tiny.notifications:
        parts = fields(inside(content))
        about = parts.get("bf2f") or fields(inside(parts["bf27"]))["bf2f"]
        found.append(inside(fields(inside(about))["81"])[1])
    return found


@pytest.mark.parametrize("curve", CURVES)
def test_a_profile_is_installed_switched_and_deleted_and_all_is_notified(
    tiny: TinyServer, way: tuple[str, int], opened: Opened, curve: str
) -> None:
    tiny.curve = curve
    with opened() as phone:
        profile = phone.install(CODE, Asking(yes), way=way)
        assert (profile.name, profile.is_enabled) == ("旅行 5 GB", False)
    with opened() as phone:
        phone.enable(profile.iccid)
        assert [one.is_enabled for one in phone.profiles()] == [True]
    with opened() as phone:
        phone.delete(profile.iccid)
        assert phone.profiles() == []
        assert phone.waiting() == []
    assert events(tiny) == [0x80, 0x40, 0x20, 0x10]
    assert tiny.connections == len(tiny.calls) == 7


def test_one_connection_serves_all_calls_if_it_is_kept(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    with opened(keeps=True) as phone:
        phone.install(CODE, Asking(yes), way=way)
    assert len(tiny.calls) == 4
    assert tiny.connections == 2  # The notifications go to an address of their own.


@pytest.mark.parametrize("call", CALLS)
def test_a_lost_answer_is_asked_for_again_or_the_download_started_anew(
    tiny: TinyServer, way: tuple[str, int], opened: Opened, call: str
) -> None:
    with opened(drops=lambda done: done == call) as phone, pytest.raises(Interrupted):
        phone.install(CODE, Asking(yes), way=way)
    with opened() as phone:
        phone.install(CODE, Asking(yes), way=way)
        assert len(phone.profiles()) == 1
    assert events(tiny).count(0x80) == 1


def test_a_call_is_repeated_as_it_was(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    once = [*CALLS[1:], "handleNotification"]

    def drops(call: str) -> bool:
        if call in once:
            once.remove(call)
            return True
        return False

    with opened(retries=1, drops=drops) as phone:
        phone.install(CODE, Asking(yes), way=way)
        assert phone.waiting() == []
    assert [tiny.calls.count(call) for call in CALLS] == [1, 2, 2]
    assert tiny.calls.count("handleNotification") == 2
    assert tiny.notifications[0] == tiny.notifications[1]


def test_a_phone_that_stops_between_segments_installs_at_the_next_try(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    def stop(step: str, done: int, _total: int) -> None:
        if (step, done) == ("install", 4):
            raise Interrupted

    with opened() as phone, pytest.raises(Interrupted):
        phone.install(CODE, Asking(yes, tell=stop), way=way)
    with opened() as phone:
        phone.install(CODE, Asking(yes), way=way)
        assert len(phone.profiles()) == 1
        assert phone.waiting() == []


def test_a_notification_waits_until_its_receiver_is_there(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    with opened(drops=lambda call: call == "handleNotification") as phone:
        with pytest.raises(Interrupted):
            phone.install(CODE, Asking(yes), way=way)
        assert len(phone.waiting()) == 1
    with opened() as phone:
        assert phone.send_notifications() == []
        assert phone.waiting() == []


def test_a_confirmation_code_is_asked_for_and_checked(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    tiny.orders["TEST-0001"].code = "1234"
    with opened() as phone:
        with pytest.raises(ServerRefused, match="confirmation code is wrong") as wrong:
            phone.install(CODE, Asking(lambda _metadata, _needs: "4321"), way=way)
        assert (wrong.value.subject, wrong.value.reason) == ("8.2.7", "3.8")
        with pytest.raises(LpaFault, match="needs a confirmation code"):
            phone.install(CODE, Asking(lambda _metadata, _needs: ""), way=way)
        phone.install(CODE, Asking(yes), way=way)
    assert tiny.cancelled == [1]


def test_a_no_ends_the_session_and_leaves_the_code_good(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    with opened() as phone:
        with pytest.raises(Declined):
            phone.install(CODE, Asking(no), way=way)
        assert tiny.cancelled == [0]
        assert tiny.sessions == {}
        phone.install(CODE, Asking(yes), way=way)


def replaced(name: str, value: bytes) -> Any:
    return lambda answer: answer.update({name: b64encode(value).decode()})


SWAPPED = tlv("5f37", bytes(64))
# Which answer is changed, how, what the person reads, and with which reason the session ends.
WRONG_ANSWERS: dict[str, tuple[str, Any, list[int]]] = {
    "invalid signature": (CALLS[0], replaced("serverSignature1", SWAPPED), []),
    "ci key unknown": (CALLS[0], replaced("euiccCiPKIdToBeUsed", tlv("04", bytes(20))), []),
    "PrepareDownload failed": (CALLS[1], replaced("smdpSignature2", SWAPPED), [127]),
    "ICCID": (CALLS[1], replaced("profileMetadata", metadata(b"\xaa" * 10)), [127]),
    "not what was shown": (CALLS[1], replaced("profileMetadata", metadata()), [4]),
    "another trans": (CALLS[1], lambda answer: answer.update(transactionId="00" * 16), []),
    "smdpSigned2 is missing": (CALLS[1], lambda answer: answer.pop("smdpSigned2"), []),
    "not Base64": (CALLS[1], lambda answer: answer.update(smdpSigned2="*"), []),
    "parts are not": (CALLS[2], replaced("boundProfilePackage", b"\xbf\x36\x00"), [5]),
}


@pytest.mark.parametrize("fault", WRONG_ANSWERS)
def test_a_wrong_answer_is_named_and_installs_nothing(
    tiny: TinyServer, way: tuple[str, int], opened: Opened, fault: str
) -> None:
    function, change, cancelled = WRONG_ANSWERS[fault]
    tiny.changes[function] = change
    with opened() as phone:
        with pytest.raises(LpaFault, match=fault):
            phone.install(CODE, Asking(yes), way=way)
        assert phone.profiles() == []
    assert tiny.cancelled == cancelled


def test_what_the_card_did_not_install_is_reported(
    tiny: TinyServer, way: tuple[str, int], opened: Opened
) -> None:
    tiny.orders["OTHER"] = Order()
    with opened() as phone:
        phone.install(CODE, Asking(yes), way=way)
        with pytest.raises(InstallationRefused, match="on the phone already"):
            phone.install("LPA:1$smdp.example.com$OTHER", Asking(yes), way=way)
        assert phone.waiting() == []
    assert len(tiny.notifications) == 2


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("LPA:1$smdp.example.com$NONE", "isn't valid"),
        ("LPA:1$smdp.example.com$TEST-0001$2.999.11", "another one answers"),
        ("LPA:1$other.example.com$TEST-0001", "can't be trusted"),
        ("LPA:2$smdp.example.com$TEST-0001", "no activation code"),
        ("LPA:1$smdp.example.com$TEST 0001", "no activation code"),
        ("LPA:1$smdp.example.com:0$TEST", "no activation code"),
        ("https://example.com/", "no activation code"),
    ],
)
def test_a_wrong_code_is_told_apart(
    tiny: TinyServer, way: tuple[str, int], opened: Opened, code: str, fault: str
) -> None:
    with opened() as phone, pytest.raises(LpaFault, match=fault):
        phone.install(code, Asking(yes), way=way)


@pytest.mark.parametrize(
    "code",
    [
        "lpa:1$SMDP.example.com$TEST-0001",
        "1$smdp.example.com$TEST-0001$2.999.10",
        " LPA:1$smdp.example.com$TEST-0001$$1 ",
        "https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=LPA:1$smdp.example.com$TEST-0001",
    ],
)
def test_a_code_is_read_in_every_form(
    tiny: TinyServer, way: tuple[str, int], opened: Opened, code: str
) -> None:
    with opened() as phone:
        assert phone.install(code, Asking(yes), way=way).iccid


def test_an_unknown_issuer_of_the_tls_certificate_is_not_trusted(
    tiny: TinyServer, way: tuple[str, int], tmp_path: Path, pki: Path
) -> None:
    connecting = Connecting(pki / "brainpoolP256r1" / "ci.pem", retries=0)
    opening = Phone.opened(tmp_path, pki=pki, connecting=connecting, now=NOW)
    with opening as phone, pytest.raises(LpaFault, match="can't be trusted"):
        phone.install(CODE, Asking(yes), way=way)
    assert tiny.calls == []


def test_nobody_there_is_said_so(opened: Opened) -> None:
    with opened() as phone, pytest.raises(LpaFault, match="Try again"):
        phone.install(CODE, Asking(yes), way=("127.0.0.1", 1))


def test_what_is_not_on_the_phone_is_not_switched(opened: Opened) -> None:
    with opened() as phone:
        for switch in (phone.enable, phone.disable, phone.delete):
            with pytest.raises(LpaFault, match="is not on this phone"):
                switch("8988000000000000001")
        with pytest.raises(LpaFault, match="18 to 20 digits"):
            phone.enable("12")


def test_a_phone_in_use_is_waited_for(opened: Opened) -> None:
    order: list[str] = []
    began, may_end = threading.Event(), threading.Event()

    def use() -> None:
        with opened():
            began.set()
            may_end.wait(20)
            order.append("first")

    first = threading.Thread(target=use)
    first.start()
    began.wait(20)
    second = threading.Thread(target=lambda: _use_after(opened, order))
    second.start()
    second.join(0.05)
    assert second.is_alive()
    may_end.set()
    first.join()
    second.join()
    assert order == ["first", "second"]


def _use_after(opened: Opened, order: list[str]) -> None:
    with opened():
        order.append("second")
