"""The offer of a profile, and the card's agreement: its one-time key and the confirmation code.

Source: SGP.22 sections 3.1.3 (procedure), 5.6 (functions), 5.7.5 (what a card signs).
"""

import hashlib
import hmac
from dataclasses import dataclass

from limosa.protocols.hazmat.curves import POINT_LENGTH, encode_key, read_key
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.authentication import (
    SIGNATURE,
    Client,
    SessionOpened,
    card_failed,
    check_transaction,
    digest_of,
    expect,
    verify_signature,
)
from limosa.protocols.sgp22.der_values import (
    BOOLEAN,
    OCTETS,
    SEQUENCE,
    Fields,
    encode_boolean,
    octets,
)
from limosa.protocols.sgp22.es9plus import (
    AuthenticateClientRequest,
    AuthenticateClientResponse,
    GetBoundProfilePackageRequest,
)
from limosa.protocols.sgp22.facts import Facts
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.tlv import TlvError

ONE_TIME_KEY = 0x5F49
CODE_HASH_LENGTH = 32


@dataclass(frozen=True)
class Terms:
    """What is offered. `bound_euicc_otpk`: the card's key of an earlier try, or nothing."""

    metadata: bytes
    is_code_required: bool
    bound_euicc_otpk: bytes = b""


@dataclass(frozen=True)
class DownloadOffered(Facts):
    """A profile was offered to a card.

    `euicc_key` verifies what the card says of this download, which may be long after the session:
    keep it, with the transaction id, for as long as the order may be installed.
    """

    transaction_id: bytes
    ci_key_id: bytes
    eid: str
    euicc_key: bytes
    request_digest: bytes
    smdp_signed2: bytes
    smdp_signature2: bytes
    is_code_required: bool


@dataclass(frozen=True)
class Prepared:
    """The card is ready: its one-time key, and the hash of the code that the person typed."""

    euicc_otpk: bytes
    code_hash: bytes


def offer(
    *, smdp: Smdp, opened: SessionOpened, client: Client, terms: Terms
) -> tuple[AuthenticateClientResponse, DownloadOffered]:
    """Return the offer of a profile to a card that proved itself, and what to store of it.

    Raises RspRefusal(TRANSACTION_UNKNOWN) if the server no longer has what it began with.
    """
    pair = smdp.pair_of(opened.ci_key_id)
    otpk = terms.bound_euicc_otpk
    signed2 = tlv.encode(
        SEQUENCE,
        tlv.encode(0x80, opened.transaction_id),
        encode_boolean(BOOLEAN, terms.is_code_required),
        tlv.encode(ONE_TIME_KEY, otpk) if otpk else b"",
    )
    signature2 = pair.binding.key.sign(signed2 + client.signature1)
    offered = DownloadOffered(
        transaction_id=opened.transaction_id,
        ci_key_id=opened.ci_key_id,
        eid=client.eid,
        euicc_key=encode_key(client.public_key),
        request_digest=client.request_digest,
        smdp_signed2=signed2,
        smdp_signature2=tlv.encode(SIGNATURE, signature2),
        is_code_required=terms.is_code_required,
    )
    return _response(smdp=smdp, offered=offered, metadata=terms.metadata), offered


def offer_again(
    *, smdp: Smdp, request: AuthenticateClientRequest, offered: DownloadOffered, metadata: bytes
) -> AuthenticateClientResponse:
    """Return the offer that the same request was answered with, in the same bytes.

    Raises RspRefusal(TRANSACTION_UNKNOWN) for any other request of that session.
    """
    if digest_of(request) != offered.request_digest:
        raise RspRefusal(RspStatus.TRANSACTION_UNKNOWN, "another request in the same session")
    return _response(smdp=smdp, offered=offered, metadata=metadata)


def verify_prepared(
    *, request: GetBoundProfilePackageRequest, offered: DownloadOffered
) -> Prepared:
    """Return the card's agreement to the offer, over the bytes that it signed.

    Raises RspRefusal: MALFORMED, TRANSACTION_UNKNOWN, EUICC_FAILED, SIGNATURE_INVALID.
    """
    try:
        outer = Fields(expect(tlv.read_exactly_one(request.prepare_download_response), 0xBF21))
        failed = outer.take_if(0xA1)
        if failed is not None:
            raise card_failed(failed, offered.transaction_id)
        parts = Fields(outer.take(0xA0))
        signed2, signature2 = parts.take(SEQUENCE), parts.take(SIGNATURE)
        fields = Fields(signed2)
        check_transaction(fields.take(0x80).value, own=offered.transaction_id)
        verify_signature(
            read_key(offered.euicc_key), signature2, signed2.raw + offered.smdp_signature2
        )
        otpk = octets(fields.take(ONE_TIME_KEY), least=POINT_LENGTH, most=POINT_LENGTH)
        code = fields.take_if(OCTETS)
        return Prepared(
            euicc_otpk=otpk,
            code_hash=octets(code, least=CODE_HASH_LENGTH, most=CODE_HASH_LENGTH) if code else b"",
        )
    except TlvError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error


def check_code(*, prepared: Prepared, code_digest: bytes, transaction_id: bytes) -> None:
    """Raise RspRefusal, CODE_MISSING or CODE_REFUSED, unless the person typed the code.

    `code_digest` is the SHA-256 of the code. The card's hash covers the transaction, so it is worth
    nothing in another. It is compared in constant time. Source: SGP.22 section 3.1.3.
    """
    if not prepared.code_hash:
        raise RspRefusal(RspStatus.CODE_MISSING)
    expected = hashlib.sha256(code_digest + transaction_id).digest()
    if not hmac.compare_digest(prepared.code_hash, expected):
        raise RspRefusal(RspStatus.CODE_REFUSED)


def _response(
    *, smdp: Smdp, offered: DownloadOffered, metadata: bytes
) -> AuthenticateClientResponse:
    return AuthenticateClientResponse(
        transaction_id=offered.transaction_id,
        profile_metadata=metadata,
        smdp_signed2=offered.smdp_signed2,
        smdp_signature2=offered.smdp_signature2,
        smdp_certificate=smdp.pair_of(offered.ci_key_id).binding.certificate.der,
    )
