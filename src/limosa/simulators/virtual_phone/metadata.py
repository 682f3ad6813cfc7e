"""A profile's metadata as the server sends it, read strictly.

Source: SGP.22 section 5.5.3 (StoreMetadata) and its ASN.1 type StoreMetadataRequest.
"""

from dataclasses import dataclass
from enum import IntEnum

from limosa.protocols.sgp22.tlv import Tlv, TlvError, read_exactly_one
from limosa.simulators.virtual_phone.der_values import (
    SEQUENCE,
    Fields,
    read_integer,
    read_named_bits,
    read_text,
)

STORE_METADATA = 0xBF25
ICCID_BYTES = 10
ICCID_DIGITS_MIN = 18
_NAME_BYTES_MAX = 64
_PROVIDER_BYTES_MAX = 32
_ICON_BYTES_MAX = 1024


class ProfileClass(IntEnum):
    TEST = 0
    PROVISIONING = 1
    OPERATIONAL = 2


class Policy(IntEnum):
    """A profile policy rule: a bit of PprIds."""

    UPDATE_CONTROL = 0
    NO_DISABLING = 1
    NO_DELETION = 2


@dataclass(frozen=True, slots=True)
class Metadata:
    """`notifications` pairs the events (bits of NotificationEvent) with an address. `owner` is
    mccMnc as in TS 24.008, or empty."""

    iccid: bytes
    provider: str
    name: str
    icon: bytes
    icon_type: int | None
    profile_class: ProfileClass
    notifications: tuple[tuple[frozenset[int], str], ...]
    owner: bytes
    policies: frozenset[int]


def read_metadata(data: bytes) -> Metadata:
    """Return what a StoreMetadataRequest says. Raises TlvError."""
    outer = read_exactly_one(data)
    if outer.tag != STORE_METADATA:
        raise TlvError(f"tag {outer.tag:X} where metadata was expected")
    fields = Fields(outer)
    iccid = fields.take(0x5A).value
    try:
        iccid_digits(iccid)
    except ValueError as error:
        raise TlvError(str(error)) from error
    provider = read_text(fields.take(0x91).value, longest=_PROVIDER_BYTES_MAX)
    name = read_text(fields.take(0x92).value, longest=_NAME_BYTES_MAX)
    icon_type, icon = _icon(fields)
    profile_class = _class(fields.take_if(0x95))
    notifications = _notifications(fields.take_if(0xB6))
    owner = _owner(fields.take_if(0xB7))
    policies = fields.take_if(0x99)
    fields.finish()
    return Metadata(
        iccid=iccid,
        provider=provider,
        name=name,
        icon=icon,
        icon_type=icon_type,
        profile_class=profile_class,
        notifications=notifications,
        owner=owner,
        policies=read_named_bits(policies.value) if policies else frozenset(),
    )


def iccid_digits(iccid: bytes) -> str:
    """Return an ICCID's digits: in EF.ICCID each byte has two, the first in its lower half.

    Raises ValueError unless there are 18 to 20 digits.
    """
    swapped = "".join(f"{byte & 0x0F:x}{byte >> 4:x}" for byte in iccid)
    digits = swapped.rstrip("f")
    if len(iccid) != ICCID_BYTES or not digits.isdecimal() or len(digits) < ICCID_DIGITS_MIN:
        raise ValueError(f"an ICCID of 18 to 20 digits, not {swapped}")
    return digits


def iccid_bytes(digits: str) -> bytes:
    """Return digits as EF.ICCID has them. Raises ValueError unless there are 18 to 20."""
    is_whole = digits.isascii() and digits.isdecimal()
    if not is_whole or not ICCID_DIGITS_MIN <= len(digits) <= 2 * ICCID_BYTES:
        raise ValueError("an ICCID has 18 to 20 digits")
    filled = digits.ljust(2 * ICCID_BYTES, "f")
    return bytes(int(filled[at + 1] + filled[at], 16) for at in range(0, 2 * ICCID_BYTES, 2))


def _icon(fields: Fields) -> tuple[int | None, bytes]:
    icon_type, icon = fields.take_if(0x93), fields.take_if(0x94)
    if icon and not icon_type:
        raise TlvError("an icon without its type")
    if icon_type and read_integer(icon_type.value) > 1:
        raise TlvError("an icon that is neither JPG nor PNG")
    if icon and len(icon.value) > _ICON_BYTES_MAX:
        raise TlvError(f"an icon of {len(icon.value)} bytes")
    return read_integer(icon_type.value) if icon_type else None, icon.value if icon else b""


def _class(field: Tlv | None) -> ProfileClass:
    if field is None:
        return ProfileClass.OPERATIONAL
    try:
        return ProfileClass(read_integer(field.value))
    except ValueError as error:
        raise TlvError("an unknown class of profile") from error


def _notifications(field: Tlv | None) -> tuple[tuple[frozenset[int], str], ...]:
    found = []
    for entry in field.children() if field else []:
        if entry.tag != SEQUENCE:
            raise TlvError("a notification's configuration that is no sequence")
        parts = Fields(entry)
        events = read_named_bits(parts.take(0x80).value)
        address = read_text(parts.take(0x81).value, longest=255)
        parts.finish()
        if not address or not events or max(events) > 3:
            raise TlvError("a notification's configuration without an event, or an address")
        found.append((events, address))
    return tuple(found)


def _owner(field: Tlv | None) -> bytes:
    if field is None:
        return b""
    parts = Fields(field)
    owner = parts.take(0x80).value
    parts.take_if(0x81), parts.take_if(0x82)
    parts.finish()
    if len(owner) != 3:
        raise TlvError("an owner that is not an MCC and MNC")
    return owner
