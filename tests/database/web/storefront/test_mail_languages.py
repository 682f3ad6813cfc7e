"""Every mail to a person, in each language, read for English."""

import html
import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from limosa.domain.notifications.kinds import NotificationKind
from limosa.domain.notifications.wording import mail_for
from tests.database.notifications.test_wording import KINDS, LINK, message
from tests.database.web.storefront.test_languages import LANGUAGES, english_in
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db

PASSWORD = "tidal-godwit-7"
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


def add_an_address(client: Client) -> None:
    """Add another address."""
    client.post(reverse("account_login"), {"login": "lin@example.com", "password": PASSWORD})
    fields = {"action_add": "", "email": "other@example.com"}
    client.post(reverse("account_email"), fields)


CAUSES = [ask_for_a_new_password, ask_for_a_password_of_nobody, sign_up, add_an_address]


def english_of_text(text: str, language: str) -> set[str]:
    """Return what of a plain text is English; addresses are not."""
    lines = _URL.sub("", text).splitlines()
    return english_in("".join(f"<p>{html.escape(line)}</p>" for line in lines), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", CAUSES)
def test_no_mail_about_an_account_has_english(
    language: str, cause: Callable[[Client], None]
) -> None:
    person = make_subscriber(email="lin@example.com", password=PASSWORD, language=language)
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    cause(Client(headers={"accept-language": language}))
    (sent,) = mail.outbox
    assert english_of_text(f"{sent.subject}\n{sent.body}", language) == set()
    assert _URL.search(str(sent.body))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_message_by_mail_has_english(language: str, kind: NotificationKind) -> None:
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
