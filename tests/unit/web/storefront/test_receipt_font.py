"""Nothing that a receipt can say is missing in its font."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from django.utils import translation
from reportlab.pdfbase.ttfonts import TTFontFile

import limosa
from limosa.web.storefront.receipt_pdf import FONT_FILE
from limosa.web.wording import formatting

PACKAGE = Path(limosa.__file__).parent


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {chr(code) for code in TTFontFile(str(FONT_FILE)).charToGlyph}


def words() -> Iterator[str]:
    """Yield what is written in our own files: the catalogue, promotions, translations."""
    for path in (*PACKAGE.glob("data/*.yaml"), *PACKAGE.glob("locale/*/LC_MESSAGES/django.po")):
        yield path.read_text(encoding="utf-8")


def cities() -> Iterator[str]:
    for language in ("en", "es", "zh-hans", "zh-hant"):
        with translation.override(language):
            for zone in sorted(available_timezones()):
                if "/" in zone:
                    yield formatting.city(zone)


def test_every_character_of_ours_is_in_the_font(known: set[str]) -> None:
    used = {letter for text in (*words(), *cities()) for letter in text if letter.isprintable()}
    assert "".join(sorted(used - known)) == ""


def test_the_font_may_be_given_on() -> None:
    assert FONT_FILE.stat().st_size < 3_000_000
    assert "SIL Open Font License" in (FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
