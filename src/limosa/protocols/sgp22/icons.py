"""What a profile's icon must be: a PNG or a JPEG of 64 by 64 pixels, by its own header.

Sources: SGP.22 section 5.5.3 (icon); PNG, third edition, section 11.2.1 (IHDR); ITU-T T.81 annex B
(JPEG: markers and frame headers).
"""

import struct

from limosa.foundation.errors import LocalProtocolError

SIDE_PIXELS = 64
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_HEADER = struct.Struct(">I4sII")  # The first chunk: its length, its name, width, height.
_PNG_HEADER_LENGTH = 13
_JPEG = b"\xff\xd8"
# Markers that begin a frame; the others among them are of tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}  # Markers without a segment.
_SCAN, _END = 0xDA, 0xD9


def check_icon(icon: bytes) -> None:
    """Raise LocalProtocolError unless it is a PNG or a JPEG of that size.

    Only the header is read: whether a device can show the rest is not known here.
    """
    found = _png_size(icon) if icon.startswith(_PNG) else _jpeg_size(icon)
    if found is None:
        raise LocalProtocolError(
            f"an icon is a PNG or a JPEG of {SIDE_PIXELS} x {SIDE_PIXELS} pixels"
        )
    if found != (SIDE_PIXELS, SIDE_PIXELS):
        raise LocalProtocolError(
            f"an icon of {found[0]} x {found[1]} pixels; it has {SIDE_PIXELS} x {SIDE_PIXELS}"
        )


def _png_size(icon: bytes) -> tuple[int, int] | None:
    """Return width and height; None: it has no header."""
    if len(icon) < len(_PNG) + _PNG_HEADER.size:
        return None
    length, name, width, height = _PNG_HEADER.unpack_from(icon, len(_PNG))
    return (width, height) if (length, name) == (_PNG_HEADER_LENGTH, b"IHDR") else None


def _jpeg_size(icon: bytes) -> tuple[int, int] | None:
    """Return width and height, of the first frame; None: it is none."""
    if not icon.startswith(_JPEG):
        return None
    at = len(_JPEG)
    while at + 4 <= len(icon) and icon[at] == 0xFF:
        marker = icon[at + 1]
        if marker == 0xFF or marker in _ALONE:  # The first: any number of them may fill a gap.
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(icon[at + 2 : at + 4])
        if marker in (_SCAN, _END) or length < 2:
            return None
        if marker in _FRAMES:
            return _frame_size(icon[at + 4 : at + 2 + length])
        at += 2 + length
    return None


def _frame_size(header: bytes) -> tuple[int, int] | None:
    """Return width and height by a frame header, which begins with the precision."""
    if len(header) < 5:
        return None
    height, width = struct.unpack_from(">HH", header, 1)
    return width, height
