"""What a form says of a wrong input is in the person's language."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db

LANGUAGES = ["zh-hans", "zh-hant", "es"]
ENGLISH = re.compile(
    r"\b(the|this|is|are|not|enter|please|must|already|password|required|valid|too)\b",
    re.IGNORECASE,
)
_BLOCK = re.compile(
    r'<(?:p|div)[^>]*class="[^"]*fault[^"]*"[^>]*>(.*?)</(?:p|div)>',
    re.DOTALL,
)
WRONG = {
    "/accounts/login/": [
        {"login": "", "password": ""},
        {"login": "nobody", "password": "x"},
        {"login": "nobody@example.com", "password": "wrong"},
    ],
    "/accounts/signup/": [
        {"email": "", "password1": ""},
        {"email": "nobody", "password1": "x"},
        {"email": "new@example.com", "password1": "12345678"},
        {"email": "new@example.com", "password1": "new@example.com"},
        {"email": "new@example.com", "password1": "password"},
    ],
    "/accounts/password/reset/": [{"email": ""}, {"email": "nobody"}],
}
CASES = [(path, wrong) for path, inputs in WRONG.items() for wrong in inputs]


def errors_of(page: str) -> list[str]:
    """Return the texts of a page's errors: what the summary and the fields say."""
    blocks = _BLOCK.findall(page)
    return [" ".join(re.sub(r"<[^>]+>", " ", block).split()) for block in blocks]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "wrong"), CASES)
def test_an_error_is_in_the_persons_language(
    client: Client, language: str, path: str, wrong: dict[str, str]
) -> None:
    make_subscriber(email="known@example.com")
    answer = client.post(path, wrong, headers={"Accept-Language": language})
    found = [text for text in errors_of(answer.content.decode()) if text]
    assert found
    assert not [text for text in found if ENGLISH.search(text)]


def test_the_control_english_is_found(client: Client) -> None:
    answer = client.post("/accounts/login/", {"login": "", "password": ""})
    assert any(ENGLISH.search(text) for text in errors_of(answer.content.decode()))
