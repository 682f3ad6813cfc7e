"""A profile's metadata: what a person sees of it before, and the card keeps with it.

Source: SGP.22 section 5.5.3 (StoreMetadata).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.der_values import (
    SEQUENCE,
    encode_bits,
    encode_iccid,
    encode_integer,
)
from limosa.protocols.sgp22.notification import ICCID, Event

STORE_METADATA = 0xBF25
SERVICE_PROVIDER_NAME_LENGTH_MAX = 32
PROFILE_NAME_LENGTH_MAX = 64
ICON_LENGTH_MAX = 1024
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


class ProfileClass(IntEnum):
    """What a profile is for."""

    TEST = 0
    PROVISIONING = 1
    OPERATIONAL = 2


class PolicyRule(IntEnum):
    """What a card refuses to do with a profile, or does by itself."""

    DISABLING_FORBIDDEN = 1
    DELETION_FORBIDDEN = 2
    DELETED_WHEN_DISABLED = 3


@dataclass(frozen=True)
class Owner:
    """The network whose profile it is: MCC and MNC, and group identifiers in hexadecimal."""

    mcc: str
    mnc: str
    gid1: str = ""
    gid2: str = ""


@dataclass(frozen=True)
class Metadata:
    """What StoreMetadata says. `notifications`: which event is reported to which address."""

    iccid: str
    service_provider_name: str
    profile_name: str
    icon: bytes = b""
    profile_class: ProfileClass = ProfileClass.OPERATIONAL
    notifications: tuple[tuple[Event, str], ...] = ()
    owner: Owner | None = None
    rules: frozenset[PolicyRule] = frozenset()

    def encode(self) -> bytes:
        """Return the TLV. Raises LocalProtocolError if something is longer than it may be."""
        return tlv.encode(
            STORE_METADATA,
            encode_iccid(ICCID, self.iccid),
            _text(
                0x91,
                "service provider",
                self.service_provider_name,
                SERVICE_PROVIDER_NAME_LENGTH_MAX,
            ),
            _text(0x92, "profile", self.profile_name, PROFILE_NAME_LENGTH_MAX),
            _icon(self.icon),
            encode_integer(0x95, self.profile_class),
            _notifications(self.notifications),
            _owner(self.owner) if self.owner else b"",
            encode_bits(0x99, self.rules) if self.rules else b"",
        )


def _text(tag: int, whose: str, value: str, length_max: int) -> bytes:
    encoded = value.encode()
    if len(encoded) > length_max:
        raise LocalProtocolError(
            f"the {whose}'s name has {len(encoded)} bytes; at most {length_max}"
        )
    return tlv.encode(tag, encoded)


def _icon(icon: bytes) -> bytes:
    if not icon:
        return b""
    if len(icon) > ICON_LENGTH_MAX:
        raise LocalProtocolError(f"an icon of {len(icon)} bytes; at most {ICON_LENGTH_MAX}")
    if not icon.startswith((_PNG, _JPEG)):
        raise LocalProtocolError("an icon is a PNG or a JPEG of 64 x 64 pixels")
    kind = 1 if icon.startswith(_PNG) else 0
    return encode_integer(0x93, kind) + tlv.encode(0x94, icon)


def _notifications(wanted: Iterable[tuple[Event, str]]) -> bytes:
    entries = [
        tlv.encode(SEQUENCE, encode_bits(0x80, [event]), tlv.encode(0x81, address.encode()))
        for event, address in wanted
    ]
    return tlv.encode(0xB6, *entries) if entries else b""


def _owner(owner: Owner) -> bytes:
    """Return the owner: three digits of MCC and two or three of MNC, as 3GPP TS 24.008 has them."""
    mcc, mnc = owner.mcc, owner.mnc
    if not (len(mcc) == 3 and len(mnc) in (2, 3) and (mcc + mnc).isdecimal()):
        raise LocalProtocolError("an MCC has three digits, an MNC two or three")
    third = mnc[2] if len(mnc) == 3 else "F"
    code = bytes.fromhex(mcc[1] + mcc[0] + third + mcc[2] + mnc[1] + mnc[0])
    groups = (
        tlv.encode(tag, bytes.fromhex(gid)) if gid else b""
        for tag, gid in ((0x81, owner.gid1), (0x82, owner.gid2))
    )
    return tlv.encode(0xB7, tlv.encode(0x80, code), *groups)
