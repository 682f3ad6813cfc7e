"""A whole download, between the product and a card that was written without it."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.hazmat.key_agreement import PackageKeys
from limosa.protocols.sgp22.bound_profile import Binding
from limosa.protocols.sgp22.metadata import Metadata
from limosa.protocols.sgp22.notification import Event
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import ADDRESS, EID, World, an_smdp
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, answered, one, split, tlv

ICCID = "8944476500001224158"
PROFILE = bytes(range(256)) * 48
METADATA = Metadata(
    iccid=ICCID,
    service_provider_name="续航 Limosa",
    profile_name="Month 10 GB",
    icon=b"\x89PNG\r\n\x1a\n" + bytes(1000),
    notifications=tuple((event, ADDRESS) for event in Event),
).encode()


def a_shell(*worlds: World, code: str = "") -> Shell:
    return Shell(an_smdp(*worlds), metadata=METADATA, profile=PROFILE, code=code)


def offered_to(card: TinyCard, shell: Shell) -> bytes:
    opened = shell.initiate(card.initiate_body())
    return shell.authenticate(card.authenticate_body(opened, matching_id="ABCDE-12345"))


def test_a_card_installs_what_was_bound_to_it(world: World) -> None:
    shell, card = a_shell(world), TinyCard(world)
    package = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.install(package) == PROFILE
    assert card.metadata == METADATA
    [client] = shell.clients
    assert (client.eid, client.matching_id) == (EID, "ABCDE-12345")
    assert client.info.free_bytes == 300_000
    result = shell.installation(card.notification_body(card.installation_result()))
    assert result.is_installed
    assert (result.metadata.event, result.metadata.iccid) == (Event.INSTALL, ICCID)


@pytest.mark.parametrize("length", [1, 1006, 1007, 1008, 2014, 12_000, 100_000])
def test_a_profile_of_any_length_arrives_in_segments_within_the_limit(
    p256: World, length: int
) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    shell.profile = bytes(length - 1) + b"\x80"  # What looks like padding is none.
    package = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.install(package) == shell.profile


def test_cards_of_two_issuers_are_served_at_once(worlds: dict[str, World]) -> None:
    smdp = an_smdp(*worlds.values())
    for world in worlds.values():
        shell, card = Shell(smdp, metadata=METADATA, profile=PROFILE), TinyCard(world)
        assert card.install(shell.package(card.prepare_body(offered_to(card, shell)))) == PROFILE


def test_the_keys_inside_a_package_are_new_for_every_binding(p256: World) -> None:
    last_segments = set()
    for _ in range(3):
        shell, card = a_shell(p256), TinyCard(p256)
        package = answered(shell.package(card.prepare_body(offered_to(card, shell))))
        last_segments.add(package["boundProfilePackage"][-64:])
    assert len(last_segments) == 3


def segments_of(answer: bytes) -> list[bytes]:
    """Return the parts of a package but the first, which names the session."""
    parts = split(one(answered(answer)["boundProfilePackage"], "BF36"))
    return [raw for _, _, raw in parts[1:]]


def test_the_same_request_again_is_answered_with_the_same_bytes(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    authenticate = card.authenticate_body(shell.initiate(card.initiate_body()))
    offer = shell.authenticate(authenticate)
    assert shell.authenticate(authenticate) == offer
    prepare = card.prepare_body(offer)
    package = shell.package(prepare)
    assert shell.package(prepare) == package
    assert card.install(package) == PROFILE


def test_another_proof_in_a_session_that_has_an_offer_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    opened = shell.initiate(card.initiate_body())
    shell.authenticate(card.authenticate_body(opened))
    with pytest.raises(RspRefusal) as refused:
        shell.authenticate(card.authenticate_body(opened))
    assert refused.value.status is RspStatus.TRANSACTION_UNKNOWN


def test_a_retry_with_the_key_of_before_gets_the_same_segments_signed_anew(world: World) -> None:
    shell, card = a_shell(world), TinyCard(world)
    first = shell.package(card.prepare_body(offered_to(card, shell)))
    key = card.one_time_point
    again = shell.package(card.prepare_body(offered_to(card, shell)))
    assert card.one_time_point == key
    assert segments_of(again) == segments_of(first)
    assert again != first
    assert card.install(again) == PROFILE


def test_a_retry_with_a_new_key_gets_a_new_package(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    first = shell.package(card.prepare_body(offered_to(card, shell)))
    again = shell.package(card.prepare_body(offered_to(card, shell), keeps_key=False))
    assert segments_of(again) != segments_of(first)
    assert card.install(again) == PROFILE


def test_another_key_in_the_same_session_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    offer = offered_to(card, shell)
    shell.package(card.prepare_body(offer))
    card.one_time_key = None
    with pytest.raises(RspRefusal) as refused:
        shell.package(card.prepare_body(offer))
    assert refused.value.status is RspStatus.BINDING_UNAVAILABLE


# The card's agreement, and the confirmation code


def refused(shell: Shell, body: bytes) -> RspStatus:
    with pytest.raises(RspRefusal) as refusal:
        shell.package(body)
    return refusal.value.status


def test_the_right_code_opens_the_package_and_no_other_does(p256: World) -> None:
    shell, card = a_shell(p256, code="1234"), TinyCard(p256)
    offer = offered_to(card, shell)
    assert refused(shell, card.prepare_body(offer)) is RspStatus.CODE_MISSING
    assert card.is_code_required
    for wrong in ("1235", "12345", " 1234"):
        assert refused(shell, card.prepare_body(offer, code=wrong)) is RspStatus.CODE_REFUSED
    assert not shell.binding
    assert card.install(shell.package(card.prepare_body(offer, code="1234"))) == PROFILE


def test_a_code_that_nobody_asked_for_is_no_fault(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    assert shell.package(card.prepare_body(offered_to(card, shell), code="1234"))


def test_the_hash_of_a_code_is_worth_nothing_in_another_session(p256: World) -> None:
    shell, card = a_shell(p256, code="1234"), TinyCard(p256)
    card.prepare_body(offered_to(card, shell), code="1234")
    earlier = card.transaction_id
    offer = offered_to(card, shell)
    card.code_salt = earlier
    assert refused(shell, card.prepare_body(offer, code="1234")) is RspStatus.CODE_REFUSED


def test_a_card_that_fails_to_prepare_says_so_and_nothing_is_bound(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    offered_to(card, shell)
    error = tlv("BF21", tlv("A1", tlv("80", card.transaction_id), tlv("02", b"\x02")))
    body = card._body(prepareDownloadResponse=error)
    assert refused(shell, body) is RspStatus.EUICC_FAILED
    assert not shell.binding


def test_an_agreement_in_another_session_is_refused(p256: World) -> None:
    shell, card, other = a_shell(p256), TinyCard(p256), TinyCard(p256)
    body = card.prepare_body(offered_to(card, shell))
    offered_to(other, shell)
    prepared = base64.b64decode(json.loads(body)["prepareDownloadResponse"])
    swapped = other._body(prepareDownloadResponse=prepared)
    assert refused(shell, swapped) is RspStatus.TRANSACTION_UNKNOWN
    assert card.install(shell.package(body)) == PROFILE


def test_a_one_time_key_beside_the_curve_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    offer = offered_to(card, shell)
    card.point = b"\x04" + bytes(63) + b"\x01"
    assert refused(shell, card.prepare_body(offer)) is RspStatus.MALFORMED
    card.point = b"\x02" + bytes(32)
    assert refused(shell, card.prepare_body(offer)) is RspStatus.MALFORMED


class Agreement:
    """A good agreement, and the shell that waits for it."""

    def __init__(self, world: World) -> None:
        self.shell, self.card = a_shell(world), TinyCard(world)
        body = self.card.prepare_body(offered_to(self.card, self.shell))
        self.response = base64.b64decode(json.loads(body)["prepareDownloadResponse"])

    def package(self, response: bytes) -> bytes:
        return self.shell.package(self.card._body(prepareDownloadResponse=response))


@pytest.fixture(scope="module")
def agreement(p256: World) -> Agreement:
    return Agreement(p256)


@given(st.data())
def test_any_changed_byte_of_an_agreement_is_refused(
    agreement: Agreement, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(agreement.response) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != agreement.response[at]))
    with pytest.raises(RspRefusal):
        agreement.package(agreement.response[:at] + bytes([byte]) + agreement.response[at + 1 :])


@given(st.binary(max_size=200))
def test_garbage_for_an_agreement_is_refused(agreement: Agreement, response: bytes) -> None:
    with pytest.raises(RspRefusal):
        agreement.package(response)


def test_a_server_that_lost_its_certificates_forgets_the_session(worlds: dict[str, World]) -> None:
    p256, brainpool = worlds.values()
    shell, card = a_shell(p256), TinyCard(p256)
    body = card.prepare_body(offered_to(card, shell))
    shell.smdp = an_smdp(brainpool)
    assert refused(shell, body) is RspStatus.TRANSACTION_UNKNOWN


def test_what_is_stored_shows_no_key_in_a_log(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    shell.package(card.prepare_body(offered_to(card, shell)))
    binding = Binding.from_bytes(shell.binding)
    shown = f"{binding!r} {PackageKeys.from_bytes(binding.session_keys)!r}"
    assert shown == "Binding(…) PackageKeys(…)"
