"""What a card says of itself: versions, trusted CIs, free memory, rules that it does not take.

Sources: SGP.22 section 5.7.8 (EUICCInfo1 and EUICCInfo2); ETSI TS 102 226 (card resources: 82 is
the free non-volatile memory).
"""

from dataclasses import dataclass

from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.der_values import OCTETS, Fields, bits, octets
from limosa.protocols.sgp22.tlv import Tlv, TlvError

EUICC_INFO1 = 0xBF20
EUICC_INFO2 = 0xBF22
_VERSION_LENGTH = 3
_FREE_MEMORY = 0x82
_ADDITIONAL_PROFILE, _TEST_PROFILE = 0, 3

Version = tuple[int, int, int]


@dataclass(frozen=True)
class EuiccInfo1:
    """What a card says before it knows whom it talks to. Key ids come in the card's order."""

    version: Version
    verification_key_ids: tuple[bytes, ...]
    signing_key_ids: tuple[bytes, ...]


@dataclass(frozen=True)
class EuiccInfo2:
    """What a card says under its signature. `free_bytes` is None where it does not tell."""

    profile_version: Version
    version: Version
    free_bytes: int | None
    takes_another_profile: bool
    takes_test_profiles: bool
    forbidden_rules: frozenset[int]


def read_info1(data: bytes) -> EuiccInfo1:
    """Return the information. Raises TlvError."""
    info = tlv.read_exactly_one(data)
    if info.tag != EUICC_INFO1:
        raise TlvError(f"tag {info.tag:X} is not the card's information")
    fields = Fields(info)
    return EuiccInfo1(
        version=_version(fields.take(0x82)),
        verification_key_ids=_key_ids(fields.take(0xA9)),
        signing_key_ids=_key_ids(fields.take(0xAA)),
    )


def read_info2(info: Tlv) -> EuiccInfo2:
    """Return the information of a TLV that was found inside another. Raises TlvError."""
    fields = Fields(info)
    profile_version, version = _version(fields.take(0x81)), _version(fields.take(0x82))
    fields.take(0x83)
    resources = fields.take(0x84)
    fields.take(0x85)
    capabilities = bits(_needed(fields.skip_to(0x88), 0x88).value)
    rules = fields.skip_to(0x99)
    return EuiccInfo2(
        profile_version=profile_version,
        version=version,
        free_bytes=_free_bytes(resources.value),
        takes_another_profile=_ADDITIONAL_PROFILE in capabilities,
        takes_test_profiles=_TEST_PROFILE in capabilities,
        forbidden_rules=frozenset(bits(rules.value) if rules else ()),
    )


def _version(found: Tlv) -> Version:
    major, minor, revision = octets(found, least=_VERSION_LENGTH, most=_VERSION_LENGTH)
    return major, minor, revision


def _key_ids(found: Tlv) -> tuple[bytes, ...]:
    children = found.children()
    if any(child.tag != OCTETS for child in children):
        raise TlvError("a key id that is none")
    return tuple(child.value for child in children)


def _free_bytes(resources: bytes) -> int | None:
    """Return the free memory; what a card writes here is not always TLVs."""
    try:
        for found in tlv.read_all(resources):
            if found.tag == _FREE_MEMORY:
                return int.from_bytes(found.value, "big")
    except TlvError:
        return None
    return None


def _needed(found: Tlv | None, tag: int) -> Tlv:
    if found is None:
        raise TlvError(f"tag {tag:X} is missing")
    return found
