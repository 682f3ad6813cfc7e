"""The lists of payments and orders are narrowed to days, channel, state and amount."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django.fixtures import Settings

from limosa.domain.payments.models import PaymentState
from limosa.web.console.paging import PAGE_SIZE
from limosa.web.console.standings import STANDINGS, standing_of
from limosa.web.console.words import payment_state
from tests.factories.accounts import sign_in_staff
from tests.factories.catalog import make_plan
from tests.factories.ordering import make_order
from tests.factories.payments import make_payment

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
LIST = reverse("console:payments")


@pytest.fixture(autouse=True)
def _signed_in_at_a_fixed_time(client: Client, settings: Settings) -> Iterator[None]:
    settings.SERVICE_TIME_ZONE = "America/Los_Angeles"
    with time_machine.travel(NOW, tick=False):
        sign_in_staff(client)
        yield


def numbers(page: str) -> set[str]:
    return set(re.findall(r"/console/orders/([^/]+)/", page))


def shown(client: Client, **asked: str) -> set[str]:
    answer = client.get(LIST, {"show": "all", **asked})
    assert answer.status_code == 200
    return numbers(answer.content.decode())


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "ABCDE"),
        ({"channel": "paypal"}, "B"),
        ({"state": "failed"}, "C"),
        ({"currency": "USD"}, "BD"),
        ({"currency": "USD", "least": "20"}, "BD"),
        ({"currency": "USD", "least": "20.01"}, "D"),
        ({"currency": "USD", "most": "20.00"}, "B"),
        ({"currency": "USD", "least": "20.00", "most": "20"}, "B"),
        ({"first": "2026-11-21", "last": "2026-11-21"}, "E"),
        ({"last": "2026-11-21"}, "E"),
        ({"first": "2026-11-22"}, "ABCD"),
        ({"channel": "wechatpay", "state": "failed", "currency": "CNY"}, "C"),
        ({"channel": "paypal", "state": "failed"}, ""),
    ],
)
def test_payments_are_narrowed(client: Client, asked: dict[str, str], expected: str) -> None:
    midnight = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # In Los Angeles.
    by_letter = {
        "A": make_payment(created_at=midnight),
        "B": make_payment(created_at=NOW, provider="paypal", amount_minor=2000, currency="USD"),
        "C": make_payment(created_at=NOW, state="failed"),
        "D": make_payment(created_at=NOW, amount_minor=2001, currency="USD"),
        "E": make_payment(created_at=midnight - timedelta(microseconds=1)),
    }
    wanted = {by_letter[letter].order_number for letter in expected}
    assert shown(client, **asked) == wanted


def test_a_filter_without_days_looks_back_a_month_and_says_so(client: Client) -> None:
    make_payment(created_at=NOW - timedelta(days=31), provider="paypal")
    inside = make_payment(created_at=NOW - timedelta(days=28), provider="paypal")
    assert shown(client, channel="paypal") == {inside.order_number}
    page = client.get(LIST, {"show": "all", "channel": "paypal"}).content.decode()
    assert "Oct 24 – Nov 22" in strip_tags(page)


def test_orders_are_narrowed_by_any_of_their_payments(client: Client) -> None:
    plan = make_plan()
    paid = make_order(state="paid", placed_at=NOW, plan=plan)
    make_payment(order=paid, provider="paypal", state="failed")
    make_payment(order=paid, provider="wechatpay", state="succeeded")
    other = make_order(placed_at=NOW, plan=plan)
    assert shown(client, show="orders") == {paid.number, other.number}
    for channel in ("paypal", "wechatpay"):
        assert shown(client, show="orders", channel=channel) == {paid.number}
    assert shown(client, show="orders", state="placed") == {other.number}
    assert shown(client, show="orders", currency="USD", least="25", most="25") == {
        paid.number,
        other.number,
    }
    assert shown(client, show="orders", currency="USD", least="25.01") == set()


def test_the_page_says_what_it_is_narrowed_to_and_how_to_clear_it(client: Client) -> None:
    asked = {"channel": "paypal", "state": "failed", "currency": "USD", "least": "5", "most": "9"}
    page = client.get(LIST, {"show": "all", **asked}).content.decode()
    said = strip_tags(page[page.index('data-testid="filtered"') :].split("</p>")[0])
    for text in ("PayPal", "Failed", "$5.00 – $9.00", "Clear the filter"):
        assert text in said
    assert "No results match this filter." in page
    assert '<form method="get"' in page
    assert 'value="paypal" selected' in page


def test_paging_keeps_the_filter_and_loses_nothing(client: Client) -> None:
    order = make_order()
    made = {
        make_payment(order=order, provider="paypal", method=str(n), created_at=NOW).number
        for n in range(PAGE_SIZE + 3)
    }
    make_payment(order=order, created_at=NOW)
    asked = {"show": "all", "channel": "paypal", "currency": "CNY"}
    first = client.get(LIST, asked)
    older = re.search(r'rel="next" href="([^"]+)"', first.content.decode())
    assert older
    link = older[1].replace("&amp;", "&")
    assert dict(parse_qsl(urlsplit(link).query)).items() >= asked.items()
    second = client.get(f"{LIST}{link}")
    rows = [*first.context["page"].rows, *second.context["page"].rows]
    assert len(rows) == len(made)
    assert {row.number for row in rows} == made
    assert second.context["page"].next_before is None
    assert not second.context["page"].is_first


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"least": "5"}, "Choose the currency"),
        ({"least": "5,00", "currency": "USD"}, "without commas or spaces"),
        ({"least": "٥", "currency": "USD"}, "with the digits 0 to 9"),
        ({"least": "1e9", "currency": "USD"}, "Enter the amount in digits"),
        ({"least": "9999999999999", "currency": "USD"}, "is too long"),
        ({"least": "0.005", "currency": "USD"}, "has only 2 decimals"),
        ({"least": "9", "most": "5", "currency": "USD"}, "is below the lowest"),
        ({"first": "2026-11-22", "last": "2026-11-21"}, "before the first"),
        ({"first": "2020-11-22"}, "Choose a year at most"),
        ({"first": "yesterday"}, "valid date"),
        ({"channel": "gold"}, "is not available"),
        ({"state": "fulfilled"}, "is not available"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_shows_no_list(
    client: Client, asked: dict[str, str], fault: str
) -> None:
    make_payment(created_at=NOW)
    answer = client.get(LIST, {"show": "all", **asked})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert fault in page
    assert numbers(page) == set()


@pytest.mark.parametrize("before", ["", "x", "-1", "1", "1-", "99999999999999999-1", "0-0"])
def test_a_place_in_the_list_that_makes_no_sense_is_no_fault(client: Client, before: str) -> None:
    make_payment(created_at=NOW, provider="paypal")
    answer = client.get(LIST, {"show": "all", "channel": "paypal", "before": before})
    assert answer.status_code == 200


STATES_OF_A_PAYMENT: dict[str, dict[str, Any]] = {
    **{state.value: {"state": state.value} for state in PaymentState},
    "processing": {"state": "pending", "processing_since": NOW},
    "refunded": {"state": "succeeded", "refunded_minor": 17862},
    "refunded_in_part": {"state": "succeeded", "refunded_minor": 1},
    "in_wallet": {
        "state": "succeeded",
        "pays_order": False,
        "in_wallet": True,
        "refunded_minor": 17862,
    },
}


def test_each_label_of_the_list_is_a_filter_that_finds_its_rows_and_no_others(
    client: Client,
) -> None:
    """The list and its filter have one vocabulary; what is added to it is tried too."""
    assert STATES_OF_A_PAYMENT.keys() == STANDINGS.keys()
    made = {
        standing: make_payment(created_at=NOW, **fields)
        for standing, fields in STATES_OF_A_PAYMENT.items()
    }
    for standing, payment in made.items():
        payment.refresh_from_db()
        assert standing_of(payment) == standing
        assert shown(client, state=standing) == {payment.order_number}
        assert payment_state(payment) == str(STANDINGS[standing].word)
