"""The long numbers that a device shows on `*#06#`: EID, IMEI, and what is mistaken for them.

Sources: SGP.29 (EID: 32 digits that begin with 89, remainder 1 modulo 97); 3GPP TS 23.003 section 6
(IMEI: 15 digits, the last by Luhn; IMEISV: 16 digits without one).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from limosa.foundation.identifiers import luhn_digit

# Digits as devices and people group them; a line break inside a number is tried afterwards.
_RUN = re.compile(r"[0-9](?:[ \t./:-]{0,3}[0-9])*")
_BROKEN = re.compile(r"[0-9](?:[\s./:-]{0,4}[0-9])*")
# "IMEI 1", "IMEI (slot 2)", "IMEI2": the figure belongs to the label.
_LABEL = re.compile(
    r"(?:imei(?:sv)?|meid|eid)[ \t]*\(?(?:slot|sim|卡槽|卡)?[ \t]*[0-9]?\)?(?=[^0-9])"
)
_LABEL_DIGIT = re.compile(r"(?:imei(?:sv)?|meid)[12](?=[ \t:]+[0-9])")
# A figure of a name or of a code before the number: "Pixel 8 490154203237518".
_FIGURE = re.compile(r"[0-9]{1,4}[ \t]{1,3}(?=[0-9])")
_SHORTEST = 14


class Kind(StrEnum):
    """What a long number is."""

    EID = "eid"
    IMEI = "imei"
    SIM = "sim"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class LongNumbers:
    """Which long numbers a text has, and the text without them."""

    kinds: frozenset[Kind]
    rest: str


def is_eid(digits: str) -> bool:
    """Tell whether these are an EID's digits."""
    return re.fullmatch(r"89[0-9]{30}", digits) is not None and int(digits) % 97 == 1


def is_imei(digits: str) -> bool:
    """Tell whether these are an IMEI's digits, or an IMEISV's, which have no check digit."""
    if re.fullmatch(r"[0-9]{15,16}", digits) is None or not digits.strip("0"):
        return False
    return len(digits) == 16 or luhn_digit(digits[:-1]) == digits[-1]


def long_numbers(text: str) -> LongNumbers:
    """Return what the long numbers in a text are. `text`: in lower case, of plain characters."""
    bare = _LABEL.sub(" | ", _LABEL_DIGIT.sub(" | ", text))
    kinds, rest = _read(bare, _RUN)
    if Kind.EID not in kinds and len(re.sub(r"[^0-9]", "", bare)) >= 32:
        broken, other = _read(bare, _BROKEN)
        if Kind.EID in broken:
            return LongNumbers(broken - {Kind.MISTYPED}, other)
    return LongNumbers(kinds, rest)


def _read(text: str, runs: re.Pattern[str]) -> tuple[frozenset[Kind], str]:
    kinds: set[Kind] = set()

    def taken(found: re.Match[str]) -> str:
        figure, number = _apart(found[0])
        kind = _kind(number)
        if kind is None:
            return found[0]
        kinds.add(kind)
        return f"{figure} "

    rest = runs.sub(taken, text)
    return frozenset(kinds), rest


def _apart(run: str) -> tuple[str, str]:
    """Return the figure that stands before a number, if there is one, and the number."""
    figure = _FIGURE.match(run)
    if figure is None or _kind(run) in (Kind.EID, Kind.SIM):
        return "", run
    number = run[figure.end() :]
    digits = re.sub(r"[^0-9]", "", number)
    is_checked = is_eid(digits) or (len(digits) == 15 and is_imei(digits))
    return (figure[0], number) if is_checked else ("", run)


def _kind(run: str) -> Kind | None:
    digits = re.sub(r"[^0-9]", "", run)
    if len(digits) < _SHORTEST:
        return None
    if is_eid(digits):
        return Kind.EID
    if is_imei(digits) or (re.search(r"/ ?[0-9]{1,2}$", run) and is_imei(digits[:15])):
        return Kind.IMEI
    if digits.startswith("89") and 18 <= len(digits) <= 22:
        return Kind.SIM
    return Kind.MISTYPED
