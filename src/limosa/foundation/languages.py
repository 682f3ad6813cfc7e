"""The languages of pages and mails, and their date and time formats.

English is the source language. `locale` and the patterns are CLDR's; `plural` is gettext's rule, as
in Django's own catalogues.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


def gettext_noop(text: str) -> str:
    """Mark a text for translation without a framework; it is translated when displayed."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """`code` as in Django, `tag` as in HTML. `name`: in English; `own_name`: in the language
    itself.

    `joint` separates a day from a time; `moment` is both with a place, for mails. `number_words`
    may stand for digits in a text: numbers in translations are compared by them.
    """

    code: str
    tag: str
    name: str
    own_name: str
    locale: str
    plural: str
    day: str
    day_with_year: str
    clock: str
    clock_with_seconds: str
    joint: str
    moment: str
    number_words: Mapping[str, int] = field(default_factory=dict)


_SIMPLIFIED_CHINESE = Language(
    code="zh-hans",
    tag="zh-Hans",
    name=gettext_noop("Simplified Chinese"),
    own_name="简体中文",
    locale="zh_Hans_CN",
    plural="nplurals=1; plural=0;",
    day="M月d日",
    day_with_year="y年M月d日",
    clock="HH:mm",
    clock_with_seconds="HH:mm:ss",
    joint=" ",
    moment="y年M月d日 HH:mm（{}）",
)
_ENGLISH_NUMBERS = {"twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60} | {
    word: value
    for value, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2
    )
}
_SPANISH_NUMBERS = {"doce": 12, "quince": 15, "veinte": 20, "treinta": 30, "sesenta": 60} | {
    word: value
    for value, word in enumerate(
        ["dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"], 2
    )
}
LANGUAGES = (
    _SIMPLIFIED_CHINESE,
    replace(
        _SIMPLIFIED_CHINESE,
        code="zh-hant",
        tag="zh-Hant",
        name=gettext_noop("Traditional Chinese"),
        own_name="繁體中文",
        locale="zh_Hant_TW",
    ),
    Language(
        code="en",
        tag="en",
        name=gettext_noop("English"),
        own_name="English",
        locale="en_US",
        plural="nplurals=2; plural=(n != 1);",
        day="MMM d",
        day_with_year="MMM d, y",
        clock="h:mm\u00a0a",
        clock_with_seconds="h:mm:ss\u00a0a",
        joint=", ",
        moment="MMM d, y h:mm\u202fa ({})",
        number_words=_ENGLISH_NUMBERS,
    ),
    Language(
        code="es",
        tag="es",
        name=gettext_noop("Spanish"),
        own_name="Español",
        locale="es_US",
        # CLDR's three forms; Babel knows fewer.
        plural="nplurals=3; plural=(n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2);",
        day="d MMM",
        day_with_year="d MMM y",
        clock="HH:mm",
        clock_with_seconds="HH:mm:ss",
        joint=", ",
        moment="d MMM y, HH:mm ({})",
        number_words=_SPANISH_NUMBERS,
    ),
)
BY_CODE = {language.code: language for language in LANGUAGES}
SOURCE = BY_CODE["en"]


def language_of(code: str | None) -> Language:
    """Return the language with a code, or English if there is none."""
    return BY_CODE.get(code or SOURCE.code, SOURCE)
