"""Whoever is not the card, or not in this session, is told so; any changed byte shows."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.protocols.sgp22 import authentication, es9plus
from limosa.protocols.sgp22.authentication import SessionOpened
from limosa.protocols.sgp22.es9plus import AuthenticateClientRequest
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from tests.factories.sgp22 import (
    EID,
    NOW,
    World,
    a_card_wanted,
    a_world,
    an_smdp,
    certify,
)
from tests.fakes.shell import Shell
from tests.fakes.tiny_card import TinyCard, b64, sign, tlv


def a_shell(*worlds: World) -> Shell:
    return Shell(an_smdp(*worlds), metadata=tlv("BF25"), profile=b"\x00")


def changed(body: bytes, **values: Any) -> bytes:
    return json.dumps(
        {k: v for k, v in (json.loads(body) | values).items() if v is not ...}
    ).encode()


def refused(status: RspStatus, call: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(RspRefusal) as refusal:
        call(body)
    assert refusal.value.status is status


# Initiate


@pytest.mark.parametrize(
    "address", ["smdp.example.com", "SMDP.Example.COM", "Smdp.example.com:443"]
)
def test_the_own_address_is_signed_as_the_phone_wrote_it(p256: World, address: str) -> None:
    shell, card = a_shell(p256), TinyCard(p256, address=address)
    assert shell.authenticate(card.authenticate_body(shell.initiate(card.initiate_body())))


@pytest.mark.parametrize(
    "address",
    [
        "smdp.example.org",
        "example.com",
        "smdp.example.com:",
        "smdp.example.com:a",
        "smdp.example.com:8443",
        "smdp.example.com:0443",
        "\N{LATIN SMALL LETTER LONG S}mdp.example.com",  # Without regard to case, an s.
        "",
    ],
)
def test_a_phone_that_wants_another_server_is_refused(p256: World, address: str) -> None:
    body = changed(TinyCard(p256).initiate_body(), smdpAddress=address)
    refused(RspStatus.ADDRESS_REFUSED, a_shell(p256).initiate, body)


@pytest.mark.parametrize(
    ("version", "is_served"),
    [
        ((1, 9, 9), False),
        ((2, 0, 0), True),
        ((2, 6, 0), True),
        ((3, 1, 0), True),
        ((4, 0, 0), False),
    ],
)
def test_a_card_of_a_version_that_we_do_not_speak_is_refused(
    p256: World, version: tuple[int, int, int], *, is_served: bool
) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    card.version = bytes(version)
    if is_served:
        assert shell.initiate(card.initiate_body())
    else:
        refused(RspStatus.VERSION_UNSUPPORTED, shell.initiate, card.initiate_body())


def info1(verification: list[bytes], signing: list[bytes]) -> str:
    lists = [b"".join(tlv("04", key_id) for key_id in ids) for ids in (verification, signing)]
    return b64(tlv("BF20", tlv("82", bytes([2, 2, 0])), tlv("A9", lists[0]), tlv("AA", lists[1])))


def test_a_card_that_knows_none_of_our_issuers_is_refused(worlds: dict[str, World]) -> None:
    p256, brainpool = worlds.values()
    shell, body = a_shell(p256), TinyCard(p256).initiate_body()
    ours, other = p256.ci.key_id, brainpool.ci.key_id
    no_certificate = changed(body, euiccInfo1=info1([other], [ours]))
    refused(RspStatus.CERTIFICATE_UNAVAILABLE, shell.initiate, no_certificate)
    no_signing = changed(body, euiccInfo1=info1([ours], [other]))
    refused(RspStatus.CI_UNSUPPORTED, shell.initiate, no_signing)


def test_the_first_issuer_that_the_card_lists_is_taken(worlds: dict[str, World]) -> None:
    smdp = an_smdp(*worlds.values())
    for order in (1, -1):
        ids = [world.ci.key_id for world in worlds.values()][::order]
        body = changed(
            TinyCard(worlds["secp256r1"]).initiate_body(), euiccInfo1=info1([b"?", *ids], ids)
        )
        _, opened = authentication.initiate(
            smdp=smdp, request=es9plus.read_initiate_authentication(body)
        )
        assert (opened.ci_key_id, opened.card_ci_key_id) == (ids[0], ids[0])


@pytest.mark.parametrize(
    "info",
    [
        tlv("BF22"),
        tlv("BF20"),
        tlv("BF20", tlv("82", bytes(2))),
        tlv("BF20", tlv("82", bytes([2, 2, 0])), tlv("A9", tlv("05")), tlv("AA")),
        tlv("BF20", tlv("82", bytes([2, 2, 0])), tlv("A9"), tlv("AA")) + b"\x00",
    ],
)
def test_information_that_is_none_is_malformed(p256: World, info: bytes) -> None:
    body = changed(TinyCard(p256).initiate_body(), euiccInfo1=b64(info))
    refused(RspStatus.MALFORMED, a_shell(p256).initiate, body)


@pytest.mark.parametrize("field", ["euiccChallenge", "euiccInfo1", "smdpAddress"])
def test_a_field_that_is_not_there_is_missing(p256: World, field: str) -> None:
    body = changed(TinyCard(p256).initiate_body(), **{field: ...})
    refused(RspStatus.ELEMENT_MISSING, a_shell(p256).initiate, body)


def test_a_challenge_of_another_length_is_malformed(p256: World) -> None:
    body = changed(TinyCard(p256).initiate_body(), euiccChallenge=b64(bytes(15)))
    refused(RspStatus.MALFORMED, a_shell(p256).initiate, body)


# The card's proof


def opened_for(card: TinyCard, shell: Shell) -> bytes:
    return card.authenticate_body(shell.initiate(card.initiate_body()))


def test_a_session_that_nobody_opened_is_unknown(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    body = changed(opened_for(card, shell), transactionId="00" * 16)
    refused(RspStatus.TRANSACTION_UNKNOWN, shell.authenticate, body)


def test_a_proof_for_another_session_is_refused_and_its_own_still_works(p256: World) -> None:
    shell, card, other = a_shell(p256), TinyCard(p256), TinyCard(p256)
    own, foreign = opened_for(card, shell), opened_for(other, shell)
    swapped = changed(
        own, authenticateServerResponse=json.loads(foreign)["authenticateServerResponse"]
    )
    refused(RspStatus.TRANSACTION_UNKNOWN, shell.authenticate, swapped)
    assert shell.authenticate(own)


@pytest.mark.parametrize(
    ("attribute", "value"), [("server_challenge", bytes(16)), ("address", "smdp.example.org")]
)
def test_what_the_card_signs_is_about_this_server_and_challenge(
    p256: World, attribute: str, value: bytes | str
) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    card.authenticate_body(shell.initiate(card.initiate_body()))
    setattr(card, attribute, value)
    body = card._body(authenticateServerResponse=card.authenticate_response(None))
    refused(RspStatus.SIGNATURE_INVALID, shell.authenticate, body)


def test_a_signature_of_another_key_is_refused(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    opened_for(card, shell)
    signature = sign(p256.eum.key, card.signed1)
    response = tlv("BF38", tlv("A0", card.signed1, signature, p256.card.der, p256.eum.der))
    body = card._body(authenticateServerResponse=response)
    refused(RspStatus.SIGNATURE_INVALID, shell.authenticate, body)


def test_a_card_under_another_trusted_issuer_than_asked_for_is_refused(p256: World) -> None:
    other = a_world(p256.curve)
    shell, card = a_shell(p256, other), TinyCard(p256)
    answer = shell.initiate(card.initiate_body())
    card.authenticate_body(answer)
    card.world = replace(p256, card=other.card, eum=other.eum)
    body = card._body(authenticateServerResponse=card.authenticate_response(None))
    refused(RspStatus.EUM_INVALID, shell.authenticate, body)


def test_a_card_s_own_error_is_taken_as_one(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    opened_for(card, shell)
    error = tlv("BF38", tlv("A1", tlv("80", card.transaction_id), tlv("02", b"\x07")))
    refused(
        RspStatus.EUICC_FAILED, shell.authenticate, card._body(authenticateServerResponse=error)
    )
    foreign = tlv("BF38", tlv("A1", tlv("80", bytes(16)), tlv("02", b"\x07")))
    refused(
        RspStatus.TRANSACTION_UNKNOWN,
        shell.authenticate,
        card._body(authenticateServerResponse=foreign),
    )


@pytest.mark.parametrize("matching_id", [None, "", "ABCDE-12345"])
def test_the_matching_id_is_told_or_nothing(p256: World, matching_id: str | None) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    answer = shell.initiate(card.initiate_body())
    shell.authenticate(card.authenticate_body(answer, matching_id=matching_id))
    assert shell.clients[0].matching_id == (matching_id or "")


@pytest.mark.parametrize(
    ("resources", "free_bytes"), [(b"", None), (b"\x81", None), (tlv("82", b"\x01\x00"), 256)]
)
def test_free_memory_is_what_a_card_tells_or_unknown(
    p256: World, resources: bytes, free_bytes: int | None
) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    card.resources = resources
    shell.authenticate(opened_for(card, shell))
    [client] = shell.clients
    assert client.info.free_bytes == free_bytes
    assert client.info.takes_another_profile
    assert client.info.takes_test_profiles


def test_information_without_capabilities_is_malformed(p256: World) -> None:
    shell, card = a_shell(p256), TinyCard(p256)
    card.capabilities = b""
    refused(RspStatus.MALFORMED, shell.authenticate, opened_for(card, shell))


class Proof:
    """A good proof, and the session that it is for: kept, as nothing here changes it."""

    def __init__(self, world: World) -> None:
        self.smdp = an_smdp(world)
        shell, card = Shell(self.smdp, metadata=b"", profile=b""), TinyCard(world)
        body = opened_for(card, shell)
        self.opened = SessionOpened.from_bytes(shell.opened[card.transaction_id])
        self.response = base64.b64decode(json.loads(body)["authenticateServerResponse"])

    def verify(self, response: bytes) -> str:
        request = AuthenticateClientRequest(self.opened.transaction_id, response)
        return authentication.verify_client(
            smdp=self.smdp, request=request, opened=self.opened, now=NOW
        ).eid


@pytest.fixture(scope="module")
def proof(p256: World) -> Proof:
    return Proof(p256)


@given(st.data())
def test_any_changed_byte_of_a_proof_is_refused(proof: Proof, data: st.DataObject) -> None:
    assert proof.verify(proof.response) == EID
    at = data.draw(st.integers(0, len(proof.response) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda byte: byte != proof.response[at]))
    with pytest.raises(RspRefusal):
        proof.verify(proof.response[:at] + bytes([value]) + proof.response[at + 1 :])


@given(st.data())
def test_any_part_of_a_proof_is_refused(proof: Proof, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(proof.response)))
    end = data.draw(st.integers(start, len(proof.response)))
    if (start, end) != (0, len(proof.response)):
        with pytest.raises(RspRefusal):
            proof.verify(proof.response[start:end])


@given(st.binary(max_size=200))
def test_garbage_for_a_proof_is_refused(proof: Proof, response: bytes) -> None:
    with pytest.raises(RspRefusal):
        proof.verify(response)


def test_bytes_after_the_end_of_a_proof_are_refused(proof: Proof) -> None:
    with pytest.raises(RspRefusal):
        proof.verify(proof.response + b"\x00")


def test_a_card_of_an_unknown_issuer_is_refused(p256: World) -> None:
    stranger = a_world(p256.curve)
    shell, card = a_shell(p256), TinyCard(p256)
    card.authenticate_body(shell.initiate(card.initiate_body()))
    card.world = replace(p256, card=stranger.card, eum=stranger.eum)
    body = card._body(authenticateServerResponse=card.authenticate_response(None))
    refused(RspStatus.CI_UNKNOWN, shell.authenticate, body)


def test_a_card_s_certificate_by_its_issuer_itself_is_refused(p256: World) -> None:
    direct = certify(a_card_wanted(), curve=p256.curve, issuer=p256.ci)
    shell, card = a_shell(p256), TinyCard(p256)
    card.authenticate_body(shell.initiate(card.initiate_body()))
    card.world = replace(p256, card=direct)
    body = card._body(authenticateServerResponse=card.authenticate_response(None))
    refused(RspStatus.EUICC_INVALID, shell.authenticate, body)
