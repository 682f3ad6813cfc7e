"""Cutting a Bound Profile Package into what the card takes at a time.

Source: SGP.22 section 2.5.5.
"""

from dataclasses import dataclass

from limosa.protocols.sgp22.tlv import Tlv, TlvError, read_exactly_one

_MAC_BYTES = 8


@dataclass(frozen=True, slots=True)
class CutPackage:
    """The segments in their order, and the metadata in them, which is not encrypted."""

    segments: tuple[bytes, ...]
    metadata: bytes


def cut_package(data: bytes) -> CutPackage:
    """Raises TlvError if `data` is not a Bound Profile Package."""
    package = read_exactly_one(data)
    if package.tag != 0xBF36:
        raise TlvError(f"tag {package.tag:X} where a bound profile package was expected")
    parts = package.children()
    tags = [part.tag for part in parts]
    if tags not in ([0xBF23, 0xA0, 0xA1, 0xA3], [0xBF23, 0xA0, 0xA1, 0xA2, 0xA3]):
        raise TlvError("its parts are not those of a bound profile package")
    initialise, configure, stored, *keys, profile = parts
    metadata = b"".join(part.value[:-_MAC_BYTES] for part in stored.children())
    segments = [_head(package) + initialise.raw, *_with_first(configure)]
    segments += [_head(stored), *(part.raw for part in stored.children())]
    for part in keys:
        segments += _with_first(part)
    segments += [_head(profile), *(part.raw for part in profile.children())]
    return CutPackage(tuple(segments), metadata)


def _head(tlv: Tlv) -> bytes:
    return tlv.raw[: len(tlv.raw) - len(tlv.value)]


def _with_first(sequence: Tlv) -> list[bytes]:
    """Return a sequence's first segment together with the sequence's head, and then the others."""
    children = [part.raw for part in sequence.children()]
    if not children:
        raise TlvError("a sequence without segments")
    return [_head(sequence) + children[0], *children[1:]]
