"""Sign-up, sign-in, passwords and settings, on pages of our own."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber
from tests.letters import letters, path_in

pytestmark = pytest.mark.django_db

SIGN_UP = {"email": "new@example.com", "password1": "tidal-godwit-7", "time_zone": "Asia/Taipei"}


def test_signing_up_keeps_the_time_zone_and_the_language() -> None:
    client = Client(headers={"accept-language": "zh-TW"})
    answer = client.post(reverse("account_signup"), SIGN_UP)
    assert answer["Location"] == reverse("account_email_verification_sent")
    person = Subscriber.objects.get()
    assert (person.email, person.time_zone, person.language) == (
        "new@example.com",
        "Asia/Taipei",
        "zh-hant",
    )
    assert 'lang="zh-Hant"' in text_of(client.get("/"))


def test_a_time_zone_that_is_none_is_left_aside() -> None:
    Client().post(reverse("account_signup"), {**SIGN_UP, "time_zone": "../../etc/passwd"})
    assert Subscriber.objects.get().time_zone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"password1": "12345678"}, "password1"),
        ({"email": ""}, "email"),
    ],
)
def test_a_fault_stands_beside_its_field(fields: dict[str, str], field: str) -> None:
    page = text_of(Client().post(reverse("account_signup"), {**SIGN_UP, **fields}))
    assert 'role="alert"' in page
    assert f'id="id_{field}-fault"' in page
    assert re.search(rf'<input[^>]*name="{field}"[^>]*aria-invalid="true"', page)
    assert not Subscriber.objects.exists()


def test_signing_in_leads_home_and_out_again() -> None:
    make_subscriber(email="lin@example.com", password="tidal-godwit-7")
    client = Client()
    fields = {"login": "lin@example.com", "password": "tidal-godwit-7"}
    assert client.post(reverse("account_login"), fields)["Location"] == "/"
    assert "Sign out of this device?" in text_of(client.get(reverse("account_logout")))
    assert client.post(reverse("account_logout"))["Location"] == reverse("account_login")


def test_a_wrong_password_says_so() -> None:
    make_subscriber(email="lin@example.com", password="tidal-godwit-7")
    answer = Client().post(reverse("account_login"), {"login": "lin@example.com", "password": "x"})
    assert "is incorrect" in text_of(answer)


def test_a_forgotten_password_is_replaced_by_mail() -> None:
    make_subscriber(email="lin@example.com", password="tidal-godwit-7")
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "lin@example.com"})
    (letter,) = letters()
    assert "\n" not in letter.subject
    link = path_in(letter, part="/reset/key/")
    page = client.get(link, follow=True)
    action = page.redirect_chain[-1][0]
    new = {"password1": "godwit-tidal-8", "password2": "godwit-tidal-8"}
    assert "Your password was changed" in text_of(client.post(action, new, follow=True))
    used = client.get(link, follow=True)
    assert "This link no longer works" in text_of(used)


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_email",
        "account_logout",
        "account_email_verification_sent",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_inactive",
    ],
)
def test_every_account_page_is_our_own(shop: Shop, name: str) -> None:
    answer = shop.client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert 'href="/static/limosa.css"' in text_of(answer)


def test_settings_are_kept_and_the_language_changes_at_once(shop: Shop) -> None:
    fields = {
        "language": "zh-hans",
        "time_zone": "Asia/Taipei",
        "currency": "CNY",
        "unapplied_funds": "wallet",
        "usage_thresholds": ["50", "100"],
        "days_before_end": ["7"],
    }
    answer = shop.client.post(reverse("settings"), fields, follow=True)
    assert 'lang="zh-Hans"' in text_of(answer)
    shop.person.refresh_from_db()
    assert shop.person.time_zone == "Asia/Taipei"
    assert shop.person.currency == "CNY"
    assert shop.person.usage_thresholds == [50, 100]
    assert shop.person.days_before_end == [7]


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "fr"},
        {"time_zone": "Mars/Olympus"},
        {"currency": "XXX"},
        {"days_before_end": ["99"]},
    ],
)
def test_settings_that_are_none_change_nothing(shop: Shop, wrong: dict[str, object]) -> None:
    fields = {"language": "es", "time_zone": "Asia/Taipei", "currency": "USD", **wrong}
    assert shop.client.post(reverse("settings"), fields).status_code == 400
    shop.person.refresh_from_db()
    assert (shop.person.language, shop.person.time_zone) == ("en", "Asia/Shanghai")


def test_the_language_is_chosen_without_an_account() -> None:
    client = Client()
    answer = client.post(reverse("language"), {"language": "es", "next": "/plans/"})
    assert answer["Location"] == "/plans/"
    assert 'lang="es"' in text_of(client.get("/plans/"))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_choosing_a_language_leads_nowhere_else(target: str) -> None:
    answer = Client().post(reverse("language"), {"language": "es", "next": target})
    assert answer["Location"] == "/"


def test_a_language_that_is_none_is_not_kept() -> None:
    answer = Client().post(reverse("language"), {"language": "xx", "next": "/plans/"})
    assert "django_language" not in answer.cookies
