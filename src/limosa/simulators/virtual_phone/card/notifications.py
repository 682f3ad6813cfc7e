"""The notifications that a card makes, and how it lists them.

Source: SGP.22 sections 3.5 (notifications), 5.7.9 to 5.7.11 (listing, fetching, removing).
"""

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode
from limosa.simulators.virtual_phone.card.memory import Loading, Memory, Notification, Profile
from limosa.simulators.virtual_phone.card.results import BppCommand, ErrorReason, Event
from limosa.simulators.virtual_phone.card.signer import Signer
from limosa.simulators.virtual_phone.der_values import (
    OCTET_STRING,
    OID,
    SEQUENCE,
    Fields,
    integer,
    named_bits,
    oid_value,
    read_integer,
    read_named_bits,
    text,
)
from limosa.simulators.virtual_phone.metadata import read_metadata

_UNDEFINED_ERROR = 127
_NO_RESULT = 1
# An EUICCResponse of the profile package: its elements' status, here "ok", or "bad values" and.
_RESPONSE_OK = bytes.fromhex("3007a0053003800100")
_RESPONSE_FAILED = bytes.fromhex("3009a0053003800103") + b"\x81\x00"


def note_event(
    memory: Memory, profile: Profile, event: Event, signer: Signer, *, besides: str = ""
) -> None:
    """Add the notifications of an event on a profile: one per address that its metadata names,
    `besides` excepted."""
    configured = read_metadata(profile.metadata).notifications
    for events, address in configured:
        if event not in events or address.casefold() == besides.casefold():
            continue
        number, described = _described(memory, event, address, profile.iccid)
        content = encode(
            SEQUENCE,
            described,
            signer.signature(described),
            signer.certificate,
            signer.eum_certificate,
        )
        memory.notifications.append(Notification(number, event, address, profile.iccid, content))


def note_installed(memory: Memory, loading: Loading, profile: Profile, signer: Signer) -> bytes:
    """Add the result of an installation that worked, for the server that it came from; and a
    notification for every other address that wants to hear of it. Returns the result."""
    success = encode(0xA0, encode(0x4F, profile.aid), encode(OCTET_STRING, _RESPONSE_OK))
    result = _add_result(memory, loading, iccid=profile.iccid, final=success, signer=signer)
    note_event(memory, profile, Event.INSTALL, signer, besides=loading.address)
    return result


def note_failed(
    memory: Memory, loading: Loading, reason: ErrorReason, *, iccid: bytes, signer: Signer
) -> bytes:
    """Add the result of an installation that failed, and return it. `iccid` may be empty."""
    failure = [integer(loading.command, tag=0x80), integer(reason, tag=0x81)]
    if loading.command == BppCommand.LOAD_PROFILE_ELEMENTS:
        failure.append(encode(0x82, _RESPONSE_FAILED))
    return _add_result(memory, loading, iccid=iccid, final=encode(0xA1, *failure), signer=signer)


def list_notifications(memory: Memory, request: Tlv) -> bytes:
    """Answer ES10b.ListNotification: what there is, without its content."""
    try:
        fields = Fields(request)
        wanted = fields.take_if(0x81)
        fields.finish()
        events = read_named_bits(wanted.value) if wanted else frozenset(Event)
    except TlvError:
        return encode(0xBF28, integer(_UNDEFINED_ERROR, tag=0x81))
    entries = [
        _metadata(one.sequence_number, one.event, one.address, one.iccid)
        for one in memory.notifications
        if one.event in events
    ]
    return encode(0xBF28, encode(0xA0, *entries))


def fetch_notifications(memory: Memory, request: Tlv) -> bytes:
    """Answer ES10b.RetrieveNotificationsList: whole notifications, by number or by event."""
    try:
        found = _wanted(memory, Fields(request))
    except TlvError:
        return encode(0xBF2B, integer(_UNDEFINED_ERROR, tag=0x81))
    if not found:
        return encode(0xBF2B, integer(_NO_RESULT, tag=0x81))
    return encode(0xBF2B, encode(0xA0, *(one.content for one in found)))


def _wanted(memory: Memory, fields: Fields) -> list[Notification]:
    outer = fields.take_if(0xA0)
    fields.finish()
    if outer is None:
        return memory.notifications
    criteria = Fields(outer)
    number, events = criteria.take_if(0x80), criteria.take_if(0x81)
    criteria.finish()
    if number is not None:
        wanted = read_integer(number.value)
        return [one for one in memory.notifications if one.sequence_number == wanted]
    if events is None:
        raise TlvError("neither a number nor an event")
    bits = read_named_bits(events.value)
    return [one for one in memory.notifications if one.event in bits]


def _add_result(
    memory: Memory, loading: Loading, *, iccid: bytes, final: bytes, signer: Signer
) -> bytes:
    number, described = _described(memory, Event.INSTALL, loading.address, iccid)
    data = encode(
        0xBF27,
        encode(0x80, loading.transaction_id),
        described,
        encode(OID, oid_value(loading.smdp_oid)),
        encode(0xA2, final),
    )
    result = encode(0xBF37, data, signer.signature(data))
    memory.notifications.append(Notification(number, Event.INSTALL, loading.address, iccid, result))
    return result


def _described(memory: Memory, event: int, address: str, iccid: bytes) -> tuple[int, bytes]:
    memory.sequence_number += 1
    number = memory.sequence_number
    return number, _metadata(number, event, address, iccid)


def _metadata(number: int, event: int, address: str, iccid: bytes) -> bytes:
    return encode(
        0xBF2F,
        integer(number, tag=0x80),
        named_bits([event], tag=0x81),
        text(address),
        encode(0x5A, iccid) if iccid else b"",
    )
