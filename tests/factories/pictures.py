"""The beginnings of pictures: as much as says how large they are."""

import struct
import zlib


def png(width: int, height: int, *, name: bytes = b"IHDR") -> bytes:
    """Return a PNG that ends after its first chunk."""
    header = name + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk
