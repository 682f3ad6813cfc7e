"""What a stranger sees first."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.domain.payments.registry import provider_for
from limosa.domain.search.operations.rebuild_index import rebuild_index
from limosa.foundation.volume import GB
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.promotions import make_promotion

pytestmark = pytest.mark.django_db


def page() -> str:
    answer = Client().get("/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_search_comes_first_and_needs_no_script() -> None:
    shown = page()
    assert shown.index('action="/search/"') < shown.index('action="/device/"')
    assert 'action="/renew/"' in shown
    assert "/accounts/login/" in shown
    assert "/advice/" in shown


def test_what_is_typed_there_is_answered_where_it_belongs() -> None:
    checked = Client().post("/device/", {"typed": "A3104"})
    assert (checked.status_code, checked["Location"]) == (302, "/device/")
    client = Client()
    client.post("/device/", {"typed": "A3104"})
    assert 'data-testid="device-line"' in client.get("/").content.decode()


def test_places_that_are_sold_are_offered() -> None:
    make_plan(countries=["JP"])
    rebuild_index(now=MOMENT)
    assert 'href="/search/?q=Japan"' in page()


def test_the_promotion_that_ends_first_is_shown_with_the_best_plan_that_it_is_on() -> None:
    make_carrier("att", name="AT&T")
    make_plan(code="small", prices={"USD": 1000}, volume_bytes=5 * GB)
    make_plan(code="large", prices={"USD": 3000}, volume_bytes=50 * GB, carrier_id="att")
    make_promotion(name={"en": "Later"}, percent_off=10, ends_at=MOMENT + timedelta(days=9))
    make_promotion(
        name={"en": "Sooner"},
        percent_off=50,
        plan_codes=["small", "large"],
        ends_at=MOMENT + timedelta(days=2),
    )
    shown = page()
    assert "Sooner" in shown
    assert "Later" not in shown
    assert 'href="/plans/large/"' in shown
    assert "$15.00" in shown


@pytest.mark.parametrize("codes", [[], ["gone"]])
def test_a_promotion_on_nothing_that_is_sold_names_no_plan(codes: list[str]) -> None:
    make_promotion(name={"en": "Sooner"}, percent_off=50, plan_codes=codes)
    shown = page()
    assert "Sooner" in shown
    assert 'href="/plans/"' in shown


def test_without_a_promotion_there_is_no_word_of_one() -> None:
    make_plan()
    assert 'data-testid="promotion"' not in page()


@pytest.mark.parametrize(
    ("codes", "names"),
    [([], ["Wallet"]), (["paypal", "stripe"], ["Card", "PayPal", "Wallet"])],
)
def test_the_ways_to_pay_are_those_that_are_set_up(
    codes: list[str], names: list[str], settings: Settings
) -> None:
    channels = {"stripe": "Cards", "paypal": "PayPal"}
    where = "tests.database.web.storefront.channels"
    settings.PAYMENT_PROVIDERS = {code: f"{where}.{channels[code]}" for code in codes}
    provider_for.cache_clear()
    shown = re.findall(r"<li>([^<]*)</li>", page().partition('class="first-ways"')[2])
    provider_for.cache_clear()
    assert sorted(shown[: len(names)]) == names
    assert shown[len(names)].startswith("The price you see")


def test_signed_in_people_go_to_home() -> None:
    client = Client()
    client.force_login(make_subscriber())
    shown = client.get("/").content.decode()
    assert "No eSIM yet" in shown
    assert 'action="/renew/"' not in shown
