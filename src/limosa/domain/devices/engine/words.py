"""The words that people type of their devices, in four languages, made comparable.

A name is compared as a list of tokens: runs of letters and runs of digits, without the words that
tell no model from another (colours, memory, "my phone is").
"""

import re
import unicodedata
from collections.abc import Collection

TYPED_LENGTH_MAX = 2_000  # Ours: what a phone shows on *#06# is a tenth of it.


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# The longer word first, where one begins with another.
_CHINESE = {
    "苹果平板": "ipad",
    "蘋果平板": "ipad",
    "苹果手表": "applewatch",
    "蘋果手錶": "applewatch",
    "苹果手机": "iphone",
    "蘋果手機": "iphone",
    "苹果": "iphone",
    "蘋果": "iphone",
    "三星": "samsung",
    "盖乐世": "galaxy",
    "蓋樂世": "galaxy",
    "华为": "huawei",
    "華為": "huawei",
    "荣耀": "honor",
    "榮耀": "honor",
    "小米": "xiaomi",
    "红米": "redmi",
    "紅米": "redmi",
    "谷歌": "google",
    "索尼": "sony",
    "摩托罗拉": "motorola",
    "摩托羅拉": "motorola",
    "诺基亚": "nokia",
    "諾基亞": "nokia",
    "一加": "oneplus",
    "真我": "realme",
    "夏普": "sharp",
    "联想": "lenovo",
    "聯想": "lenovo",
    "中兴": "zte",
    "中興": "zte",
    "魅族": "meizu",
    "努比亚": "nubia",
    "超大杯": "ultra",
    "迷你": "mini",
}
BRANDS = _listed(
    "apple samsung google xiaomi redmi poco huawei honor oppo vivo iqoo oneplus realme "
    "motorola moto nokia sony lg asus htc zte meizu nubia tecno infinix itel nothing lenovo "
    "tcl alcatel sharp fairphone doogee rakuten zebra honeywell kyocera surface microsoft "
    "applewatch"
)
STOP_WORDS = _listed(
    "my phone is it s a an the i have own use using with and model name device mobile cell "
    "smartphone tablet cellular wi fi wifi dual sim esim lte unlocked new used black white "
    "blue green red pink purple gold silver grey gray titanium natural midnight starlight "
    "graphite gb tb ram inch inches mi es un una el la telefono movil celular modelo tengo "
    "dispositivo tableta uso del de con libre negro blanco azul verde rojo rosa dorado plata "
    "pulgadas pulgada yo mm"
)
_ALSO_IN_NAMES = frozenset({"a", "s"})
_CJK_STOP = (
    "我的|我用的是|我用|我有|我買的|我买的|手机|手機|设备|設備|型号|型號|机型|機型|平板|是|的|一台|一部|这|這|"
    "版本|蜂窝|蜂窩|移动版|行動網路|英寸|英吋|寸|吋|双卡|雙卡|全网通|黑色|白色|蓝色|藍色|金色|绿色|綠色|"
    "粉色|紫色|红色|紅色|原色|钛金属|鈦金屬|色|，|。|、|“|”|？|！"
)
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMBER_WORD = re.compile(r"(?<=[a-z第\s])([一二三四五六七八九十]{1,3})(?=$|[\s代a-z0-9])")
_GENERATION = (
    re.compile(r"第?\s?([0-9]{1,2})\s?代"),
    re.compile(r"\b([0-9]{1,2})\s?\.?(?:st|nd|rd|th|a|o)?\.?\s?(?:generation|generacion|gen)\b"),
)
_SPANISH_ORDINALS = {"primera": 1, "segunda": 2, "tercera": 3, "cuarta": 4, "quinta": 5, "sexta": 6}
_MEMORY = re.compile(
    r"(?<![0-9a-z])(?:[0-9]{1,2}\s?\+\s?)?"
    r"(?:[0-9]{1,4}\s?gb|(?:64|128|256|512)\s?g|[124]\s?tb?)(?![a-z0-9])"
)
_FIVE_G = re.compile(r"(?<![0-9])[45]\s?g(?![a-z0-9])")
_CJK = re.compile(r"[\u3400-\u9fff]+")


def plain(typed: str) -> str:
    """Return what was typed in lower case, of plain characters: no full width, no accents."""
    folded = unicodedata.normalize("NFKC", typed[:TYPED_LENGTH_MAX]).casefold()
    apart = unicodedata.normalize("NFKD", folded)
    return "".join(one for one in apart if not unicodedata.combining(one))


def in_latin(text: str) -> str:
    """Return a text with the Chinese words of makers and models in Latin letters."""
    text = " ".join(text.split())
    for chinese, latin in _CHINESE.items():
        text = text.replace(chinese, f" {latin} ")
    text = re.sub(r"\bapple\s*watch\b", " applewatch ", text)
    text = re.sub(r"\bapple\b", " iphone ", text)
    text = re.sub(r"\biphone\s+(?=iphone|ipad)", " ", text)
    text = _NUMBER_WORD.sub(_as_figures, text)
    for ordinal, figure in _SPANISH_ORDINALS.items():
        text = re.sub(rf"\b{ordinal}(?=\s+generacion)", str(figure), text)
    for generation in _GENERATION:
        text = generation.sub(r" \1 gen ", text)
    return text


def _as_figures(found: re.Match[str]) -> str:
    text = found[1]
    if "十" not in text:
        return "".join(str(_NUMERALS[one]) for one in text)
    before, after = text.split("十", 1)
    if any(part not in _NUMERALS for part in (before, after) if part):
        return text
    return str(_NUMERALS.get(before, 1) * 10 + _NUMERALS.get(after, 0))


def tokens(text: str, *, vocabulary: Collection[str] = ()) -> list[str]:
    """Return the tokens of a text that in_latin returned.

    `vocabulary`: words at which runs of letters are divided, as "promax" into "pro" and "max".
    """
    text = _FIVE_G.sub(" ", _MEMORY.sub(" ", text)).replace("+", " plus ")
    found = re.findall(r"[a-z]+|[0-9]+|[\u3400-\u9fff]+", text)
    divided: list[str] = []
    for one in found:
        if one.isdigit():
            divided.append(one)
        elif _CJK.fullmatch(one):
            divided += _CJK.findall(re.sub(_CJK_STOP, " ", one))
        else:
            divided += _divided(one, vocabulary)
    return [one for one in divided if one not in STOP_WORDS or one in _ALSO_IN_NAMES]


def _divided(run: str, vocabulary: Collection[str]) -> list[str]:
    """Return a run of letters divided into words of the vocabulary, as few as possible."""
    if run in vocabulary or run in STOP_WORDS or not vocabulary or len(run) > 30:
        return [run]
    best: list[list[str] | None] = [[]] + [None] * len(run)
    for end in range(1, len(run) + 1):
        for start in range(end):
            before, word = best[start], run[start:end]
            if before is None or word not in vocabulary:
                continue
            known = best[end]
            if known is None or len(before) + 1 < len(known):
                best[end] = [*before, word]
    parts = best[-1]
    if parts is None or not any(len(part) > 2 or part == "xs" for part in parts):
        return [run]
    return parts
