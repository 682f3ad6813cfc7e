"""Countries and territories, by ISO 3166 code, named and sorted for people."""

from functools import cache

from limosa.domain.coverage.shipped_places import shipped_countries
from limosa.web.wording import formatting

_BY_CODE = {country.code: country for country in shipped_countries()}
CODES = frozenset(_BY_CODE)
# Level one of both character sets is in the order in which people look: by pinyin, and by strokes.
_CHARSETS = {"zh-hans": "gb18030", "zh-hant": "big5"}


def name(code: str) -> str:
    """Return the name of a country in the active language, as short as people say it; of a code
    that is none, the code."""
    country = _BY_CODE.get(code)
    return country.name_in(formatting.language()) if country else code


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
