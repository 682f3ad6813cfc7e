"""The price list of people who have not chosen a currency is in one in which something is sold."""

import pytest
from django.test import Client
from django.urls import reverse

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.queries import default_currency
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan

pytestmark = pytest.mark.django_db
EMPTY = "No plans are on sale right now."
ELSEWHERE = "You can choose another currency in Settings."


def price_list(client: Client) -> str:
    return client.get(reverse("plans")).content.decode()


@pytest.mark.parametrize(
    ("sold", "expected"),
    [
        ([], "USD"),
        ([{"USD": 900}, {"JPY": 900}, {"JPY": 1900}], "USD"),
        ([{"JPY": 900, "KWD": 900}, {"JPY": 1900}], "JPY"),
        ([{"KWD": 900, "JPY": 900}], "JPY"),
    ],
)
def test_the_first_currency_is_one_in_which_something_is_sold(
    sold: list[dict[str, int]], expected: str
) -> None:
    make_plan(prices={"USD": 100, "EUR": 100}, on_sale=False)
    make_plan(prices={"USD": 100, "EUR": 100}, kind="top_up")
    for prices in sold:
        make_plan(prices=prices)
    assert default_currency() == expected


def test_a_visitor_and_a_new_account_see_prices_without_dollars(client: Client) -> None:
    make_plan(prices={"JPY": 1234, "KWD": 900})
    assert "JP¥1,234" in price_list(client)
    client.post(
        reverse("account_signup"),
        {"email": "new@example.com", "password1": "Correct-horse-9", "time_zone": "Asia/Tokyo"},
    )
    assert Subscriber.objects.get(email="new@example.com").currency == "JPY"


def test_settings_are_named_only_to_who_has_them_and_can_choose(client: Client) -> None:
    assert EMPTY in price_list(client)
    client.force_login(make_subscriber(currency="USD"))
    assert EMPTY in price_list(client)
    make_plan(prices={"JPY": 1234})
    page = price_list(client)
    assert ELSEWHERE in page
    assert EMPTY not in page
