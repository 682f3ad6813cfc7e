"""A profile package, decoded as far as a card without applications needs: its elements in their
order, and the ICCID in its header.

Source: the interoperable profile package of the Trusted Connectivity Alliance: a sequence of
profile elements, each a TLV; `header` [0] is the first, `end` [10] the last.
"""

from dataclasses import dataclass

from limosa.protocols.sgp22.tlv import Tlv, TlvError, read_all
from limosa.simulators.virtual_phone.card.results import ErrorReason, InstallationFailed
from limosa.simulators.virtual_phone.metadata import ICCID_BYTES

PACKAGE_BYTES_MAX = 512 * 1024
_HEADER = 0xA0
_END = 0xAA
_MASTER_FILE, _EF_ICCID, _FILE_CONTENT = 0xB0, 0xA4, 0x83
_MAJOR_VERSION, _ICCID = 0x80, 0x83
_SUPPORTED_VERSIONS = (2, 3)
# Elements are context-specific and constructed: A0 to BE, and BF with a number after it.
_FIRST, _LAST = 0xA0, 0xBE


@dataclass(frozen=True, slots=True)
class ProfilePackage:
    """`iccid` is as EF.ICCID has it."""

    iccid: bytes
    element_count: int


def read_package(data: bytes) -> ProfilePackage:
    """Return what the package says. Raises InstallationFailed."""
    try:
        elements = read_all(data)
        for element in elements:
            _check_element(element)
        iccid = _iccid_of(elements)
        _check_iccid_file(elements, iccid)
        return ProfilePackage(iccid, len(elements))
    except TlvError as error:
        raise InstallationFailed(
            ErrorReason.ELEMENT_PROCESSING_ERROR, f"the profile package: {error}"
        ) from error


def _check_element(element: Tlv) -> None:
    if not (_FIRST <= element.tag <= _LAST or element.tag >> 8 == 0xBF):
        raise TlvError(f"{element.tag:X} is no profile element")
    element.children()


def _check_iccid_file(elements: list[Tlv], iccid: bytes) -> None:
    """Refuse a master file whose EF.ICCID is another profile's."""
    files = [
        file
        for element in elements
        if element.tag == _MASTER_FILE
        for file in element.children()
        if file.tag == _EF_ICCID
    ]
    for file in files:
        content = b"".join(part.value for part in file.children() if part.tag == _FILE_CONTENT)
        if content and content != iccid:
            raise InstallationFailed(
                ErrorReason.ICCID_MISMATCH, "EF.ICCID has another ICCID than the header"
            )


def _iccid_of(elements: list[Tlv]) -> bytes:
    tags = [element.tag for element in elements]
    if tags[:1] != [_HEADER] or tags[-1:] != [_END]:
        raise TlvError("it doesn't begin with a header, or doesn't finish with an end")
    if tags.count(_HEADER) > 1 or tags.count(_END) > 1:
        raise TlvError("it has a second header or end")
    header = {field.tag: field.value for field in elements[0].children()}
    version = int.from_bytes(header.get(_MAJOR_VERSION, b""), "big")
    if version not in _SUPPORTED_VERSIONS:
        raise TlvError(f"its version is {version}")
    iccid = header.get(_ICCID, b"")
    if len(iccid) != ICCID_BYTES:
        raise TlvError("its header has no ICCID")
    # The header has the digits in their order; EF.ICCID, and metadata, have each pair swapped.
    return bytes(byte >> 4 | (byte & 0x0F) << 4 for byte in iccid)
