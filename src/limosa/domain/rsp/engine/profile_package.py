"""Reads from a profile package (SAIP) what the stock has to know, and writes a new one from a
template.

A package is a row of profile elements, the header first and the end last. Only the levels that are
needed are read. The ICCID stands in the header, and again in EF.ICCID, there with the digits of
each byte swapped; some headers have them swapped as well.

Sources: TCA Interoperable Profile Package 2.3 (PE-Header, PE-MF, PE-USIM, PE-AKAParameter, PE-End);
3GPP TS 31.102 sections 4.2.2 (EF.IMSI), ETSI TS 102 221 section 13.2 (EF.ICCID).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from limosa.foundation.identifiers import InvalidIdentifierError, parse_iccid
from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode, read_all

PACKAGE_BYTES_MAX = 512 * 1024  # Ours: more than any eUICC holds for one profile.

_HEADER, _END = 0xA0, 0xAA
_MASTER_FILE, _USIM, _AKA = 0xB0, 0xB3, 0xA4
_HEADER_ICCID = 0x83
_FILE_DESCRIPTOR, _FILE_ID, _FILE_CONTENT = 0xA1, 0x83, 0x83
_EF_ICCID, _EF_IMSI = b"\x2f\xe2", b"\x6f\x07"
_ALGORITHM_CONFIGURATION, _ALGORITHM_PARAMETER = 0xA1, 0xA1
_ALGORITHM, _KEY, _OPC = 0x80, 0x82, 0x83
_MILENAGE = b"\x01"
_ICCID_BYTES = 10
_KEY_BYTES = 16
_IMSI_DIGITS_MAX = 15


class PackageFault(StrEnum):
    """Why a file is refused."""

    NO_PACKAGE = "no_package"
    TOO_LARGE = "too_large"
    ICCID_MALFORMED = "iccid_malformed"
    ICCIDS_DIFFER = "iccids_differ"
    NO_PLACE = "no_place"


class PackageRefused(Exception):
    """The bytes are no profile package that the stock takes."""

    def __init__(self, fault: PackageFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What makes a profile one of its own. `key`, `opc`: 16 bytes each, for Milenage."""

    iccid: str
    imsi: str
    key: bytes
    opc: bytes

    def __repr__(self) -> str:
        """Name the profile, not its keys."""
        return f"Personal(iccid=…{self.iccid[-4:]})"


def read_iccid(package: bytes) -> str:
    """Return the ICCID of a package. Raises PackageRefused."""
    elements = _elements(package)
    for field in _children(elements[0]):
        if field.tag == _HEADER_ICCID:
            iccid = _iccid_of(field.value)
            break
    else:
        raise PackageRefused(PackageFault.ICCID_MALFORMED)
    file = _file_content(elements, _MASTER_FILE, _EF_ICCID)
    if file is not None and _iccid_of(file) != iccid:
        raise PackageRefused(PackageFault.ICCIDS_DIFFER)
    return iccid


def personalize(template: bytes, personal: Personal) -> bytes:
    """Return a package made from a template: its ICCID, IMSI, and the keys of its AKA parameters.

    Raises: PackageRefused if the template has no place for one of them; InvalidIdentifierError,
            ValueError for identifiers or keys of the wrong form.
    """
    iccid = padded_iccid(personal.iccid)
    if len(personal.key) != _KEY_BYTES or len(personal.opc) != _KEY_BYTES:
        raise ValueError("Ki and OPc are 16 bytes each")
    keys = {_ALGORITHM: _MILENAGE, _KEY: personal.key, _OPC: personal.opc}
    imsi = imsi_file(personal.imsi)
    writers: dict[int, Callable[[Tlv], bytes]] = {
        _HEADER: lambda element: _with(element, {_HEADER_ICCID: iccid}),
        _MASTER_FILE: lambda element: _with_file(element, _EF_ICCID, swapped(iccid)),
        _USIM: lambda element: _with_file(element, _EF_IMSI, imsi),
        _AKA: lambda element: _with_keys(element, keys),
    }
    elements = _elements(template)
    _check_has_place(writers.keys() <= {element.tag for element in elements})
    return b"".join(
        writers[element.tag](element) if element.tag in writers else element.raw
        for element in elements
    )


def swapped(digits: bytes) -> bytes:
    """Return bytes with the two digits of each swapped."""
    return bytes(byte >> 4 | (byte & 0x0F) << 4 for byte in digits)


def imsi_file(imsi: str) -> bytes:
    """Return the content of EF.IMSI. Raises ValueError."""
    if not (imsi.isascii() and imsi.isdecimal() and 6 <= len(imsi) <= _IMSI_DIGITS_MAX):
        raise ValueError("an IMSI is 6 to 15 digits")
    is_odd = len(imsi) % 2
    nibbles = f"{9 if is_odd else 1}{imsi}{'' if is_odd else 'F'}"
    content = swapped(bytes.fromhex(nibbles))
    return (bytes([len(content)]) + content).ljust(9, b"\xff")


def padded_iccid(iccid: str) -> bytes:
    """Return an ICCID as headers have it. Raises InvalidIdentifierError."""
    iccid = parse_iccid(iccid)
    return bytes.fromhex(iccid.ljust(2 * _ICCID_BYTES, "F"))


def _iccid_of(stored: bytes) -> str:
    """Return an ICCID from a header or a file: it begins with 89, so its order shows."""
    digits = (swapped(stored) if stored[:1] == b"\x98" else stored).hex().upper()
    try:
        return parse_iccid(digits.rstrip("F"))
    except InvalidIdentifierError as error:
        raise PackageRefused(PackageFault.ICCID_MALFORMED) from error


def _elements(package: bytes) -> list[Tlv]:
    if len(package) > PACKAGE_BYTES_MAX:
        raise PackageRefused(PackageFault.TOO_LARGE)
    try:
        elements = read_all(package)
    except TlvError as error:
        raise PackageRefused(PackageFault.NO_PACKAGE) from error
    if len(elements) < 2 or elements[0].tag != _HEADER or elements[-1].tag != _END:
        raise PackageRefused(PackageFault.NO_PACKAGE)
    return elements


def _children(tlv: Tlv) -> list[Tlv]:
    try:
        return tlv.children()
    except TlvError as error:
        raise PackageRefused(PackageFault.NO_PACKAGE) from error


def _file_content(elements: list[Tlv], element: int, file_id: bytes) -> bytes | None:
    for one in elements:
        if one.tag == element:
            for file in _children(one):
                if _is_file(file, file_id):
                    return next((x.value for x in _children(file) if x.tag == _FILE_CONTENT), None)
    return None


def _is_file(tlv: Tlv, file_id: bytes) -> bool:
    if not tlv.is_constructed:
        return False
    for descriptor in _children(tlv):
        if descriptor.tag == _FILE_DESCRIPTOR:
            return any(x.tag == _FILE_ID and x.value == file_id for x in _children(descriptor))
    return False


def _check_has_place(has_place: bool) -> None:  # noqa: FBT001
    if not has_place:
        raise PackageRefused(PackageFault.NO_PLACE)


def _with(tlv: Tlv, values: dict[int, bytes]) -> bytes:
    """Return a TLV with new values in fields that it has."""
    fields = _children(tlv)
    _check_has_place(values.keys() <= {field.tag for field in fields})
    return encode(
        tlv.tag,
        *[
            encode(field.tag, values[field.tag]) if field.tag in values else field.raw
            for field in fields
        ],
    )


def _with_file(element: Tlv, file_id: bytes, content: bytes) -> bytes:
    """Return a profile element with new content in one of its files."""
    files = _children(element)
    found = [_is_file(file, file_id) for file in files]
    _check_has_place(any(found))
    return encode(
        element.tag,
        *[
            _with(file, {_FILE_CONTENT: content}) if is_it else file.raw
            for file, is_it in zip(files, found, strict=True)
        ],
    )


def _with_keys(element: Tlv, keys: dict[int, bytes]) -> bytes:
    """Return AKA parameters with other keys."""

    def configured(field: Tlv) -> bytes:
        parts = _children(field)
        _check_has_place(any(part.tag == _ALGORITHM_PARAMETER for part in parts))
        return encode(
            field.tag,
            *[
                _with(part, keys) if part.tag == _ALGORITHM_PARAMETER else part.raw
                for part in parts
            ],
        )

    fields = _children(element)
    _check_has_place(any(field.tag == _ALGORITHM_CONFIGURATION for field in fields))
    return encode(
        element.tag,
        *[
            configured(field) if field.tag == _ALGORITHM_CONFIGURATION else field.raw
            for field in fields
        ],
    )
