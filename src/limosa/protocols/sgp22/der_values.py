"""The values inside TLVs: numbers, texts, flags, object identifiers, ICCIDs, MCC and MNC.

Readers raise TlvError on what is not in DER's one form. Source: ITU-T X.690 sections 8 and 11.
"""

import re
from collections.abc import Iterable

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.tlv import Tlv, TlvError

BOOLEAN, INTEGER, OCTETS, OID, UTF8, SEQUENCE = 0x01, 0x02, 0x04, 0x06, 0x0C, 0x30
INTEGER_LENGTH_MAX = 8  # Ours: no number of SGP.22 needs more.
ICCID_LENGTH = 10
_ICCID_DIGITS = re.compile(r"[0-9]{18,20}")


def integer(value: bytes) -> int:
    """Return the number that a value is."""
    if not value or len(value) > INTEGER_LENGTH_MAX:
        raise TlvError(f"a number of {len(value)} bytes")
    if len(value) > 1 and value[0] in (0x00, 0xFF) and (value[0] ^ value[1]) < 0x80:
        raise TlvError("a number in more bytes than it takes")
    return int.from_bytes(value, "big", signed=True)


def encode_integer(tag: int, number: int) -> bytes:
    """Return the TLV of a number."""
    # One bit more than the number has, for its sign.
    length = ((number if number >= 0 else ~number).bit_length() + 8) // 8
    return tlv.encode(tag, number.to_bytes(length, "big", signed=True))


def boolean(value: bytes) -> bool:
    """Return the truth that a value is."""
    if value not in (b"\x00", b"\xff"):
        raise TlvError("neither true nor false")
    return value == b"\xff"


def encode_boolean(tag: int, truth: bool) -> bytes:  # noqa: FBT001 -- the value itself
    """Return the TLV of true or false."""
    return tlv.encode(tag, b"\xff" if truth else b"\x00")


def text(value: bytes) -> str:
    """Return the text that a value is."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TlvError("not UTF-8") from error


def bits(value: bytes) -> set[int]:
    """Return the numbers of the bits that are set; bit 0 comes first."""
    if not value or value[0] > 7 or (len(value) == 1 and value[0]):
        raise TlvError("not a string of bits")
    unused, content = value[0], value[1:]
    count = len(content) * 8 - unused
    found = {n for n in range(len(content) * 8) if content[n // 8] & (0x80 >> n % 8)}
    if any(n >= count for n in found):
        raise TlvError("bits that are set and unused")
    return found


def encode_bits(tag: int, numbers: Iterable[int]) -> bytes:
    """Return the TLV of a string of named bits, as short as it can be."""
    chosen = set(numbers)
    if not chosen:
        return tlv.encode(tag, b"\x00")
    last = max(chosen)
    content = bytearray(last // 8 + 1)
    for number in chosen:
        content[number // 8] |= 0x80 >> number % 8
    return tlv.encode(tag, bytes((7 - last % 8,)), bytes(content))


def object_identifier(value: bytes) -> str:
    """Return an object identifier as dotted numbers, such as 2.999.10."""
    if not value or value[-1] & 0x80:
        raise TlvError("an object identifier that is not all there")
    arcs, number, is_first = [], 0, True
    for byte in value:
        if is_first and byte == 0x80:
            raise TlvError("an object identifier in more bytes than it takes")
        number = number << 7 | byte & 0x7F
        is_first = not byte & 0x80
        if is_first:
            arcs.append(number)
            number = 0
    root = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (root, arcs[0] - 40 * root, *arcs[1:]))


def encode_object_identifier(tag: int, dotted: str) -> bytes:
    """Return the TLV of an object identifier that is given as dotted numbers."""
    arcs = [int(arc) for arc in dotted.split(".")]
    if len(arcs) < 2 or arcs[0] > 2 or (arcs[0] < 2 and arcs[1] > 39):
        raise LocalProtocolError(f"{dotted} is no object identifier")
    content = bytearray()
    for number in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        septets = [number & 0x7F]
        while number := number >> 7:
            septets.append(number & 0x7F | 0x80)
        content += bytes(reversed(septets))
    return tlv.encode(tag, bytes(content))


def iccid(value: bytes) -> str:
    """Return the digits of an ICCID in ten bytes with swapped nibbles, without the filler F."""
    digits = swap_nibbles(value).rstrip("F")
    if len(value) != ICCID_LENGTH or not _ICCID_DIGITS.fullmatch(digits):
        raise TlvError("not an ICCID")
    return digits


def encode_iccid(tag: int, digits: str) -> bytes:
    """Return the TLV of an ICCID, filled with F to twenty nibbles."""
    if not _ICCID_DIGITS.fullmatch(digits):
        raise LocalProtocolError("an ICCID has 18 to 20 digits")
    filled = digits.ljust(2 * ICCID_LENGTH, "F")
    return tlv.encode(
        tag, bytes.fromhex("".join(map("".join, zip(filled[1::2], filled[::2], strict=True))))
    )


def swap_nibbles(value: bytes) -> str:
    """Return the hexadecimal digits of a value, the low nibble of each byte first."""
    shown = value.hex().upper()
    return "".join(low + high for high, low in zip(shown[::2], shown[1::2], strict=True))


class Fields:
    """The children of a TLV, taken one after the other in their order.

    SGP.22 lets later versions add elements (EXTENSIBILITY IMPLIED), so what is left is no fault.
    """

    def __init__(self, parent: Tlv) -> None:
        self._waiting = parent.children()
        self._waiting.reverse()

    def take(self, tag: int) -> Tlv:
        """Return the next child, which has this tag. Raises TlvError."""
        found = self.take_if(tag)
        if found is None:
            raise TlvError(f"tag {tag:X} is missing")
        return found

    def take_if(self, tag: int) -> Tlv | None:
        """Return the next child if it has this tag; otherwise leave it where it is."""
        if self._waiting and self._waiting[-1].tag == tag:
            return self._waiting.pop()
        return None

    def skip_to(self, tag: int) -> Tlv | None:
        """Return the next child of this tag, passing over others; None leaves all in place."""
        for position in range(len(self._waiting) - 1, -1, -1):
            if self._waiting[position].tag == tag:
                found = self._waiting[position]
                del self._waiting[position:]
                return found
        return None


def octets(found: Tlv, *, least: int, most: int) -> bytes:
    """Return the value of a TLV, whose length is between the two."""
    if not least <= len(found.value) <= most:
        raise TlvError(f"{len(found.value)} bytes in tag {found.tag:X}")
    return found.value
