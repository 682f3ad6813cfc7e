"""Countries and regions, by ISO 3166 code, named and sorted for people."""

from functools import cache

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from limosa.web.wording import formatting

# CLDR also lists unions, and places without a population of their own.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
_SHORT: dict[str, str | Promise] = {
    "HK": _("Hong Kong"),
    "MO": _("Macao"),
    "TW": _("Taiwan"),
}
CODES = frozenset(
    code
    for code in map(str, Locale.parse("en").territories)
    if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
)
# Level one of both character sets is in the order in which people look: by pinyin, and by strokes.
_CHARSETS = {"zh-hans": "gb18030", "zh-hant": "big5"}


def name(code: str) -> str:
    """Return the name of a country in the active language."""
    return str(_SHORT.get(code) or formatting.locale().territories.get(code, code))


def choices() -> list[tuple[str, str]]:
    """Return (code, name) of all, in the order of the active language."""
    return [(code, name(code)) for code in _order(formatting.language())]


@cache
def _order(language: str) -> list[str]:
    charset = _CHARSETS.get(language)

    def key(code: str) -> tuple[bytes, str]:
        plain = formatting.plain_letters(name(code))
        return plain.encode(charset, "replace") if charset else plain.encode(), code

    return sorted(CODES, key=key)
