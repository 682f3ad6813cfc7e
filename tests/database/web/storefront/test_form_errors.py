"""What a form says of a wrong input is in the person's language."""

import re

import pytest
from django.test import Client

from tests.factories.accounts import make_operator, make_subscriber, sign_in_staff
from tests.factories.esims import make_bundle
from tests.factories.ordering import make_order

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_forms_inside_are_too(client: Client, language: str) -> None:
    bundle = make_bundle()
    person = bundle.subscriber
    person.language = language
    person.set_password("a long one of mine")
    person.save()
    client.force_login(person)
    wrong = {"language": "xx", "time_zone": "Mars", "currency": "XXX", "days_before_end": "900"}
    pages = [
        client.post("/settings/", wrong),
        client.post(f"/esims/{bundle.esim.public_id}/", {"label": "x" * 99}),
        client.post("/accounts/password/change/", {"oldpassword": "no", "password1": "x"}),
    ]
    for page in pages:
        found = [text for text in errors_of(page.content.decode()) if text]
        assert found, page.request["PATH_INFO"]
        assert not [text for text in found if ENGLISH.search(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_consoles_forms_are_too(client: Client, language: str) -> None:
    sign_in_staff(client, make_operator(language=language))
    order = make_order()
    page = client.post(f"/console/orders/{order.number}/refund/", {"reason": ""})
    assert not ENGLISH.search(" ".join(errors_of(page.content.decode())))
