"""BER-TLV over raw bytes, in the one form that DER allows.

What was signed is verified over the bytes as they arrived, so a TLV keeps its raw bytes beside its
value, and nothing here re-encodes what it read. Nesting is read one level at a time: `children`
reads the level that the caller asks for, so a deep or a wide message costs what is looked at.

Sources: ITU-T X.690 sections 8.1 and 10.1 (definite length, in as few bytes as it takes).
"""

from collections.abc import Iterator
from typing import NamedTuple

from limosa.foundation.errors import LocalProtocolError, RemoteProtocolError

# All ours: what a peer sends may not make us work or remember without end.
SIZE_MAX = 4 * 1024 * 1024
DEPTH_MAX = 32
CHILDREN_MAX = 8192
TAG_LENGTH_MAX = 4

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MORE = 0x80


class TlvError(RemoteProtocolError):
    """The bytes are not TLVs, or go beyond a limit."""


class Tlv(NamedTuple):
    """One TLV. `tag` is its bytes as a number (0xBF38); `raw` is all of it, as it arrived."""

    tag: int
    value: bytes
    raw: bytes

    @property
    def is_constructed(self) -> bool:
        """Whether the value is TLVs again, as the tag says."""
        return bool(self.raw[0] & _CONSTRUCTED)

    def children(self) -> list["Tlv"]:
        """Return the TLVs in the value. Raises TlvError, also if the tag says there are none."""
        if not self.is_constructed:
            raise TlvError(f"tag {self.tag:X} holds no TLVs")
        return read_all(self.value)


def read_exactly_one(data: bytes) -> Tlv:
    """Return the one TLV that `data` is. Raises TlvError, also on bytes after its end."""
    _check_size(data)
    tlv, end = _read_at(data, 0)
    if end != len(data):
        raise TlvError(f"{len(data) - end} bytes after the end")
    return tlv


def read_all(data: bytes) -> list[Tlv]:
    """Return the TLVs that `data` is made of, one after the other. Raises TlvError."""
    _check_size(data)
    found: list[Tlv] = []
    position, end = 0, len(data)
    while position < end:
        if len(found) == CHILDREN_MAX:
            raise TlvError(f"more than {CHILDREN_MAX} side by side")
        tlv, position = _read_at(data, position)
        found.append(tlv)
    return found


def walk(data: bytes) -> Iterator[tuple[int, Tlv]]:
    """Yield every TLV in `data` with its depth (0 is the outermost), parents before children.

    Raises TlvError, on the way, at the first fault.
    """
    waiting = [(0, tlv) for tlv in reversed(read_all(data))]
    while waiting:
        depth, tlv = waiting.pop()
        yield depth, tlv
        if tlv.is_constructed:
            if depth == DEPTH_MAX - 1:
                raise TlvError(f"nested deeper than {DEPTH_MAX}")
            waiting.extend((depth + 1, child) for child in reversed(tlv.children()))


def encode(tag: int, *parts: bytes) -> bytes:
    """Return the TLV of `tag` whose value is `parts`, joined. Raises LocalProtocolError."""
    value = b"".join(parts)
    return b"".join((_encoded_tag(tag), encode_length(len(value)), value))


def encode_length(length: int) -> bytes:
    """Return a length as DER has it. Raises LocalProtocolError beyond SIZE_MAX."""
    if length < 0x80:
        return bytes((length,))
    if length > SIZE_MAX:
        raise LocalProtocolError(f"a value of more than {SIZE_MAX} bytes")
    count = (length.bit_length() + 7) // 8
    return bytes((0x80 | count,)) + length.to_bytes(count, "big")


def _encoded_tag(tag: int) -> bytes:
    if 0 < tag < 0x100 and tag & _LONG_TAG != _LONG_TAG:
        return bytes((tag,))
    head = tag.to_bytes((tag.bit_length() + 7) // 8, "big")
    try:
        tag_end = _tag_end(head, 0)
    except TlvError as error:
        raise LocalProtocolError(f"{tag:X} is no tag: {error}") from error
    if tag_end != len(head):
        raise LocalProtocolError(f"{tag:X} is more than one tag")
    return head


def _check_size(data: bytes) -> None:
    if len(data) > SIZE_MAX + TAG_LENGTH_MAX + 4:
        raise TlvError(f"more than {SIZE_MAX} bytes")


def _read_at(data: bytes, start: int) -> tuple[Tlv, int]:
    """Return the TLV that begins at `start`, and where it ends."""
    tag_end = _tag_end(data, start)
    length, value_start = _length_at(data, tag_end)
    end = value_start + length
    if end > len(data):
        raise TlvError(f"truncated: {end - len(data)} bytes are missing")
    tag = data[start] if tag_end == start + 1 else int.from_bytes(data[start:tag_end], "big")
    return Tlv(tag, data[value_start:end], data[start:end]), end


def _tag_end(data: bytes, start: int) -> int:
    """Return where the tag that begins at `start` ends."""
    if start >= len(data):
        raise TlvError("truncated before a tag")
    first = data[start]
    if not first:
        raise TlvError("a tag of zero, which marks an end that DER has not")
    if first & _LONG_TAG != _LONG_TAG:
        return start + 1
    for position in range(start + 1, min(start + TAG_LENGTH_MAX, len(data))):
        if not data[position] & _MORE:
            return _long_tag_end(data, start, position + 1)
    raise TlvError("a tag that is truncated, or too long")


def _long_tag_end(data: bytes, start: int, end: int) -> int:
    """Return `end`, unless the tag in more than one byte is not in its shortest form."""
    first = data[start + 1]
    if first == _MORE or (end == start + 2 and first < _LONG_TAG):
        raise TlvError("a tag in more bytes than it takes")
    return end


def _length_at(data: bytes, start: int) -> tuple[int, int]:
    """Return the length that begins at `start`, and where the value begins."""
    if start >= len(data):
        raise TlvError("truncated before a length")
    first = data[start]
    if first < 0x80:
        return first, start + 1
    count = first & 0x7F
    if count == 0:
        raise TlvError("an indefinite length")
    if count > 4:
        raise TlvError(f"a length of {count} bytes")
    length_bytes = data[start + 1 : start + 1 + count]
    if len(length_bytes) < count:
        raise TlvError("truncated in a length")
    length = int.from_bytes(length_bytes, "big")
    if length < 0x80 or length_bytes[0] == 0:
        raise TlvError("a length in more bytes than it takes")
    return length, start + 1 + count
