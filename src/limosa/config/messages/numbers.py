"""Compares the numbers in a text and its translation, whether digits or words.

A translator who keeps an old number, or mistypes a new one, promises what the code does not do.
"""

import re
from collections.abc import Mapping

from limosa.foundation.languages import SOURCE, language_of

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_HAN_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {
    "两": 2,
    "兩": 2,
}
_HAN = re.compile(f"[{''.join(_HAN_DIGITS)}十]+")
_WORD = re.compile(r"[^\W\d_]+")
# "One" is more often a word than a number: it may become 1, but need not.
_ONE = {"one": 1, "a": 1, "an": 1, "once": 1}


def other_numbers(source: str, translation: str, *, language: str) -> list[str]:
    """Return the numbers that only one of the two has. Both without their placeholders.

    A number may be in digits on one side and in words on the other. Each number of the source has
    to appear, and no digits may appear that the source does not have.
    """
    wanted = _digits(source) | _in_words(source, SOURCE.number_words)
    said = _digits(translation) | _words_of(translation, language)
    made_up = _digits(translation) - wanted - _in_words(source, _ONE)
    return sorted((wanted - said) | made_up)


def _digits(text: str) -> set[str]:
    return set(_DIGITS.findall(text))


def _words_of(text: str, language: str) -> set[str]:
    if language.startswith("zh"):
        return {str(_han_value(run)) for run in _HAN.findall(text)} - {"0"}
    words = language_of(language).number_words
    return _in_words(text, {**_ONE, **words} if language == SOURCE.code else words)


def _in_words(text: str, words: Mapping[str, int]) -> set[str]:
    return {str(words[word]) for word in _WORD.findall(text.casefold()) if word in words}


def _han_value(run: str) -> int:
    """Return 12 for 十二, 30 for 三十; 0 for what is no number below 100, such as 一一."""
    tens, ten, ones = run.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    if not ten:
        return _HAN_DIGITS[run]
    return _HAN_DIGITS.get(tens, 1) * 10 + _HAN_DIGITS.get(ones, 0)
