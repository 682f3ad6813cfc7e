"""What a text says of the plan itself: unlimited, 5G, for how long, how much."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from limosa.domain.search.engine.normalising import QUERY_LENGTH_MAX, plain
from limosa.domain.search.engine.typing_errors import is_one_error

_GB = 10**9
_DAYS = {
    "half-month": 14,
    "day": 1,
    "week": 7,
    "month": 28,
    "quarter": 89,
    "half": 180,
    "year": 360,
}
# What a plan needs at least; above it, a text means something else.
_DAYS_MAX = 3_660
_GB_MAX = 10_000


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What a plan has to be. `days`, `volume_bytes`: at least; a month is met by 28 days.
    `generation`: a network of it or a faster one, "4G" or "5G"; empty: any. `has_tethering`: its
    data may be shared; `has_number`: it has a phone number."""

    is_unlimited: bool = False
    generation: str = ""
    days: int = 0
    volume_bytes: int = 0
    has_tethering: bool = False
    has_number: bool = False

    def __bool__(self) -> bool:
        return self != PlanWords()


_NUMBERS = {
    "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
    "九": 9, "十": 10, "a": 1, "one": 1, "two": 2, "three": 3, "un": 1, "una": 1, "dos": 2,
    "tres": 3,
}  # fmt: skip
_NUMBER = rf"(?P<number>\d{{1,5}}(?:[.,]\d)?|[{''.join(n for n in _NUMBERS if n > 'z')}]"
_COUNT = rf"{_NUMBER}|\b(?:one|two|three|un|una|dos|tres|a)\b)[\s-]*(?:个|個)?"
_END = r"(?![a-z])"
_UNITS = {
    "day": rf"days?{_END}|dias?{_END}|d{_END}|天|日(?!本)|tian{_END}",
    "week": rf"weeks?{_END}|semanas?{_END}|周|週|星期|礼拜|禮拜",
    "month": rf"months?{_END}|mes(?:es)?{_END}|mo{_END}|月",
    "quarter": rf"quarters?{_END}|trimestres?{_END}|季度?",
    "year": rf"years?{_END}|an(?:y|n)?os?{_END}|yr{_END}|年",
}
_ALONE = {
    "half-month": rf"half[ -]?(?:a[ -])?month{_END}|medio mes{_END}|quincena{_END}|半(?:个|個)?月",
    "half": rf"half[\s-]?year{_END}|medio an(?:y|n)?o{_END}|半年",
    "month": rf"\bmonth(?:ly)?{_END}|\bmes{_END}|\bmensual(?:es)?{_END}|包月|月卡|每月|按月",
    "quarter": rf"\bquarter(?:ly)?{_END}|\btrimestral(?:es)?{_END}|季卡|包季|季度",
    "week": rf"\bweek(?:ly)?{_END}|\bsemanal(?:es)?{_END}|一周|周卡|週卡",
    "year": rf"\b(?:year(?:ly)?|annual){_END}|\banual(?:es)?{_END}|年卡|包年|全年",
}
_UNLIMITED = re.compile(
    rf"\bunlimited{_END}|\bunltd{_END}|\bno limits?{_END}|\blimitless{_END}"
    rf"|\bilimitad[oa]s?{_END}|\bsin limites?{_END}"
    rf"|\bwu ?xian(?: ?liu ?liang)?{_END}|\bbu ?xian(?: ?liu ?)?liang{_END}"
    r"|(?:吃到饱|吃到飽|无限|無限|不限制|不限)(?:量|流量|数据|數據|上网|上網)*"
)
_GENERATION = re.compile(rf"(?<!\d)(?:(?P<fifth>5)\s?g|4\s?g|lte)(?:\+|{_END})(?!\d)")
_VOLUME = re.compile(
    r"(?P<number>\d{1,5}(?:[.,]\d{1,2})?)\s*(?P<unit>gb|gigas?|g|mb|m|tb|个g)(?![a-z0-9])"
)
_TETHERING = re.compile(
    rf"\b(?:personal )?hot ?spots?{_END}|\btether(?:ing)?{_END}"
    rf"|\bcompartir (?:internet|datos){_END}"
    r"|(?:个人|個人)?(?:热点|熱點)(?:共享|分享)?|网络共享|網路共享"
)
_PHONE_NUMBER = re.compile(
    rf"\b(?:with )?(?:a )?(?:phone )?numbers?{_END}|\bnumeros?(?: de telefono)?{_END}"
    r"|(?:带|帶|有)?(?:电话|電話|手机|手機)(?:号码|號碼|号|號)|(?:带|帶|有)(?:号码|號碼)"
)
# Whoever mistypes these names no place.
_CORRECTED = ("unlimited", "ilimitado", "ilimitada", "ilimitados", "hotspot", "tethering")
_LATIN = re.compile(r"[a-z]{5,}", re.IGNORECASE)
_Take = Callable[[PlanWords, "re.Match[str]"], PlanWords | None]


def plan_words(text: str, *, is_exact: bool = False) -> tuple[PlanWords, str]:
    """Return what a text says of the plan, and the rest of it, in which "+" stands instead.

    is_exact: no typing error is corrected.
    """
    rest, words = _folded(text), PlanWords()
    if not is_exact:
        rest = _LATIN.sub(_corrected, rest)
    for pattern, take in _RULES:
        for match in list(pattern.finditer(rest)):
            taken = take(words, match)
            if taken is None:
                continue
            words = taken
            begin, end = match.span()
            rest = rest[:begin] + "+" * (end - begin) + rest[end:]
    return words, rest


def _corrected(match: "re.Match[str]") -> str:
    typed = match.group()
    return next((one for one in _CORRECTED if is_one_error(typed.casefold(), one)), typed)


def _folded(text: str) -> str:
    """Return the text with each letter plain, as long as it was: capitals stay where they are
    single letters."""
    return "".join(
        letter if letter.isascii() and letter.isupper() else plain(letter) or " "
        for letter in text[:QUERY_LENGTH_MAX]
    )


def _unlimited(words: PlanWords, match: "re.Match[str]") -> PlanWords:
    del match
    return replace(words, is_unlimited=True)


def _tethering(words: PlanWords, match: "re.Match[str]") -> PlanWords:
    del match
    return replace(words, has_tethering=True)


def _phone_number(words: PlanWords, match: "re.Match[str]") -> PlanWords:
    del match
    return replace(words, has_number=True)


def _generation(words: PlanWords, match: "re.Match[str]") -> PlanWords:
    return replace(words, generation="5G" if match["fifth"] else words.generation or "4G")


def _span(unit: str) -> _Take:
    def take(words: PlanWords, match: "re.Match[str]") -> PlanWords | None:
        typed = match.groupdict().get("number") or "1"
        folded = typed.casefold().replace(",", ".")
        count = _NUMBERS[folded] if folded in _NUMBERS else float(folded)
        days = int(count * _DAYS[unit])
        if not 0 < days <= _DAYS_MAX:
            return None
        return replace(words, days=max(words.days, days))

    return take


def _volume(words: PlanWords, match: "re.Match[str]") -> PlanWords | None:
    unit = match["unit"].casefold()
    size = float(match["number"].replace(",", "."))
    gigabytes = size / 1000 if unit.startswith("m") else size * 1000 if unit == "tb" else size
    if not 0 < gigabytes <= _GB_MAX:
        return None
    return replace(words, volume_bytes=max(words.volume_bytes, int(gigabytes * _GB)))


def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern, re.IGNORECASE)


_RULES: list[tuple["re.Pattern[str]", _Take]] = [
    (_compiled(_UNLIMITED.pattern), _unlimited),
    (_compiled(_TETHERING.pattern), _tethering),
    (_compiled(_PHONE_NUMBER.pattern), _phone_number),
    *((_compiled(_ALONE[unit]), _span(unit)) for unit in ("half", "half-month")),
    *((_compiled(f"{_COUNT}(?:{pattern})"), _span(unit)) for unit, pattern in _UNITS.items()),
    *((_compiled(pattern), _span(unit)) for unit, pattern in _ALONE.items() if "half" not in unit),
    (_compiled(_GENERATION.pattern), _generation),
    (_compiled(_VOLUME.pattern), _volume),
]
