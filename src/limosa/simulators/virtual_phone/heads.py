"""The head of a TLV whose value arrives later: its tag and its length.

The card reads heads from segments, and the LPA cuts segments at them.
"""

from typing import NamedTuple

from limosa.protocols.sgp22.tlv import TlvError


class Head(NamedTuple):
    """`size` is the number of bytes of the tag and the length, `length` that of the value."""

    tag: int
    length: int
    size: int


def read_head(data: bytes) -> Head:
    """Return the head that `data` begins with, in DER's form. Raises TlvError."""
    tag_size = 2 if data[:1] and data[0] & 0x1F == 0x1F else 1
    if len(data) <= tag_size:
        raise TlvError("truncated in a head")
    tag, first = int.from_bytes(data[:tag_size], "big"), data[tag_size]
    if first < 0x80:
        return Head(tag, first, tag_size + 1)
    count = first & 0x7F
    end = tag_size + 1 + count
    length = int.from_bytes(data[tag_size + 1 : end], "big")
    if not 1 <= count <= 3 or len(data) < end or length < max(0x80, 1 << 8 * (count - 1)):
        raise TlvError("a head whose length is wrong")
    return Head(tag, length, end)
