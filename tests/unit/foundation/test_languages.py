"""A language is described once; no other place lists them all."""

import re
from pathlib import Path

from babel import Locale

from limosa.foundation.languages import BY_CODE, LANGUAGES, SOURCE, language_of

PACKAGE = Path(__file__).parents[3] / "src" / "limosa"
# What a provider, or a character set, has for some languages, others getting its default; and what
# people of the demo wrote in theirs.
OF_SOME = {
    "config/demo_ratings.py",
    "domain/payments/providers/paypal/bodies.py",
    "domain/payments/providers/stripe/parameters.py",
    "foundation/languages.py",
    "web/wording/countries.py",
}
A_CODE = re.compile(r"""["']zh[-_]hant["']""", re.IGNORECASE)


def names_a_language(text: str) -> bool:
    return bool(A_CODE.search(text))


def test_no_other_file_lists_the_languages() -> None:
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if names_a_language(path.read_text(encoding="utf-8"))
    }
    assert found == OF_SOME


def test_a_list_of_languages_would_be_seen() -> None:
    assert names_a_language('LANGUAGES = ("en", "zh_Hant")')
    assert names_a_language("NAMES = {'zh-hant': 1}")
    assert not names_a_language('"""Written for zh-hant too."""')


def test_a_language_that_is_not_here_is_read_in_english() -> None:
    assert language_of("tlh") is language_of(None) is language_of("") is SOURCE


def test_codes_are_unique_and_locales_are_known() -> None:
    assert len(BY_CODE) == len(LANGUAGES)
    for language in LANGUAGES:
        assert Locale.parse(language.locale).language == language.code[:2]
