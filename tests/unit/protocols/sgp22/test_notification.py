"""What cards report is read in every wrapping, and believed only over their signature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22 import es9plus, notification
from limosa.protocols.sgp22.metadata import Metadata
from limosa.protocols.sgp22.notification import Event, InstallationResult, OtherNotification
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import ADDRESS, EID, NOW, YEAR, World, an_smdp
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, one, sign, tlv

ICCID = "8944476500001224158"
METADATA = Metadata(iccid=ICCID, service_provider_name="Limosa", profile_name="Month").encode()


class Installed:
    """A card that installed, and its server."""

    def __init__(self, world: World) -> None:
        self.shell = Shell(an_smdp(world), metadata=METADATA, profile=b"\x00", iccid=ICCID)
        self.card = TinyCard(world)
        opened = self.shell.initiate(self.card.initiate_body())
        offer = self.shell.authenticate(self.card.authenticate_body(opened))
        self.card.install(self.shell.package(self.card.prepare_body(offer)))
        self.result = self.card.installation_result()

    def report(self, data: bytes) -> InstallationResult:
        return self.shell.installation(self.card.notification_body(data))


@pytest.fixture(scope="module")
def installed(p256: World) -> Installed:
    return Installed(p256)


def test_an_installation_is_reported(installed: Installed) -> None:
    found = installed.report(installed.card.installation_result())
    assert found.is_installed
    assert (found.command, found.reason) == (None, None)
    assert found.metadata.event is Event.INSTALL
    assert (found.metadata.address, found.metadata.iccid) == (ADDRESS, ICCID)
    assert found.metadata.sequence_number == installed.card.sequence_number


def test_a_report_of_another_profile_or_from_another_server_is_refused(
    installed: Installed,
) -> None:
    card = installed.card
    for wrong in (
        card.installation_result(iccid=bytes.fromhex("984474560000214251F9")),
        card.installation_result(oid="2.999.11"),
    ):
        with pytest.raises(RspRefusal):
            installed.report(wrong)


@pytest.mark.parametrize("error", [(-1, 10), (5, -1)])
def test_a_failure_whose_numbers_can_not_be_is_malformed(
    installed: Installed, error: tuple[int, int]
) -> None:
    with pytest.raises(RspRefusal) as refused:
        notification.read(installed.card.installation_result(error=error))
    assert refused.value.status is RspStatus.MALFORMED


def test_a_failed_installation_says_where_and_why(installed: Installed) -> None:
    found = installed.report(installed.card.installation_result(error=(5, 10)))
    assert not found.is_installed
    assert (found.command, found.reason) == (5, 10)


def test_a_report_that_another_card_signed_is_refused(installed: Installed, p256: World) -> None:
    result = one(installed.card.installation_result(), "BF37")
    data = result[: result.index(b"\x5f\x37\x40")]
    with pytest.raises(RspRefusal) as refused:
        installed.report(tlv("BF37", data, sign(p256.eum.key, data)))
    assert refused.value.status is RspStatus.SIGNATURE_INVALID


@pytest.mark.parametrize(
    ("number", "event"), [(1, Event.ENABLE), (2, Event.DISABLE), (3, Event.DELETE)]
)
def test_other_notifications_bring_their_certificates(
    world: World, number: int, event: Event
) -> None:
    smdp, card = an_smdp(world), TinyCard(world)
    data = card.other_notification(number, iccid=bytes.fromhex("984474560000214251F8"))
    found = notification.read(data)
    assert isinstance(found, OtherNotification)
    assert (found.metadata.event, found.metadata.iccid) == (event, "8944476500001224158")
    reporter = notification.verify_other(smdp=smdp, notification=found)
    assert reporter.eid == EID
    reporter.check_time(NOW)
    with pytest.raises(RspRefusal) as refused:
        reporter.check_time(NOW + 2 * YEAR)
    assert refused.value.status is RspStatus.EUM_EXPIRED


def test_another_notification_under_a_wrong_signature_is_refused(p256: World) -> None:
    card = TinyCard(p256)
    data = bytearray(card.other_notification(1, iccid=bytes.fromhex("984474560000214251F8")))
    data[data.index(ADDRESS.encode())] ^= 1
    found = notification.read(bytes(data))
    assert isinstance(found, OtherNotification)
    with pytest.raises(RspRefusal) as refused:
        notification.verify_other(smdp=an_smdp(p256), notification=found)
    assert refused.value.status is RspStatus.SIGNATURE_INVALID


def test_a_notification_is_the_same_in_every_wrapping(installed: Installed) -> None:
    result = installed.card.installation_result()
    other = installed.card.other_notification(1, iccid=bytes.fromhex("984474560000214251F8"))
    for whole, bare in ((result, one(result, "BF37")), (other, one(other, "30"))):
        expected = notification.read(whole)
        assert notification.read(bare) == expected
        assert notification.read(tlv("BF3D", whole)) == expected
        assert notification.read(tlv("BF3D", bare)) == expected
        known = notification.digest_of(expected)
        assert notification.digest_of(notification.read(tlv("BF3D", bare))) == known
    assert len({notification.digest_of(notification.read(one_)) for one_ in (result, other)}) == 2


@given(st.data())
def test_any_changed_byte_of_a_report_is_refused(installed: Installed, data: st.DataObject) -> None:
    report = installed.result
    at = data.draw(st.integers(0, len(report) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != report[at]))
    with pytest.raises(RspRefusal):
        installed.report(report[:at] + bytes([byte]) + report[at + 1 :])


@given(st.binary(max_size=300))
def test_garbage_for_a_notification_is_refused(data: bytes) -> None:
    with pytest.raises(RspRefusal) as refused:
        notification.read(data)
    assert refused.value.status is RspStatus.MALFORMED


@pytest.mark.parametrize(
    ("number", "operation"),
    [("80", "0780"), ("00", "06C0"), ("00", "0308"), ("00", "00"), ("00", "")],
)
def test_a_number_or_an_event_that_can_not_be_is_malformed(number: str, operation: str) -> None:
    metadata = tlv(
        "BF2F",
        tlv("80", bytes.fromhex(number)),
        tlv("81", bytes.fromhex(operation)),
        tlv("0C", b"a"),
    )
    with pytest.raises(RspRefusal):
        notification.read(tlv("30", metadata, tlv("5F37", bytes(64)), tlv("30"), tlv("30")))


def test_the_body_of_a_notification_has_to_have_one() -> None:
    with pytest.raises(RspRefusal) as refused:
        es9plus.read_handle_notification(b"{}")
    assert refused.value.status is RspStatus.ELEMENT_MISSING
