"""The pages that set, change and reset the payment PIN; the password stands before two of them."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.operations.check_payment_pin import check_payment_pin
from limosa.domain.accounts.operations.set_payment_pin import set_payment_pin
from limosa.domain.accounts.origin import Origin
from limosa.web.sessions import SessionStore
from tests.database.web.storefront.shop import Shop
from tests.database.web.storefront.test_home_page import text_of
from tests.factories import MOMENT

pytestmark = pytest.mark.django_db

PASSWORD = "tidal-godwit-7"
PIN, OTHER = "820491", "730258"
PAGE, RESET = "/settings/payment-pin/", "/settings/payment-pin/reset/"


def give_password(client: Client, next_path: str = PAGE) -> None:
    path = f"{reverse('account_reauthenticate')}?next={next_path}"
    answer = client.post(path, {"password": PASSWORD, "next": next_path})
    assert (answer.status_code, answer["Location"]) == (302, next_path)


def has_pin(shop: Shop, pin: str) -> None:
    """Raises unless it is the person's."""
    check_payment_pin(subscriber_id=shop.person.pk, pin=pin, origin=Origin(), now=MOMENT)


def start_with_pin(shop: Shop) -> None:
    set_payment_pin(subscriber_id=shop.person.pk, pin=PIN, now=MOMENT)


def test_a_first_pin_is_set_after_the_password(shop: Shop) -> None:
    answer = shop.client.get(PAGE)
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Fpayment-pin%2F"
    give_password(shop.client)
    page = text_of(shop.client.get(PAGE))
    assert "when you switch auto-renew on or change it, and when you move an eSIM" in page
    assert "Set a payment PIN" in page
    assert (
        len(re.findall(r'type="password"[^>]*inputmode="numeric"[^>]*autocomplete="off"', page))
        == 2
    )
    answer = shop.client.post(PAGE, {"pin": PIN, "again": PIN})
    assert answer["Location"] == "/settings/"
    assert "Your payment PIN is saved." in text_of(shop.client.get("/settings/"))
    has_pin(shop, PIN)


def test_a_pin_sent_too_late_is_asked_for_again_and_kept_nowhere(shop: Shop) -> None:
    answer = shop.client.post(PAGE, {"pin": PIN, "again": PIN})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    kept = [SessionStore().decode(row.session_data) for row in Session.objects.all()]
    assert kept
    assert PIN not in str(kept)


def test_the_page_that_wanted_a_pin_is_gone_back_to(shop: Shop) -> None:
    give_password(shop.client)
    page = text_of(shop.client.get(f"{PAGE}?next=/orders/L-1/pay/"))
    assert 'name="next" value="/orders/L-1/pay/"' in page
    answer = shop.client.post(PAGE, {"pin": PIN, "again": PIN, "next": "/orders/L-1/pay/"})
    assert answer["Location"] == "/orders/L-1/pay/"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_another_site_is_not_gone_to(shop: Shop, path: str) -> None:
    give_password(shop.client)
    answer = shop.client.post(PAGE, {"pin": PIN, "again": PIN, "next": path})
    assert answer["Location"] == "/settings/"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"pin": "12345", "again": "12345"}, "pin", "has 6 digits"),
        ({"pin": "123456", "again": "123456"}, "pin", "too easy to guess"),
        ({"pin": PIN, "again": OTHER}, "again", "The two PINs don&#x27;t match"),
        ({"pin": "", "again": OTHER}, "pin", "Please"),
    ],
)
def test_a_fault_stands_beside_its_field_and_no_pin_is_shown(
    shop: Shop, fields: dict[str, str], field: str, words: str
) -> None:
    give_password(shop.client)
    answer = shop.client.post(PAGE, fields)
    page = text_of(answer)
    assert answer.status_code == 400
    found = re.search(rf'id="id_{field}-fault">([^<]+)<', page)
    assert found
    assert words in found[1]
    assert "value=" not in "".join(re.findall(r'<input type="password"[^>]*>', page))


def test_changing_needs_the_password_and_the_old_pin(shop: Shop) -> None:
    start_with_pin(shop)
    assert shop.client.get(PAGE)["Location"].startswith("/accounts/reauthenticate/")
    give_password(shop.client)
    assert "Current PIN" in text_of(shop.client.get(PAGE))
    new = {"pin": OTHER, "again": OTHER}
    refused = text_of(shop.client.post(PAGE, {"old_pin": "640172", **new}))
    assert "You have 4 attempts left" in refused
    assert shop.client.post(PAGE, {"old_pin": PIN, **new})["Location"] == "/settings/"
    has_pin(shop, OTHER)


def test_five_wrong_ones_pause_it_and_going_elsewhere_does_not_help(shop: Shop) -> None:
    start_with_pin(shop)
    fields = {"old_pin": "640172", "pin": OTHER, "again": OTHER}
    give_password(shop.client)
    for _ in range(4):
        shop.client.post(PAGE, fields)
        shop.client.get("/settings/")
    stranger = Client()
    stranger.force_login(shop.person)
    give_password(stranger)
    answer = stranger.post(PAGE, fields)
    assert "is locked until" in text_of(answer)
    assert "Nov" in text_of(stranger.get(PAGE))
    assert "is locked until" in text_of(shop.client.post(PAGE, {**fields, "old_pin": PIN}))


def test_a_forgotten_pin_is_reset_with_the_password(shop: Shop) -> None:
    start_with_pin(shop)
    assert shop.client.get(RESET)["Location"].startswith("/accounts/reauthenticate/")
    give_password(shop.client, RESET)
    assert "Reset the payment PIN" in text_of(shop.client.get(RESET))
    assert shop.client.post(RESET, {"pin": OTHER, "again": OTHER})["Location"] == "/settings/"
    has_pin(shop, OTHER)


def test_without_a_pin_there_is_nothing_to_reset(shop: Shop) -> None:
    assert shop.client.get(RESET)["Location"] == PAGE


def test_a_stranger_signs_in_first() -> None:
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
