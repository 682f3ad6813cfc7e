"""Every mail to a person, in each language, read for English."""

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from limosa.domain.notifications.kinds import KINDS
from limosa.domain.notifications.wording import mail_for
from tests.database.notifications.test_wording import LINK, message
from tests.database.web.storefront.test_languages import LANGUAGES, english_in
from tests.factories.accounts import make_subscriber
from tests.letters import code_in, letters, path_in

pytestmark = pytest.mark.django_db

PASSWORD, ANOTHER = "tidal-godwit-7", "godwit-tidal-8"
_CODE = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
_URL = re.compile(r"https?://\S+")


def ask_for_a_new_password(client: Client) -> None:
    """Forget the password of an account."""
    client.post(reverse("account_reset_password"), {"email": "lin@example.com"})


def ask_for_a_password_of_nobody(client: Client) -> None:
    """Forget the password of an account that is not there."""
    client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})


def sign_up(client: Client) -> None:
    """Make a new account."""
    fields = {"email": "new@example.com", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)


def sign_up_again(client: Client) -> None:
    """Make an account that is there."""
    fields = {"email": "lin@example.com", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)


def ask_to_change_the_address(client: Client) -> None:
    """Ask for the code of another address."""
    client.post(reverse("account_login"), {"login": "lin@example.com", "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    fields = {"action_add": "", "email": "other@example.com"}
    client.post(reverse("account_email"), fields)


def change_the_address(client: Client) -> None:
    """Change it."""
    ask_to_change_the_address(client)
    code = code_in(letters()[-1])
    client.post(reverse("account_email_verification_sent"), {"code": code})


def change_the_password(client: Client) -> None:
    """Change it, knowing the old one."""
    client.post(reverse("account_login"), {"login": "lin@example.com", "password": PASSWORD})
    fields = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    client.post(reverse("account_change_password"), fields)


def reset_the_password(client: Client) -> None:
    """Forget it, and choose another."""
    ask_for_a_new_password(client)
    page = client.get(path_in(letters()[-1], part="/reset/key/"), follow=True)
    fields = {"password1": ANOTHER, "password2": ANOTHER}
    client.post(page.redirect_chain[-1][0], fields)


CAUSES = [
    ask_for_a_new_password,
    ask_for_a_password_of_nobody,
    sign_up,
    sign_up_again,
    ask_to_change_the_address,
    change_the_address,
    change_the_password,
    reset_the_password,
]


def english_of_text(text: str, language: str) -> set[str]:
    """Return what of a plain text is English; addresses are not."""
    lines = _URL.sub("", text).splitlines()
    return english_in("".join(f"<p>{html.escape(line)}</p>" for line in lines), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", CAUSES)
def test_no_mail_about_an_account_has_english(
    language: str, cause: Callable[[Client], None]
) -> None:
    make_subscriber(email="lin@example.com", password=PASSWORD, language=language)
    cause(Client(headers={"accept-language": language}))
    sent = letters()[-1]
    assert english_of_text(f"{sent.subject}\n{_CODE.sub('', sent.text)}", language) == set()
    assert english_in(_CODE.sub("", sent.html), language) == set()
    assert _URL.search(sent.text) or _CODE.search(sent.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_message_by_mail_has_english(language: str, kind: str) -> None:
    with override(language):
        letter = mail_for(message(kind, esim_label="iPad", plan_name={"en": "30 GB"}), link=LINK)
    assert english_of_text(f"{letter.subject}\n{letter.text}", language) == set()
    assert english_in(letter.html, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_control_english_is_found(language: str) -> None:
    with override("en"):
        letter = mail_for(message("ending_soon"), link=LINK)
    assert english_of_text(letter.text, language)
    assert english_in(letter.html, language)
