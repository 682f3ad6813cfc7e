"""Mutual authentication: the server signs a challenge of the card, and the card one of the server.

Source: SGP.22 sections 3.0.1 (procedure), 5.6.1 and 5.6.3 (functions), 5.7.13 (what a card signs).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from limosa.protocols.hazmat import signatures
from limosa.protocols.hazmat.curves import PublicKey
from limosa.protocols.hazmat.signatures import SignatureInvalidError
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.der_values import (
    OCTETS,
    SEQUENCE,
    Fields,
    integer,
    text,
)
from limosa.protocols.sgp22.es9plus import (
    CHALLENGE_LENGTH,
    AuthenticateClientRequest,
    InitiateAuthenticationRequest,
    InitiateAuthenticationResponse,
)
from limosa.protocols.sgp22.euicc_info import (
    EUICC_INFO2,
    EuiccInfo1,
    EuiccInfo2,
    read_info1,
    read_info2,
)
from limosa.protocols.sgp22.facts import Facts
from limosa.protocols.sgp22.identity import CredentialPair, Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.tlv import Tlv, TlvError

SIGNATURE = 0x5F37
TRANSACTION_ID_LENGTH = 16
HTTPS_PORT = "443"
VERSIONS = ((2, 0, 0), (4, 0, 0))  # From the one on, up to the other; a card of 3 speaks 2, too.


@dataclass(frozen=True)
class SessionOpened(Facts):
    """A phone began. `ci_key_id` names our certificates; the other, the card's."""

    transaction_id: bytes
    server_challenge: bytes
    ci_key_id: bytes
    card_ci_key_id: bytes


@dataclass(frozen=True)
class Client:
    """A card that proved itself, and what it asks for. `signature1` is a TLV."""

    eid: str
    matching_id: str
    info: EuiccInfo2
    signature1: bytes
    public_key: PublicKey
    request_digest: bytes


def initiate(
    *, smdp: Smdp, request: InitiateAuthenticationRequest
) -> tuple[InitiateAuthenticationResponse, SessionOpened]:
    """Return the server's proof for a phone that begins, and what to store of it.

    Raises RspRefusal: ADDRESS_REFUSED, MALFORMED, VERSION_UNSUPPORTED, CERTIFICATE_UNAVAILABLE,
    CI_UNSUPPORTED.
    """
    address = checked_address(
        request.smdp_address, own=smdp.address, status=RspStatus.ADDRESS_REFUSED
    )
    try:
        info = read_info1(request.euicc_info1)
    except TlvError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error
    least, beyond = VERSIONS
    if not least <= info.version < beyond:
        raise RspRefusal(RspStatus.VERSION_UNSUPPORTED)
    pair, card_ci_key_id = _chosen(smdp, info)
    opened = SessionOpened(
        transaction_id=secrets.token_bytes(TRANSACTION_ID_LENGTH),
        server_challenge=secrets.token_bytes(CHALLENGE_LENGTH),
        ci_key_id=pair.ci_key_id,
        card_ci_key_id=card_ci_key_id,
    )
    signed = tlv.encode(
        SEQUENCE,
        tlv.encode(0x80, opened.transaction_id),
        tlv.encode(0x81, request.euicc_challenge),
        tlv.encode(0x83, address.encode()),
        tlv.encode(0x84, opened.server_challenge),
    )
    response = InitiateAuthenticationResponse(
        transaction_id=opened.transaction_id,
        server_signed1=signed,
        server_signature1=tlv.encode(SIGNATURE, pair.authentication.key.sign(signed)),
        ci_key_id=tlv.encode(OCTETS, card_ci_key_id),
        server_certificate=pair.authentication.certificate.der,
    )
    return response, opened


def checked_address(received: str, *, own: str, status: RspStatus) -> str:
    """Return our address as the peer wrote it: in its case of letters, with a port or without.

    Refuses what is meant for another SM-DP+. Phones differ in whether the port is part of what they
    call an address; those who compare ours with theirs have to find it the same. So a port is
    compared only where the phone's has one; ours without one is at that of HTTPS.
    Source: SGP.22 section 5.6.1: addresses are compared without regard to case.
    """
    own_host, _, own_port = own.partition(":")
    host, colon, port = received.partition(":")
    is_host = host.isascii() and host.casefold() == own_host.casefold()
    is_ours = is_host and port in ("", own_port or HTTPS_PORT)
    if not is_ours or bool(port) != bool(colon):
        raise RspRefusal(status, "another address")
    return received


def _chosen(smdp: Smdp, info: EuiccInfo1) -> tuple[CredentialPair, bytes]:
    """Return what we sign by, and the CI of the certificate by which the card shall sign.

    Both lists come in the card's order of preference (SGP.22 section 5.6.1).
    """
    pairs = {pair.ci_key_id: pair for pair in smdp.pairs}
    for_signing = [key_id for key_id in info.signing_key_ids if key_id in smdp.trust.issuers]
    if not for_signing:
        raise RspRefusal(RspStatus.CI_UNSUPPORTED)
    for key_id in info.verification_key_ids:
        if key_id in pairs:
            return pairs[key_id], for_signing[0]
    raise RspRefusal(RspStatus.CERTIFICATE_UNAVAILABLE)


@dataclass(frozen=True)
class _ClientMessage:
    """The parts of an AuthenticateServerResponse, as they arrived."""

    signed1: Tlv
    signature1: Tlv
    card: bytes
    manufacturer: bytes


def verify_client(
    *, smdp: Smdp, request: AuthenticateClientRequest, opened: SessionOpened, now: datetime
) -> Client:
    """Return the card that proved itself, over the bytes that it signed.

    Raises RspRefusal: MALFORMED, TRANSACTION_UNKNOWN, EUICC_FAILED, CI_UNKNOWN, EUM_INVALID,
    EUM_EXPIRED, EUICC_INVALID, EUICC_EXPIRED, SIGNATURE_INVALID.
    """
    try:
        message = _read_client(request.authenticate_server_response, opened)
        card = smdp.trust.verify_card(card=message.card, manufacturer=message.manufacturer, now=now)
        if card.ci_key_id != opened.card_ci_key_id:
            raise RspRefusal(RspStatus.EUM_INVALID, "a certificate under another trusted CI")
        verify_signature(card.certificate.public_key, message.signature1, message.signed1.raw)
        matching_id, info = _asked(message.signed1, smdp=smdp, opened=opened)
        return Client(
            eid=card.eid,
            matching_id=matching_id,
            info=info,
            signature1=message.signature1.raw,
            public_key=card.certificate.public_key,
            request_digest=digest_of(request),
        )
    except TlvError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error


def digest_of(request: AuthenticateClientRequest) -> bytes:
    """Return by what a request is known when it comes again."""
    return hashlib.sha256(request.authenticate_server_response).digest()


def verify_signature(key: PublicKey, signature: Tlv, data: bytes) -> None:
    """Raise RspRefusal(SIGNATURE_INVALID) if the card did not sign `data`."""
    try:
        signatures.verify(key, signature.value, data)
    except SignatureInvalidError as error:
        raise RspRefusal(RspStatus.SIGNATURE_INVALID, str(error)) from error


def check_transaction(received: bytes, *, own: bytes) -> None:
    """Refuse what belongs to another session."""
    if received != own:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN, "the transaction of another session")


def _read_client(data: bytes, opened: SessionOpened) -> _ClientMessage:
    outer = Fields(expect(tlv.read_exactly_one(data), 0xBF38))
    failed = outer.take_if(0xA1)
    if failed is not None:
        raise card_failed(failed, opened.transaction_id)
    parts = Fields(outer.take(0xA0))
    signed1 = parts.take(SEQUENCE)
    check_transaction(Fields(signed1).take(0x80).value, own=opened.transaction_id)
    return _ClientMessage(
        signed1=signed1,
        signature1=parts.take(SIGNATURE),
        card=parts.take(SEQUENCE).raw,
        manufacturer=parts.take(SEQUENCE).raw,
    )


def expect(found: Tlv, tag: int) -> Tlv:
    """Return the TLV, which has this tag. Raises TlvError."""
    if found.tag != tag:
        raise TlvError(f"tag {found.tag:X} instead of {tag:X}")
    return found


def card_failed(failed: Tlv, transaction_id: bytes) -> RspRefusal:
    """Return the refusal for a card's own error: its transaction id and an error code."""
    fields = Fields(failed)
    check_transaction(fields.take(0x80).value, own=transaction_id)
    return RspRefusal(
        RspStatus.EUICC_FAILED, f"the card's error {integer(fields.take(0x02).value)}"
    )


def _asked(signed1: Tlv, *, smdp: Smdp, opened: SessionOpened) -> tuple[str, EuiccInfo2]:
    """Return the matching id and the information, once what was signed is about this session."""
    signed = Fields(signed1)
    signed.take(0x80)
    checked_address(
        text(signed.take(0x83).value), own=smdp.address, status=RspStatus.SIGNATURE_INVALID
    )
    if signed.take(0x84).value != opened.server_challenge:
        raise RspRefusal(RspStatus.SIGNATURE_INVALID, "another challenge")
    info = read_info2(signed.take(EUICC_INFO2))
    context = Fields(signed.take(0xA0))
    matching_id = context.take_if(0x80)
    context.take(0xA1)  # The phone's type and number: nothing here depends on them.
    return text(matching_id.value) if matching_id else "", info
