"""A few terms to read texts with, as the index would find them."""

from collections.abc import Iterable, Mapping, Sequence

from limosa.domain.search.engine.terms import Form, Kind, Named, Term, of_carriers, terms_of
from limosa.domain.search.engine.typing_errors import shortened
from limosa.domain.search.pinyin import spell

COUNTRIES = {
    "US": ("United States", "Estados Unidos", "美国", "美國"),
    "CA": ("Canada", "Canadá", "加拿大"),
    "MX": ("Mexico", "México", "墨西哥"),
    "JP": ("Japan", "Japón", "日本"),
    "KR": ("South Korea", "Corea del Sur", "韩国", "南韓"),
    "KP": ("North Korea", "Corea del Norte", "朝鲜", "北韓"),
    "GE": ("Georgia", "格鲁吉亚", "喬治亞"),
    "IN": ("India", "印度"),
    "IT": ("Italy", "Italia", "意大利", "義大利"),
    "AU": ("Australia", "澳大利亚", "澳洲"),
    "AG": ("Antigua & Barbuda", "Antigua y Barbuda", "安提瓜和巴布达"),
    "CI": ("Côte d’Ivoire", "科特迪瓦"),
    "MG": ("Madagascar", "马达加斯加"),
    "NZ": ("New Zealand", "Nueva Zelanda", "新西兰", "紐西蘭"),
}
BRANDS = (("AT&T", ("ATT",)), ("T-Mobile", ("TMobile", "TMO")))
CARRIERS = {"att": "AT&T", "t-mobile": "T-Mobile US", "orange": "Orange"}
OTHERS = (
    Named(Kind.PLACE, ("US",), ("USA", "America"), Form.ALIAS),
    Named(Kind.PLACE, ("US",), ("Las Vegas", "拉斯维加斯"), Form.ALIAS, has_label=True),
    Named(Kind.PLACE, ("US",), ("Georgia",), Form.ALIAS, has_label=True),
    Named(Kind.PLACE, ("US", "CA", "MX"), ("NAFTA", "美加墨"), Form.ALIAS),
    Named(Kind.PLACE, ("r:europe",), ("Europe", "欧洲")),
    Named(Kind.PLACE, ("JP",), ("日",), Form.SHORT),
    Named(Kind.PLACE, ("KR",), ("韩",), Form.SHORT),
)
NAMED = (
    *(Named(Kind.PLACE, (code,), names) for code, names in COUNTRIES.items()),
    *(Named(Kind.PLACE, (code,), (code,), Form.CODE) for code in COUNTRIES),
    *OTHERS,
    *of_carriers(BRANDS, CARRIERS),
)


class KnownTerms:
    """engine.reading.Lookup, and how often it was asked."""

    def __init__(self) -> None:
        self.terms = terms_of(NAMED, spell=spell)
        self.asked = 0

    def whole(self, keys: Iterable[str]) -> Mapping[str, Sequence[Term]]:
        self.asked += 1
        wanted = set(keys)
        found: dict[str, list[Term]] = {}
        for term in self.terms:
            if term.key in wanted:
                found.setdefault(term.key, []).append(term)
        return found

    def begun(self, key: str) -> Sequence[Term]:
        self.asked += 1
        never = (Form.CODE, Form.INITIALS, Form.SHORT)
        return [one for one in self.terms if one.key.startswith(key) and one.form not in never]

    def near(self, key: str) -> Sequence[Term]:
        self.asked += 1
        typed = set(shortened(key))
        return [one for one in self.terms if typed & set(shortened(one.key))]
