"""Text as it is compared: neither case nor width, accents, punctuation or spaces count."""

import re
import unicodedata
from dataclasses import dataclass

QUERY_LENGTH_MAX = 100
TOKENS_MAX = 32
KEY_LENGTH_MAX = 60

# Letters that no decomposition turns into Latin ones.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
# What parts places for certain; "&" and "-" do not: they stand in names, such as AT&T's.
_BREAKS = re.compile(r"[+,;/|，、；·•→>\n]")
_HAN = "㐀-鿿豈-﫿"
_TOKEN = re.compile(rf"(?P<mark>[+&])|(?P<han>[{_HAN}])|(?P<word>[^\W_{_HAN}]+)")
_NUMBERED_TONES = re.compile(r"(?:[a-zü]{1,6}[1-5])+")
# They join names, and stand in some: Antigua & Barbuda, Trinidad y Tobago, 安提瓜和巴布达.
CONNECTIVES = frozenset({"&", "and", "y", "plus", "和", "与", "與", "及", "跟"})
_SILENT = frozenset({"&", "and", "y", "the", "和", "与", "與", "及"})
_SPELLINGS = {"st": "saint", "ste": "sainte", "sta": "santa"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or one Han character. `is_capital`: typed in capitals; `is_first`: nothing that is
    before it can belong to the same name."""

    text: str
    is_capital: bool = False
    is_first: bool = False


def plain(text: str) -> str:
    """Return text without case, width and accents. Its punctuation stays."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return unicodedata.normalize(
        "NFC",
        "".join(
            letter
            for letter in unicodedata.normalize("NFKD", folded)
            if not unicodedata.combining(letter) and unicodedata.category(letter) != "Cf"
        ),
    )


def tokens(text: str) -> list[Token]:
    """Return the words of a text, at most TOKENS_MAX; of a longer text than QUERY_LENGTH_MAX the
    beginning."""
    found: list[Token] = []
    folded_width = unicodedata.normalize("NFKC", text[:QUERY_LENGTH_MAX])
    for segment in _BREAKS.split(_APOSTROPHES.sub("", folded_width)):
        is_first = True
        for match in _TOKEN.finditer(segment):
            typed = match.group()
            word = plain(typed)
            if _NUMBERED_TONES.fullmatch(word):
                word = re.sub(r"\d", "", word)
            is_capital = typed.isupper() and typed.isascii()
            found.append(Token(_SPELLINGS.get(word, word), is_capital, is_first))
            is_first = False
    return found[:TOKENS_MAX]


def key_of(words: list[str] | tuple[str, ...]) -> str:
    """Return what names are compared by: the words without what may be left out, and no spaces."""
    kept = [word for word in words if word not in _SILENT] or list(words)
    return "".join(kept)[: KEY_LENGTH_MAX + 1]


def key(text: str) -> str:
    """Return what a name is compared by."""
    return key_of([token.text for token in tokens(text)])


def is_han(text: str) -> bool:
    """Whether a text has Han characters."""
    return re.search(f"[{_HAN}]", text) is not None
