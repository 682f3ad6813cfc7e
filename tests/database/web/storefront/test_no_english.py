"""Pages in Chinese hold none of our English texts, as they would where a translation is not asked
for: a text that is taken at import, one put together from parts, one shown by another path.
"""

import html
import re

import pytest
from django.test import Client

from limosa.config.messages.catalogs import forms, texts_of
from limosa.config.messages.sources import catalog_of_sources
from tests.database.web.console.test_console_pages import fill
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_page_rules import open_paths, own_paths
from tests.factories.accounts import sign_in_staff

pytestmark = pytest.mark.django_db

WORDS_MIN = 4
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|<[^>]+>")
_WORD = re.compile(r"[A-Za-z']+")


@pytest.fixture(scope="module")
def english() -> set[str]:
    """The parts between placeholders of each text, where they have more than three words."""
    parts = (
        part.strip()
        for message in texts_of(catalog_of_sources())
        for form in forms(message.id)
        for part in _PLACEHOLDER.split(form)
    )
    return {part for part in parts if len(_WORD.findall(part)) >= WORDS_MIN}


def english_in(client: Client, path: str, english: set[str]) -> list[str]:
    """Return the texts that a page shows, or reads out, in English."""
    page = " ".join(html.unescape(client.get(path).content.decode()).split())
    return [text for text in english if text in page]


def test_the_storefront_is_wholly_chinese(shop: Shop, english: set[str]) -> None:
    paths = own_paths(shop)
    shop.person.language = "zh-hans"
    shop.person.save()
    stranger = Client(headers={"accept-language": "zh-CN"})
    found = {path: english_in(shop.client, path, english) for path in paths}
    found |= {path: english_in(stranger, path, english) for path in open_paths(shop)}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_console_is_wholly_chinese(client: Client, english: set[str]) -> None:
    operator, paths = fill()
    operator.language = "zh-hans"
    operator.save()
    sign_in_staff(client, operator)
    found = {path: english_in(client, path, english) for path in paths}
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_the_control_english_is_found(shop: Shop, english: set[str]) -> None:
    shop.person.language = "en"
    shop.person.save()
    assert english_in(shop.client, "/settings/", english)
    assert english_in(Client(), "/", english)
