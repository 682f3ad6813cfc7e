"""What may be shown of a callback: its form and its states, not what grants access or names people.

Suppliers name their members as they like, so this goes by what a value looks like as well, and by
the secrets that we know of the order. When in doubt, it is blotted.
"""

import json
import re
from collections.abc import Collection
from typing import Any

from limosa.foundation.variables import BLOT

SHOWN_MAX = 4_000
_DEPTH_MAX = 20
_NUMBERS_MAX = 20
_SECRET_LENGTH_MIN = 6
# As random_code and place_order make them.
_ORDER_NUMBER = re.compile(r"L-[0-9A-Z]{8}\b", re.ASCII)
# Members whose value is blotted whatever it looks like; by their letters alone, in lower case.
_NAMES = re.compile(
    r"sign|secret|token|password|passwd|activation|lpa|qrcode|matching|confirmation|manualcode"
    r"|imsi|msisdn|imei|mail|phone|mobile"
)
_WHOLE_NAMES = frozenset({"ac", "eid", "pin", "puk", "pin1", "pin2", "puk1", "puk2", "key", "cc"})
_ICCID = re.compile(r"(?<!\d)89\d{12,14}(\d{4})[Ff]?(?![\dA-Za-z])", re.ASCII)
_PATTERNS = (
    (re.compile(r"(?:LPA:)?1\$[^\s\"'<>]+", re.IGNORECASE), BLOT),  # Activation codes.
    (re.compile(r"(https?://[^/\s\"'<>?#]+)[^\s\"'<>]+"), rf"\1/{BLOT}"),  # Pages that show them.
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w.-]+"), BLOT),
    (_ICCID, r"…\1"),
    (re.compile(r"(?<![\w.-])\d{15,}(?![\w.-])", re.ASCII), BLOT),  # EIDs, IMSIs, cards.
)
_LONG_WORD = re.compile(r"[\w+/=-]{24,}", re.ASCII)


def order_numbers_in(body: bytes) -> list[str]:
    """Return the order numbers of ours that a text names, at most twenty. Nothing is believed."""
    found = _ORDER_NUMBER.findall(body.decode(errors="replace"))
    return list(dict.fromkeys(found))[:_NUMBERS_MAX]


def blotted(body: bytes, *, secrets: Collection[str] = (), plain: Collection[str] = ()) -> str:
    """Return what may be shown of a callback's body; JSON with a member on each line.

    `secrets`: never shown, such as the order's activation code. `plain`: values that are shown even
    if they look like a secret, such as its number at the supplier. Bounded.
    """
    text = body.decode(errors="replace")
    known = sorted(
        {one for one in secrets if len(one) >= _SECRET_LENGTH_MIN}, key=len, reverse=True
    )
    shown = frozenset(plain)
    try:
        said = json.loads(text, parse_float=_Literal, parse_int=_Literal)
        text = json.dumps(_clean(said, known, shown, 0), ensure_ascii=False, indent=1)
    except (ValueError, RecursionError):
        text = _clean_text(text, known, shown)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]} …"


class _Literal(str):
    """A number as it stands, which may be an ICCID."""

    __slots__ = ()


def _clean(value: Any, secrets: list[str], plain: frozenset[str], depth: int) -> Any:
    if depth > _DEPTH_MAX:
        return BLOT
    if isinstance(value, dict):
        return {
            _clean_text(name, secrets, plain): BLOT
            if _is_secret(name) and _holds(one)
            else _clean(one, secrets, plain, depth + 1)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_clean(one, secrets, plain, depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    shown = _clean_text(value, secrets, plain)
    is_same_number = isinstance(value, _Literal) and shown == value and value.isdecimal()
    return int(value) if is_same_number else shown


def _clean_text(text: str, secrets: list[str], plain: frozenset[str]) -> str:
    if text in plain:
        return str(text)
    for secret in secrets:
        text = text.replace(secret, BLOT)
    for pattern, shown in _PATTERNS:
        text = pattern.sub(shown, text)
    return _LONG_WORD.sub(_without_tokens, text)


def _without_tokens(word: re.Match[str]) -> str:
    """A long word of letters and digits is a token or a signature."""
    is_mixed = re.search(r"\d", word[0]) and re.search(r"[A-Za-z]", word[0])
    return BLOT if is_mixed else word[0]


def _is_secret(name: str) -> bool:
    letters = re.sub(r"[^0-9a-z]", "", name.casefold())
    return letters in _WHOLE_NAMES or _NAMES.search(letters) is not None


def _holds(value: Any) -> bool:
    """Whether there is anything to hide: that a member is empty may be told."""
    return value not in (None, "", [], {}) and not isinstance(value, bool)
