"""Each wrong input that the pages of an account can get is answered in the person's language.

Much of this is said by libraries; `borrowed.py` names their texts, our catalogues word them.
"""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from tests.database.web.storefront.shop import Shop
from tests.factories.accounts import make_subscriber
from tests.letters import letters, path_in

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "zh-hans", "zh-hant", "es"]
PASSWORD = "tidal-godwit-7"
ANOTHER = {"password1": "godwit-tidal-8", "password2": "godwit-tidal-8"}
_SAID = re.compile(
    r'<(?:p|div|main)[^>]*(?:class="(?:note|fault|pt-6)|role="alert").*?</(?:p|div|main)>',
    re.DOTALL,
)
# What a text in Chinese may hold in Latin letters; in Spanish, English gives itself away.
_LATIN = re.compile(r"[A-Za-z]{2,}")
_LATIN_ALLOWED = {"Limosa", "eSIM", "Wi", "Fi", "Cookie", "li", "example", "com", "lin", "other"}
_ENGLISH = re.compile(
    r"\b(the|this|is|are|not|enter|please|must|already|password|required|valid|too|your|you)\b",
    re.IGNORECASE,
)
# What to do stands in the imperative, or with a verb of it.
_ADVICE = {
    "en": re.compile(r"Please|Make another|Confirm the|Wait a|answer any", re.IGNORECASE),
    "zh-hans": re.compile(r"请"),
    "zh-hant": re.compile(r"請"),
    "es": re.compile(
        r"Escribe|Completa|Elige|Agrega|Usa|Revisa|Espera|Pide|Quita|Confirma|responde|Toca"
    ),
}


def person_of(language: str) -> Subscriber:
    """Return a person with a password and a confirmed address."""
    return make_subscriber(email="lin@example.com", password=PASSWORD, language=language)


def sign_in_wrong(client: Client) -> str:
    """Sign in with a wrong password."""
    fields = {"login": "lin@example.com", "password": "x"}
    return client.post(reverse("account_login"), fields).content.decode()


def sign_in_too_often(client: Client) -> str:
    """Sign in with a wrong password until the account is locked for a while."""
    pages = [sign_in_wrong(client) for _ in range(12)]
    return pages[-1]


def reset_with_two_passwords(client: Client) -> str:
    """Open the link of a reset, and type two passwords that differ."""
    client.post(reverse("account_reset_password"), {"email": "lin@example.com"})
    link = path_in(letters()[-1], part="/reset/key/")
    action = client.get(link, follow=True).redirect_chain[-1][0]
    return client.post(action, {**ANOTHER, "password2": "other"}).content.decode()


def change_with_wrong_password(client: Client) -> str:
    """Change the password without knowing it."""
    fields = {"oldpassword": "no", **ANOTHER}
    return client.post(reverse("account_change_password"), fields).content.decode()


def change_to_two_passwords(client: Client) -> str:
    """Change the password, typing two that differ."""
    fields = {"oldpassword": PASSWORD, **ANOTHER, "password2": "other"}
    return client.post(reverse("account_change_password"), fields).content.decode()


def change_to_the_address(client: Client) -> str:
    """Change the password to the e-mail address."""
    own = {"password1": "lin@example.com", "password2": "lin@example.com"}
    fields = {"oldpassword": PASSWORD, **own}
    return client.post(reverse("account_change_password"), fields).content.decode()


def confirm_with_wrong_password(client: Client) -> str:
    """Give a wrong password where it is asked for once more."""
    return client.post(reverse("account_reauthenticate"), {"password": "x"}).content.decode()


def add_own_address(client: Client) -> str:
    """Add the address that is there."""
    fields = {"action_add": "", "email": "lin@example.com"}
    return client.post(reverse("account_email"), fields).content.decode()


def add_endless_address(client: Client) -> str:
    """Add an address that is longer than any."""
    fields = {"action_add": "", "email": f"{'a' * 400}@example.com"}
    return client.post(reverse("account_email"), fields).content.decode()


def mistype_the_code(client: Client) -> str:
    """Change the address, and type another code than the mail's."""
    client.post(reverse("account_email"), {"action_add": "", "email": "other@example.com"})
    page = client.post(reverse("account_email_verification_sent"), {"code": "BBBB-BBBB"})
    return page.content.decode()


OUTSIDE = [sign_in_wrong, sign_in_too_often, reset_with_two_passwords]
INSIDE = [
    change_with_wrong_password,
    change_to_two_passwords,
    change_to_the_address,
    confirm_with_wrong_password,
    add_own_address,
    add_endless_address,
    mistype_the_code,
]


def said(page: str) -> str:
    """Return what a page says of the input."""
    blocks = " ".join(re.sub(r"<[^>]+>", " ", block) for block in _SAID.findall(page))
    return html.unescape(" ".join(blocks.split()))


def assert_said_well(page: str, language: str) -> None:
    """The answer is there, in the language alone, and tells what to do."""
    text = said(page)
    assert text, page
    assert _ADVICE[language].search(text), text
    if language.startswith("zh"):
        assert not set(_LATIN.findall(text)) - _LATIN_ALLOWED, text
    if language != "en":
        assert not _ENGLISH.search(text), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("attempt", OUTSIDE)
def test_who_is_not_signed_in_is_told_what_to_do(
    language: str, attempt: Callable[[Client], str]
) -> None:
    person_of(language)
    assert_said_well(attempt(Client(headers={"accept-language": language})), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("attempt", INSIDE)
def test_who_is_signed_in_is_told_what_to_do(
    client: Client, language: str, attempt: Callable[[Client], str]
) -> None:
    fields = {"login": person_of(language).email, "password": PASSWORD}
    client.post(reverse("account_login"), fields)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert_said_well(attempt(client), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wrong",
    [
        {"start": "now", "method": "wechatpay", "shown": ""},
        {"start": "now", "method": "wechatpay", "shown": "changed"},
    ],
)
def test_a_checkout_that_is_refused_says_what_to_do(
    shop: Shop, language: str, wrong: dict[str, str]
) -> None:
    shop.person.language = language
    shop.person.save()
    page = shop.client.post(shop.renew_path, {"plan": shop.plan.code, **wrong}).content.decode()
    text = said(page)
    assert text
    if language != "en":
        assert not _ENGLISH.search(text), text
