"""What a card says about itself, and about its profiles.

Source: SGP.22 sections 5.7.8 (GetEUICCInfo), 5.7.15 (GetProfilesInfo), 5.7.20 (GetEID) and 5.7.22
(GetRAT).
"""

from collections.abc import Iterable

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode, read_exactly_one
from limosa.simulators.virtual_phone.card.memory import Memory, Profile
from limosa.simulators.virtual_phone.card.signer import Signer
from limosa.simulators.virtual_phone.der_values import (
    OCTET_STRING,
    SEQUENCE,
    Fields,
    integer,
    named_bits,
    text,
)
from limosa.simulators.virtual_phone.metadata import Policy

_VERSION = bytes((2, 2, 2))
_PACKAGE_VERSION = bytes((2, 3, 1))
_FIRMWARE = bytes((1, 0, 0))
_FREE_MEMORY_BYTES = 512 * 1024
# USIM, ISIM, Milenage, TUAK, GBA in both, Java Card, and several USIMs and ISIMs in a profile.
_CAPABILITIES = (1, 2, 4, 6, 7, 10, 11, 14, 16, 17)
_ADDITIONAL_PROFILE, _TEST_PROFILES = 0, 3
_MEDIUM = 2
_PROFILE_INFO_ERROR = 1


def euicc_info_1(signers: Iterable[Signer]) -> bytes:
    return encode(0xBF20, encode(0x82, _VERSION), *_key_ids(signers))


def euicc_info_2(signers: Iterable[Signer]) -> bytes:
    resources = (
        integer(0, tag=0x81),
        integer(_FREE_MEMORY_BYTES, tag=0x82),
        integer(_FREE_MEMORY_BYTES // 8, tag=0x83),
    )
    return encode(
        0xBF22,
        encode(0x81, _PACKAGE_VERSION),
        encode(0x82, _VERSION),
        encode(0x83, _FIRMWARE),
        encode(0x84, *resources),
        named_bits(_CAPABILITIES, tag=0x85),
        encode(0x86, bytes((11, 2, 0))),
        encode(0x87, bytes((2, 3, 0))),
        named_bits((_ADDITIONAL_PROFILE, _TEST_PROFILES), tag=0x88),
        *_key_ids(signers),
        integer(_MEDIUM, tag=0x8B),
        encode(OCTET_STRING, bytes((1, 0, 0))),
        text("LIMOSA-VIRTUAL"),
    )


def eid_answer(memory: Memory, request: Tlv) -> bytes:
    """Answer ES10c.GetEID. Raises TlvError if something else was asked for."""
    fields = Fields(request)
    wanted = fields.take(0x5C).value
    fields.finish()
    if wanted != b"\x5a":
        raise TlvError("only the EID can be asked for")
    return encode(0xBF3E, encode(0x5A, bytes.fromhex(memory.eid)))


def rules() -> bytes:
    """Answer ES10b.GetRAT: every operator may set the rules, if the person agrees."""
    any_operator = encode(SEQUENCE, encode(0x80, b"\xee\xee\xee"))
    rule = encode(
        SEQUENCE,
        named_bits((Policy.NO_DISABLING, Policy.NO_DELETION), tag=0x80),
        encode(0xA1, any_operator),
        named_bits((0,), tag=0x82),
    )
    return encode(0xBF43, encode(0xA0, rule))


def profiles_answer(memory: Memory, request: Tlv) -> bytes:
    """Answer ES10c.GetProfilesInfo: all profiles, or those of an ICCID or an AID."""
    try:
        found = _wanted(memory, Fields(request))
    except TlvError:
        return encode(0xBF2D, integer(_PROFILE_INFO_ERROR, tag=0x81))
    return encode(0xBF2D, encode(0xA0, *(_profile_info(profile) for profile in found)))


def _wanted(memory: Memory, fields: Fields) -> list[Profile]:
    criteria = fields.take_if(0xA0)
    fields.take_if(0x5C)  # The list of tags: this card always answers with all that it has.
    fields.finish()
    if criteria is None:
        return memory.profiles
    wanted = read_exactly_one(criteria.value)
    if wanted.tag == 0x5A:
        return [one for one in memory.profiles if one.iccid == wanted.value]
    if wanted.tag == 0x4F:
        return [one for one in memory.profiles if one.aid == wanted.value]
    raise TlvError("neither an ICCID nor an AID")


def _profile_info(profile: Profile) -> bytes:
    """Return ProfileInfo: the metadata's own fields, with state and nickname in their places."""
    stored = read_exactly_one(profile.metadata).children()
    return encode(
        0xE3,
        encode(0x5A, profile.iccid),
        encode(0x4F, profile.aid),
        integer(int(profile.is_enabled), tag=0x9F70),
        text(profile.nickname, tag=0x90) if profile.nickname else b"",
        *(field.raw for field in stored if field.tag != 0x5A),
    )


def _key_ids(signers: Iterable[Signer]) -> tuple[bytes, bytes]:
    ids = b"".join(encode(OCTET_STRING, signer.ci_key_id) for signer in signers)
    return encode(0xA9, ids), encode(0xAA, ids)
