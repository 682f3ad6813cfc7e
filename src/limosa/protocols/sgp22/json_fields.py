"""Strict reading of JSON bodies: every field is of its type and form, or the message is refused.

Sources: SGP.22 section 6.5 (JSON binding); RFC 4648 section 4 (base 64: its alphabet, and no
bits to spare; some phones break it into lines, and some leave the padding out); RFC 8259 (JSON,
whose names are not repeated).
"""

import base64
import json
import re
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from limosa.protocols.sgp22.refusal import RspRefusal
from limosa.protocols.sgp22.status import RspStatus

BODY_LENGTH_MAX = 64 * 1024  # Ours: the longest request of ES9+ and ES2+ has some 5 kB.
Value = TypeVar("Value")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9:]{5})")


class JsonFields:
    """The fields of one JSON object. Every reader raises RspRefusal, and never anything else."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @classmethod
    def of(cls, body: bytes) -> "JsonFields":
        """Return the fields of the object that a body is."""
        if len(body) > BODY_LENGTH_MAX:
            raise _malformed(f"a body of {len(body)} bytes")
        try:
            values = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise _malformed("not JSON") from error
        if not isinstance(values, dict):
            raise _malformed("not an object")
        return cls(values)

    def has(self, name: str) -> bool:
        """Tell whether a field is there; one that is null is not."""
        return self._values.get(name) is not None

    def text(self, name: str, pattern: str | None = None, *, length_max: int = 255) -> str:
        """Return a text, all of which matches the pattern, or without one is printable."""
        value = self._found(name, str)
        is_right = re.fullmatch(pattern, value) if pattern else value.isprintable()
        if len(value) > length_max or not is_right:
            raise _malformed(f"{name} has another form")
        return value

    def text_if(self, name: str, pattern: str | None = None) -> str:
        """Return a text, or nothing if the field is not there."""
        return self.text(name, pattern) if self.has(name) else ""

    def truth(self, name: str) -> bool:
        """Return true or false."""
        return self._found(name, bool)

    def number(self, name: str, *, least: int, most: int) -> int:
        """Return a whole number between the two."""
        value = self._found(name, int)
        if isinstance(value, bool) or not least <= value <= most:
            raise _malformed(f"{name} is out of range")
        return value

    def fields(self, name: str) -> "JsonFields":
        """Return the fields of an object inside."""
        return JsonFields(self._found(name, dict))

    def octets(self, name: str) -> bytes:
        """Return bytes that are written in base 64, perhaps in lines, and perhaps without the
        padding at the end."""
        text = self._found(name, str).replace("\r\n", "").replace("\n", "")
        padded = text if text.endswith("=") else text + "=" * (-len(text) % 4)
        try:
            found = base64.b64decode(padded, validate=True)
        except (Base64Error, ValueError) as error:
            raise _malformed(f"{name} is not base 64") from error
        if base64.b64encode(found).decode() != padded:
            raise _malformed(f"{name} is base 64 with bits to spare")
        return found

    def transaction_id(self) -> bytes:
        """Return the transaction id, which is 1 to 16 bytes in hexadecimal."""
        return bytes.fromhex(self.text("transactionId", r"([0-9A-Fa-f]{2}){1,16}"))

    def timestamp(self, name: str) -> datetime:
        """Return a time with its zone."""
        try:
            return datetime.fromisoformat(self.text(name, _TIMESTAMP.pattern))
        except ValueError as error:
            raise _malformed(f"{name} is no time") from error

    def _found(self, name: str, kind: type[Value]) -> Value:
        value = self._values.get(name)
        if value is None:
            raise RspRefusal(RspStatus.ELEMENT_MISSING, f"{name} is missing")
        if not isinstance(value, kind):
            raise _malformed(f"{name} is of another type")
        return value


def encode_octets(data: bytes) -> str:
    """Return bytes as base 64."""
    return base64.b64encode(data).decode()


def encode_body(values: Mapping[str, object]) -> bytes:
    """Return an object as JSON, without spaces."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name that is repeated")
    return found


def _malformed(detail: str) -> RspRefusal:
    return RspRefusal(RspStatus.MALFORMED, detail)
