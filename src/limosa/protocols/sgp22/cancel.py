"""The end of a session before its download is done: the person, the phone or the clock ended it.

Sources: SGP.22 sections 5.6.5 (function) and 5.7.14 (what a card signs, and the reasons). What it
signs has fields without tags of their own, so they are numbered (automatic tags).
"""

from enum import IntEnum

from limosa.protocols.hazmat.curves import read_key
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.authentication import (
    SIGNATURE,
    check_transaction,
    expect,
    verify_signature,
)
from limosa.protocols.sgp22.der_values import SEQUENCE, Fields, integer, object_identifier
from limosa.protocols.sgp22.download import DownloadOffered
from limosa.protocols.sgp22.es9plus import CancelSessionRequest
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.tlv import TlvError


class CancelReason(IntEnum):
    """Why. SGP.22 (3.0.2, and 3.1.6 on the state Error) ends the order for every reason but
    POSTPONED and TIMEOUT. What we do is ours, since phones say END_USER_REJECTION after any fault
    of their own, and an order that ended can only be ordered anew:

    - RULES_NOT_ALLOWED is final for this card, so for an order that names it, and for no other;
    - METADATA_MISMATCH: between the offer and the package the profile's type was changed; the next
      attempt shows what it is now;
    - PACKAGE_EXECUTION_ERROR: the card's own signed report says whether another may succeed.
    """

    END_USER_REJECTION = 0
    POSTPONED = 1
    TIMEOUT = 2
    RULES_NOT_ALLOWED = 3
    METADATA_MISMATCH = 4
    PACKAGE_EXECUTION_ERROR = 5
    UNDEFINED = 127


def verify(*, smdp: Smdp, request: CancelSessionRequest, offered: DownloadOffered) -> CancelReason:
    """Return why the session ends, over the bytes that the card signed.

    Raises RspRefusal: MALFORMED, TRANSACTION_UNKNOWN, EUICC_FAILED, SIGNATURE_INVALID, OID_INVALID.
    """
    try:
        outer = Fields(expect(tlv.read_exactly_one(request.cancel_session_response), 0xBF41))
        failed = outer.take_if(0x81)
        if failed is not None:
            raise RspRefusal(RspStatus.EUICC_FAILED, f"the card's error {integer(failed.value)}")
        parts = Fields(outer.take(0xA0))
        signed, signature = parts.take(SEQUENCE), parts.take(SIGNATURE)
        fields = Fields(signed)
        check_transaction(fields.take(0x80).value, own=offered.transaction_id)
        verify_signature(read_key(offered.euicc_key), signature, signed.raw)
        if object_identifier(fields.take(0x81).value) != smdp.pair_of(offered.ci_key_id).oid:
            raise RspRefusal(RspStatus.OID_INVALID)
        return _reason(integer(fields.take(0x82).value))
    except TlvError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error


def _reason(number: int) -> CancelReason:
    try:
        return CancelReason(number)
    except ValueError:
        return CancelReason.UNDEFINED
