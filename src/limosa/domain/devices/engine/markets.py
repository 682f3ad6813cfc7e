"""Which market a device was made for, where somebody says so: "国行", "US version".

The mere name of a country says nothing: it may be where the person is going.
"""

import re

_NAMES = {
    "CN": "mainland china|china mainland|china continental|mainland|china|chinese|"
    "中国大陆|中國大陸|大陆|大陸|内地|內地|国内|國內|中国|中國",
    "HK": "hong kong|hongkong|hk|香港",
    "MO": "macao|macau|澳门|澳門",
    "TW": "taiwan|taiwanese|台湾|台灣|臺灣",
    "US": "united states|estados unidos|the us|us|usa|u\\.s\\.|american|eeuu|ee\\. ?uu\\.?|"
    "estadounidense|美国|美國",
    "JP": "japan|japanese|japon|日本",
    "KR": "korea|korean|corea|韩国|韓國",
    "CA": "canada|canadian|加拿大",
    "SG": "singapore|singapur|新加坡",
    "EU": "europe|european|europa|europea|欧洲|歐洲",
    "MX": "mexico|mexican|墨西哥",
}
_SHORT = {
    "CN": "国行|國行|大陆版|大陸版|内地版|國內版|国内版|中国版|中國版|中國大陸版|中国大陆版",
    "HK": "港版|港行",
    "MO": "澳门版|澳門版",
    "TW": "台版|臺版|台灣版|台湾版",
    "US": "美版|美國版|美国版",
    "JP": "日版|日本版",
    "KR": "韩版|韓版|韩国版|韓國版",
    "CA": "加版|加拿大版",
    "EU": "欧版|歐版|欧洲版|歐洲版",
    "SG": "新加坡版",
}


def _said(market: str) -> re.Pattern[str]:
    name = _NAMES.get(market, "(?!)")
    forms = (
        rf"\b(?:{name})[ -](?:version|variant|model|edition|unit)\b",
        rf"\b(?:bought|purchased|sold|made for)(?: in| for)?(?: the)? (?:{name})(?![a-z])",
        rf"\b(?:comprad[oa]|vendid[oa])(?: en| para)?(?: los)? (?:{name})(?![a-z])",
        rf"\bversion (?:de |para )?(?:los )?(?:{name})(?![a-z])",
        rf"在? ?(?:{name}) ?(?:购买|購買|买|買)的?",
        _SHORT.get(market, "(?!)"),
    )
    return re.compile("|".join(forms))


_SAID = {market: _said(market) for market in (*_NAMES,)}
_MENTIONED = re.compile(rf"(?<![a-z])(?:{'|'.join(_NAMES.values())})(?![a-z])")


def markets_said(text: str) -> tuple[frozenset[str], str]:
    """Return the markets that a text names as the device's own, and the text without countries.

    `text`: in lower case, of plain characters.
    """
    found = set()
    for market, said in _SAID.items():
        text, count = said.subn(" ", text)
        if count:
            found.add(market)
    return frozenset(found), _MENTIONED.sub(" ", text)
