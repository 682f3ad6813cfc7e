"""A session ends for a reason that its card signed, and for no other."""

import pytest

from limosa.protocols.sgp22 import es9plus
from limosa.protocols.sgp22.cancel import CancelReason
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import World, an_smdp
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, sign, tlv


@pytest.fixture
def shell(p256: World) -> Shell:
    return Shell(an_smdp(p256), metadata=tlv("BF25"), profile=b"\x00")


@pytest.fixture
def card(p256: World, shell: Shell) -> TinyCard:
    card = TinyCard(p256)
    opened = shell.initiate(card.initiate_body())
    card.offer = shell.authenticate(card.authenticate_body(opened))
    return card


def refused(shell: Shell, body: bytes) -> RspStatus:
    with pytest.raises(RspRefusal) as refusal:
        shell.cancel(body)
    assert not shell.reasons
    return refusal.value.status


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 99, 127])
def test_the_reason_is_the_card_s(shell: Shell, card: TinyCard, number: int) -> None:
    assert shell.cancel(card.cancel_body(number)) == es9plus.DONE
    known = number if number in set(CancelReason) else CancelReason.UNDEFINED
    assert shell.reasons == [known]


def test_a_session_is_cancelled_after_its_package_too(shell: Shell, card: TinyCard) -> None:
    shell.package(card.prepare_body(card.offer))
    assert shell.cancel(card.cancel_body()) == es9plus.DONE


def test_the_identifier_of_another_server_is_invalid(shell: Shell, card: TinyCard) -> None:
    assert refused(shell, card.cancel_body(oid="2.999.11")) is RspStatus.OID_INVALID


def test_a_session_that_nobody_knows_is_unknown(shell: Shell, card: TinyCard) -> None:
    card.transaction_id = bytes(16)
    assert refused(shell, card.cancel_body()) is RspStatus.TRANSACTION_UNKNOWN


def test_what_another_card_or_nobody_signed_is_refused(
    shell: Shell, card: TinyCard, p256: World
) -> None:
    signed = tlv(
        "30", tlv("80", card.transaction_id), tlv("81", bytes.fromhex("88370A")), tlv("82", b"\x00")
    )
    forged = tlv("BF41", tlv("A0", signed, sign(p256.eum.key, signed)))
    body = card._body(cancelSessionResponse=forged)
    assert refused(shell, body) is RspStatus.SIGNATURE_INVALID


def test_another_session_s_cancellation_is_refused(shell: Shell, card: TinyCard) -> None:
    own = card.transaction_id
    card.transaction_id = bytes(16)
    signed = tlv("30", tlv("80", bytes(16)), tlv("81", bytes.fromhex("88370A")), tlv("82", b"\x00"))
    response = tlv("BF41", tlv("A0", signed, sign(card.world.card.key, signed)))
    card.transaction_id = own
    body = card._body(cancelSessionResponse=response)
    assert refused(shell, body) is RspStatus.TRANSACTION_UNKNOWN


def test_a_card_s_own_error_is_taken_as_one(shell: Shell, card: TinyCard) -> None:
    body = card._body(cancelSessionResponse=tlv("BF41", tlv("81", b"\x05")))
    assert refused(shell, body) is RspStatus.EUICC_FAILED


@pytest.mark.parametrize("response", [b"", tlv("BF41"), tlv("BF41", tlv("A0")), tlv("BF21")])
def test_what_is_no_cancellation_is_malformed(
    shell: Shell, card: TinyCard, response: bytes
) -> None:
    body = card._body(cancelSessionResponse=response)
    assert refused(shell, body) is RspStatus.MALFORMED
