"""The few ASN.1 types that SGP.22 uses, on top of the TLV codec.

Readers take a TLV's value and raise TlvError for anything that DER doesn't allow.
"""

from collections.abc import Iterable, Sequence

from limosa.protocols.sgp22.tlv import Tlv, TlvError, encode, read_exactly_one

SEQUENCE = 0x30
BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
OID = 0x06
UTF8_STRING = 0x0C

_INTEGER_BYTES_MAX = 8
_OID_BYTES_MAX = 64


def integer(value: int, *, tag: int = INTEGER) -> bytes:
    """Encode an integer of 0 or more."""
    return encode(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def read_integer(value: bytes) -> int:
    """Return an integer of 0 or more, in at most eight bytes."""
    if not 0 < len(value) <= _INTEGER_BYTES_MAX or value[0] & 0x80:
        raise TlvError("not an integer of 0 or more")
    if len(value) > 1 and value[0] == 0 and not value[1] & 0x80:
        raise TlvError("an integer with a needless zero in front")
    return int.from_bytes(value, "big")


def read_boolean(value: bytes) -> bool:
    if value not in {b"\x00", b"\xff"}:
        raise TlvError("not a boolean")
    return value == b"\xff"


def text(value: str, *, tag: int = UTF8_STRING) -> bytes:
    return encode(tag, value.encode())


def read_text(value: bytes, *, longest: int = 1024) -> str:
    """Return UTF-8 text of at most `longest` bytes."""
    if len(value) > longest:
        raise TlvError(f"a text of more than {longest} bytes")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise TlvError("not UTF-8") from error


def named_bits(numbers: Iterable[int], *, tag: int = BIT_STRING) -> bytes:
    """Encode the bits that are set; bit 0 is the first. DER leaves out zeros at the end."""
    found = set(numbers)
    if not found:
        return encode(tag, b"\x00")
    size = max(found) + 1
    count = (size + 7) // 8
    spare = count * 8 - size
    whole = sum(1 << (count * 8 - 1 - number) for number in found)
    return encode(tag, bytes((spare,)) + whole.to_bytes(count, "big"))


def read_named_bits(value: bytes) -> frozenset[int]:
    """Return the numbers of the bits that are set."""
    if not value or value[0] > 7 or (len(value) == 1 and value[0]):
        raise TlvError("not a bit string")
    bits = value[1:]
    if bits and bits[-1] & ((1 << value[0]) - 1):
        raise TlvError("a bit string whose spare bits are set")
    return frozenset(
        index * 8 + place
        for index, byte in enumerate(bits)
        for place in range(8)
        if byte & (0x80 >> place)
    )


def oid_value(dotted: str) -> bytes:
    """Return the value of an OBJECT IDENTIFIER, without its tag."""
    first, second, *others = (int(arc) for arc in dotted.split("."))
    return b"".join(_arc(number) for number in (first * 40 + second, *others))


def read_oid(value: bytes) -> str:
    """Return the dotted form of an OBJECT IDENTIFIER's value."""
    if not 0 < len(value) <= _OID_BYTES_MAX or value[-1] & 0x80:
        raise TlvError("not an object identifier")
    numbers, current, starts = [], 0, True
    for byte in value:
        if starts and byte == 0x80:
            raise TlvError("an object identifier with a needless zero")
        current = current << 7 | byte & 0x7F
        starts = not byte & 0x80
        if starts:
            numbers.append(current)
            current = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - first * 40, *numbers[1:]))


def read_one(data: bytes, *, tag: int) -> Tlv:
    """Return the one TLV that `data` is. Raises TlvError if it has another tag."""
    found = read_exactly_one(data)
    if found.tag != tag:
        raise TlvError(f"tag {found.tag:X} where {tag:X} was expected")
    return found


class Fields:
    """The TLVs inside another one, to be taken in their order.

    `finish` refuses what nobody took: SGP.22's types are extensible, but what this card doesn't
    know it can't honour, and a server of ours has no reason to send it.
    """

    def __init__(self, parent: Tlv | Sequence[Tlv]) -> None:
        self._left = list(parent.children() if isinstance(parent, Tlv) else parent)

    def take(self, tag: int) -> Tlv:
        """Return the next field. Raises TlvError if it has another tag, or there is none."""
        found = self.take_if(tag)
        if found is None:
            was = f"{self._left[0].tag:X}" if self._left else "the end"
            raise TlvError(f"{was} where tag {tag:X} was expected")
        return found

    def take_if(self, tag: int) -> Tlv | None:
        """Return the next field if it has this tag, and None otherwise."""
        if self._left and self._left[0].tag == tag:
            return self._left.pop(0)
        return None

    def finish(self) -> None:
        """Raise TlvError if a field is left."""
        if self._left:
            raise TlvError(f"tag {self._left[0].tag:X} is not expected here")


def _arc(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))
