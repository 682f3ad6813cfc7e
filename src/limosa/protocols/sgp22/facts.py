"""What a shell stores between two calls, as bytes that only this package reads.

A record is a frozen dataclass whose fields are bytes, text or truths. It is written as its name and
its fields in their order, so it is read back by code that has the same fields, or not at all.
"""

from dataclasses import fields
from typing import Self

from limosa.foundation.errors import LocalProtocolError
from limosa.protocols.sgp22 import tlv
from limosa.protocols.sgp22.der_values import (
    BOOLEAN,
    OCTETS,
    SEQUENCE,
    UTF8,
    boolean,
    encode_boolean,
    text,
)
from limosa.protocols.sgp22.tlv import Tlv, TlvError


class Facts:
    """The base of records. Subclasses are frozen dataclasses of bytes, str and bool."""

    __slots__ = ()

    def to_bytes(self) -> bytes:
        """Return the record as bytes, to be stored."""
        values = (getattr(self, name) for name in _names(type(self)))
        return tlv.encode(SEQUENCE, _encode(type(self).__name__), *map(_encode, values))

    @classmethod
    def from_bytes(cls, data: bytes | memoryview) -> Self:
        """Return the record that was stored. Raises LocalProtocolError if it is another's."""
        try:
            name, *values = map(_decode, tlv.read_exactly_one(bytes(data)).children())
            return cls(**dict(zip(_names(cls, name), values, strict=True)))
        except (TlvError, ValueError) as error:
            raise LocalProtocolError(f"no stored {cls.__name__}") from error


def _names(kind: type[Facts], name: object = None) -> list[str]:
    if name not in (None, kind.__name__):
        raise ValueError(f"{name} is no {kind.__name__}")
    return [field.name for field in fields(kind)]  # type: ignore[arg-type]  # Subclasses are.


def _encode(value: object) -> bytes:
    match value:
        case bool():
            return encode_boolean(BOOLEAN, value)
        case bytes():
            return tlv.encode(OCTETS, value)
        case str():
            return tlv.encode(UTF8, value.encode())
        case _:
            raise LocalProtocolError(f"{type(value).__name__} in a record")


def _decode(child: Tlv) -> bytes | str | bool:
    if child.tag == BOOLEAN:
        return boolean(child.value)
    return text(child.value) if child.tag == UTF8 else child.value
