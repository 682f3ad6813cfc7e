"""Limits on guessing, on the pages: who is refused, who is not, and what they read."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from limosa.domain.accounts.models import KnownDevice
from limosa.web.storefront.attempts import KINDS
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db

PASSWORD, WRONG = "tidal-godwit-7", "wrong-godwit-7"
TOO_OFTEN = "Too many attempts. Please wait"
SIGN_IN = "/accounts/login/"
# The adapter counts the passwords that the first two ask for, and our own views the codes of the
# next two. Codes and links that are mailed have too many values to be guessed, and a code dies with
# its session after three attempts; what a passkey signs is not guessed either. The others only end
# a session or say how something went, or belong to somebody who has just given the password.
NO_ATTEMPTS = {
    "account_login",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "account_reset_password_from_key",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "account_logout",
    "account_inactive",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_list_webauthn",
    "mfa_remove_webauthn",
    "mfa_trust",
}


def sign_in(client: Client, shop: Shop, password: str, address: str) -> HttpResponse:
    form = {"login": shop.person.email, "password": password}
    return client.post(SIGN_IN, form, REMOTE_ADDR=address)  # type: ignore[return-value]


def strangers_try(shop: Shop) -> int:
    """Try many passwords from many addresses; return how many attempts were refused."""
    refused = 0
    for number in range(24):
        for _ in range(6):
            answer = sign_in(Client(), shop, WRONG, f"198.51.100.{number}")
            refused += TOO_OFTEN in text_of(answer)
    return refused


def test_the_sixth_wrong_password_is_refused_and_says_how_long_to_wait(shop: Shop) -> None:
    for _ in range(5):
        assert TOO_OFTEN not in text_of(sign_in(Client(), shop, WRONG, "192.0.2.7"))
    page = text_of(sign_in(Client(), shop, PASSWORD, "192.0.2.7"))
    assert "Too many attempts. Please wait 5 minutes, then try again." in page


def test_after_the_wait_the_right_password_signs_in(
    shop: Shop, clock: time_machine.Traveller
) -> None:
    for _ in range(6):
        sign_in(Client(), shop, WRONG, "192.0.2.7")
    clock.shift(timedelta(minutes=5))
    assert sign_in(Client(), shop, PASSWORD, "192.0.2.7").status_code == 302


def test_strangers_do_not_lock_out_the_owner_on_a_device_that_signed_in_before(shop: Shop) -> None:
    browser = Client()
    sign_in(browser, shop, PASSWORD, "192.0.2.7")
    browser.post("/accounts/logout/")
    assert strangers_try(shop) > 90
    assert TOO_OFTEN in text_of(sign_in(Client(), shop, PASSWORD, "203.0.113.9"))
    assert sign_in(browser, shop, PASSWORD, "203.0.113.9").status_code == 302


def test_a_device_that_another_signed_in_on_is_a_stranger(shop: Shop) -> None:
    other = make_subscriber(email="other@example.com", password=PASSWORD)
    browser = Client()
    browser.post(SIGN_IN, {"login": other.email, "password": PASSWORD})
    browser.post("/accounts/logout/")
    strangers_try(shop)
    assert TOO_OFTEN in text_of(sign_in(browser, shop, PASSWORD, "203.0.113.9"))


def test_a_cookie_that_was_made_up_is_a_stranger_s(shop: Shop) -> None:
    strangers_try(shop)
    browser = Client()
    for value in ("x", "x:y:z", "\u00e9"):
        browser.cookies["limosa_device"] = value
        assert TOO_OFTEN in text_of(sign_in(browser, shop, PASSWORD, "203.0.113.9"))


def test_who_is_behind_an_attacker_s_address_signs_in(shop: Shop) -> None:
    for _ in range(50):
        sign_in(Client(), shop, WRONG, "198.51.100.1")
    other = make_subscriber(email="other@example.com", password=PASSWORD)
    form = {"login": other.email, "password": PASSWORD}
    assert Client().post(SIGN_IN, form, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_the_device_s_cookie_is_out_of_reach_of_scripts_and_only_its_digest_is_kept(
    shop: Shop,
) -> None:
    browser = Client()
    sign_in(browser, shop, PASSWORD, "192.0.2.7")
    cookie = browser.cookies["limosa_device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert cookie["max-age"] == 400 * 24 * 3600
    kept = KnownDevice.objects.get(subscriber=shop.person)
    assert kept.digest not in cookie.value
    assert cookie.value.split(":")[0] not in kept.digest


def test_a_new_password_makes_strangers_of_other_devices(shop: Shop) -> None:
    phone, desk = Client(), Client()
    for browser in (phone, desk):
        sign_in(browser, shop, PASSWORD, "192.0.2.7")
    assert KnownDevice.objects.filter(subscriber=shop.person).count() == 2
    new = "another-godwit-9"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    desk.post(reverse("account_change_password"), form)
    assert KnownDevice.objects.filter(subscriber=shop.person).count() == 1


def test_a_stolen_session_can_not_guess_the_password(shop: Shop) -> None:
    path = reverse("account_reauthenticate")
    pages = [text_of(shop.client.post(path, {"password": WRONG})) for _ in range(11)]
    assert [TOO_OFTEN in page for page in pages] == [False] * 10 + [True]
    assert TOO_OFTEN in text_of(shop.client.post(path, {"password": PASSWORD}))
    path = reverse("account_change_password")
    form = {"oldpassword": WRONG, "password1": "new-godwit-88", "password2": "new-godwit-88"}
    codes = [shop.client.post(path, form).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_a_refused_form_is_a_page_with_429_that_says_when_to_come_back(shop: Shop) -> None:
    path = reverse("account_reset_password")
    answers = [Client().post(path, {"email": shop.person.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert answers[-1]["Retry-After"] == "600"
    assert f"{TOO_OFTEN} 10 minutes" in text_of(answers[-1])
    assert "Nothing was changed." in text_of(answers[-1])


def test_the_refusal_is_in_the_person_s_language(shop: Shop) -> None:
    browser = Client(headers={"accept-language": "zh-CN"})
    pages = [text_of(sign_in(browser, shop, WRONG, "192.0.2.7")) for _ in range(6)]
    assert "尝试次数过多，请等待 5 分钟后再试。" in pages[-1]


def test_every_page_of_an_account_that_takes_a_form_counts_it() -> None:
    taking = {name for name, view in _account_views() if "post" in _methods(view)}
    assert taking >= {"account_login", "account_signup"}
    assert taking - NO_ATTEMPTS <= set(KINDS)


def _account_views() -> list[tuple[str, object]]:
    """Return the names and views of all addresses that allauth gives us."""
    found: list[tuple[str, object]] = []
    todo = list(get_resolver("allauth.urls").url_patterns)
    while todo:
        pattern = todo.pop()
        if isinstance(pattern, URLPattern):
            found.append((pattern.name or "", pattern.callback))
        else:
            todo += pattern.url_patterns
    return found


def _methods(view: object) -> set[str]:
    """Return the methods that a view takes, in small letters; of a function: all."""
    of_class = getattr(view, "view_class", None)
    if of_class is None:
        return {"post"}
    return {name for name in of_class.http_method_names if hasattr(of_class, name)}
