"""What cards report: that a profile was installed, or was not, switched on or off, or deleted.

An installation result is verified by the key that the session left behind. Any other notification
brings its card's certificates along.

Sources: SGP.22 sections 5.6.4 (function) and 2.5.6 (the result of an installation).
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum

from limosa.protocols.hazmat.curves import read_key
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.authentication import SIGNATURE, verify_signature
from limosa.protocols.sgp22.der_values import (
    OID,
    SEQUENCE,
    UTF8,
    Fields,
    bits,
    iccid,
    integer,
    object_identifier,
    octets,
    text,
)
from limosa.protocols.sgp22.identity import Smdp
from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus
from limosa.protocols.sgp22.tlv import Tlv, TlvError
from limosa.protocols.sgp22.trust import Card

NOTIFICATION = 0xBF3D
INSTALLATION_RESULT = 0xBF37
INSTALLATION_DATA = 0xBF27
METADATA = 0xBF2F
ICCID = 0x5A
TRANSACTION_ID_LENGTH_MAX = 16


class Event(IntEnum):
    """What was done to a profile. The numbers are those of the bits on the wire."""

    INSTALL = 0
    ENABLE = 1
    DISABLE = 2
    DELETE = 3


@dataclass(frozen=True)
class NotificationMetadata:
    """What every notification says. `iccid` is empty where the card does not tell it."""

    sequence_number: int
    event: Event
    address: str
    iccid: str


@dataclass(frozen=True)
class InstallationResult:
    """How an installation ended. `command` and `reason` are the card's numbers, if it failed.
    `server_oid` is empty where the card does not tell it."""

    metadata: NotificationMetadata
    transaction_id: bytes
    server_oid: str
    is_installed: bool
    command: int | None
    reason: int | None
    signed: bytes
    signature: Tlv


@dataclass(frozen=True)
class OtherNotification:
    """That a profile was switched on or off, or deleted; certificates as they arrived."""

    metadata: NotificationMetadata
    signed: bytes
    signature: Tlv
    card: bytes
    manufacturer: bytes


def read(data: bytes) -> InstallationResult | OtherNotification:
    """Return the notification. Raises RspRefusal(MALFORMED).

    Some phones leave out the outermost tag, and some put the function's around it: all are read.
    """
    try:
        parts = _unwrapped(tlv.read_all(data))
        if [part.tag for part in parts] == [INSTALLATION_DATA, SIGNATURE]:
            return _installation_result(*parts)
        return _other(parts)
    except TlvError as error:
        raise RspRefusal(RspStatus.MALFORMED, str(error)) from error


def digest_of(reported: InstallationResult | OtherNotification) -> bytes:
    """Return by what a notification is known when it comes again, in whatever wrapping: SHA-256
    over all of it that is verified."""
    whole = hashlib.sha256(reported.signed + reported.signature.raw)
    if isinstance(reported, OtherNotification):
        whole.update(reported.card + reported.manufacturer)
    return whole.digest()


def verify_installation(
    *, smdp: Smdp, result: InstallationResult, euicc_key: bytes, iccid: str
) -> None:
    """Raise RspRefusal unless the card of `euicc_key` reported it, of that profile and from us.

    `euicc_key` is what DownloadOffered has of the session with that transaction id, and `iccid`
    the profile that it was for.
    Raises RspRefusal: SIGNATURE_INVALID, OID_INVALID, MALFORMED.
    """
    verify_signature(read_key(euicc_key), result.signature, result.signed)
    if result.server_oid and result.server_oid not in {pair.oid for pair in smdp.pairs}:
        raise RspRefusal(RspStatus.OID_INVALID)
    if result.metadata.iccid not in ("", iccid):
        raise RspRefusal(RspStatus.MALFORMED, "the report of another profile")


def verify_other(*, smdp: Smdp, notification: OtherNotification) -> Card:
    """Return the card that reported it. Whether its certificates are valid, or were when it got the
    profile, is the caller's to ask (`Card.check_time`): a card goes on reporting after that.

    Raises RspRefusal: CI_UNKNOWN, EUM_INVALID, EUICC_INVALID, SIGNATURE_INVALID.
    """
    card = smdp.trust.identify_card(card=notification.card, manufacturer=notification.manufacturer)
    verify_signature(card.certificate.public_key, notification.signature, notification.signed)
    return card


def _unwrapped(parts: list[Tlv]) -> list[Tlv]:
    for tags in ((NOTIFICATION,), (INSTALLATION_RESULT, SEQUENCE)):
        if len(parts) == 1 and parts[0].tag in tags:
            parts = parts[0].children()
    return parts


def _other(parts: list[Tlv]) -> OtherNotification:
    if [part.tag for part in parts] != [METADATA, SIGNATURE, SEQUENCE, SEQUENCE]:
        raise TlvError("not a notification")
    metadata, signature, card, manufacturer = parts
    return OtherNotification(
        metadata=_metadata(metadata),
        signed=metadata.raw,
        signature=signature,
        card=card.raw,
        manufacturer=manufacturer.raw,
    )


def _installation_result(data: Tlv, signature: Tlv) -> InstallationResult:
    fields = Fields(data)
    transaction_id = octets(fields.take(0x80), least=1, most=TRANSACTION_ID_LENGTH_MAX)
    metadata = _metadata(fields.take(METADATA))
    of_server = fields.take_if(OID)
    ended = Fields(fields.take(0xA2))
    failed = ended.take_if(0xA1)
    if failed is None:
        ended.take(0xA0)
        command = reason = None
    else:
        failure = Fields(failed)
        command = integer(failure.take(0x80).value)
        reason = integer(failure.take(0x81).value)
        if command < 0 or reason < 0:
            raise TlvError("a command or a reason that can't be")
    return InstallationResult(
        metadata=metadata,
        transaction_id=transaction_id,
        server_oid=object_identifier(of_server.value) if of_server else "",
        is_installed=failed is None,
        command=command,
        reason=reason,
        signed=data.raw,
        signature=signature,
    )


def _metadata(found: Tlv) -> NotificationMetadata:
    fields = Fields(found)
    number = integer(fields.take(0x80).value)
    events = bits(fields.take(0x81).value)
    address = text(fields.take(UTF8).value)
    of_profile = fields.take_if(ICCID)
    if number < 0 or len(events) != 1 or not events <= set(Event):
        raise TlvError("a number or an event that can't be")
    return NotificationMetadata(
        sequence_number=number,
        event=Event(events.pop()),
        address=address,
        iccid=iccid(of_profile.value) if of_profile else "",
    )
