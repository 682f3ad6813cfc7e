"""TGT's callbacks: their signature, and what they say of an order."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from typing import Any

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CallbackUnreadableError,
    Delivered,
    Pending,
    Refused,
    SupplierCallback,
    SupplyNews,
)
from limosa.domain.connectivity.engine.foreign_values import (
    Fields,
    as_object,
    read_json,
    read_text,
    read_whole,
)
from limosa.domain.connectivity.suppliers.tgt import wire
from limosa.foundation.errors import ProviderError

_SIGN = "sign"
_ISSUED, _RENEWED, _PUSHED = 1, 2, 3
# Ours: one order is less than a kilobyte, and all of it is sorted before anything is believed.
_BYTES_MAX = 64 * 1024
_DEPTH_MAX = 20
_OUR_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)


class _Number(str):
    """A number as it stands in the JSON, which is how it is signed."""

    __slots__ = ()


def read_notification(body: bytes, *, secret: str) -> SupplierCallback:
    """Return what a callback says. Raises CallbackRefusedError.

    An order is delivered by it only with all that an eSIM needs; else it only makes us ask.
    """
    if len(body) > _BYTES_MAX:
        raise CallbackRefusedError("too_long")
    try:
        said = as_object(_parse(body), "envelope")
        sign = said.get(_SIGN)
    except (ProviderError, ValueError, RecursionError):
        raise CallbackRefusedError("malformed") from None
    if not isinstance(sign, str) or not is_signed(said, sign, secret=secret):
        raise CallbackRefusedError("signature_wrong")
    try:
        return _read(as_object(read_json(body), "envelope"))
    except ProviderError as error:
        raise CallbackUnreadableError("malformed") from error


def is_signed(said: Fields, sign: str, *, secret: str) -> bool:
    """Whether the supplier signed this: md5 of all members with their paths, in order, between the
    secret. Two of its clients differ on how arrays are written, so either way counts."""
    for arrays_as_json in (False, True):
        try:
            parts = sorted(_parts(said, "", arrays_as_json=arrays_as_json, depth=0))
            text = f"{secret}{''.join(parts)}{secret}".encode()
        except (ValueError, RecursionError):  # Nested too deeply, or characters that are none.
            return False
        digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
        if hmac.compare_digest(digest.encode(), sign.lower().encode(errors="replace")):
            return True
    return False


def _parse(body: bytes) -> Any:
    return json.loads(body, parse_float=_Number, parse_int=_Number, parse_constant=_Number)


def _parts(value: Any, path: str, *, arrays_as_json: bool, depth: int) -> Iterator[str]:
    if depth > _DEPTH_MAX:
        raise ValueError("nested too deeply")
    if value is None or value == "":
        return
    if isinstance(value, list) and arrays_as_json:
        yield path + _compact(value)
        return
    members: Iterator[tuple[str, Any]]
    if isinstance(value, dict):
        members = ((name, one) for name, one in value.items() if name != _SIGN)
    elif isinstance(value, list):
        members = ((str(index), one) for index, one in enumerate(value))
    else:
        yield path + (_compact(value) if isinstance(value, bool) else str(value))
        return
    for name, one in members:
        inner = f"{path}.{name}" if path else name
        yield from _parts(one, inner, arrays_as_json=arrays_as_json, depth=depth + 1)


def _compact(value: Any) -> str:
    """Return JSON without blanks, with numbers as they stood."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{_compact(str(name))}:{_compact(one)}" for name, one in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _read(said: Fields) -> SupplierCallback:
    data = as_object(said.get("data"), "data")
    kind = read_whole(data if "eventType" in data else said, "eventType")
    code = read_text(said, "code")
    told = data.get("orderInfo")
    rows = [as_object(row, "orderInfo") for row in (told if isinstance(told, list) else [told])]
    news = tuple(_news(row, kind, is_done=code in ("", "0000")) for row in rows)
    names = [str(kind), code, read_text(data, "idempotencyKey")]
    names += [f"{one.reference} {type(one.answer).__name__}" for one in news]
    message_id = hashlib.sha256("\0".join(names).encode()).hexdigest()
    return SupplierCallback(message_id=message_id, news=news)


def _news(row: Fields, kind: int | None, *, is_done: bool) -> SupplyNews:
    order = wire.read_order(row)
    number = order.number if _OUR_NUMBER.fullmatch(order.number) else ""
    answer: Delivered | Pending | Refused = Pending(reference=order.reference)
    if is_done and kind in (_ISSUED, _RENEWED):
        meant = order.as_answer(is_renewal=kind == _RENEWED)
        # Whether an undone order was ever delivered is for us to ask.
        answer = meant if isinstance(meant, Delivered) else answer
    return SupplyNews(number=number, reference=order.reference, answer=answer)
