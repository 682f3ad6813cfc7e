"""A wallet's statement: every movement once, in the person's months, as page, CSV and PDF."""

import csv
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.engine.postings import Leg
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.foundation.money import Money
from tests.factories.accounts import make_subscriber

pytestmark = pytest.mark.django_db
# The last minute of November and the first of December in New York.
MOMENTS = [
    datetime(2026, 10, 5, tzinfo=UTC),
    datetime(2026, 11, 3, 12, tzinfo=UTC),
    datetime(2026, 12, 1, 4, 59, tzinfo=UTC),
    datetime(2026, 12, 1, 5, 0, tzinfo=UTC),
]


@pytest.fixture
def person(client: Client) -> Subscriber:
    person = make_subscriber(time_zone="America/New_York", currency="USD")
    for number, moment in enumerate(MOMENTS):
        amount = Money(100 * (number + 1), "USD")
        credit_wallet(subscriber_id=person.pk, amount=amount, key=f"s{number}", now=moment)
    credit_wallet(subscriber_id=person.pk, amount=Money(5, "CNY"), key="y", now=MOMENTS[1])
    other = make_subscriber()
    credit_wallet(subscriber_id=other.pk, amount=Money(999, "USD"), key="o", now=MOMENTS[1])
    client.force_login(person)
    return person


def table(client: Client, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/statement.csv?{query}")
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.content.decode().splitlines()))


@pytest.mark.usefixtures("person")
def test_a_month_has_what_moved_in_it_and_the_balances_before_and_after(client: Client) -> None:
    page = unescape(client.get("/statement/?month=2026-11&currency=USD").content.decode())
    assert page.index("$1.00") < page.index("$6.00") < page.index("Credit from us")
    rows = table(client, "month=2026-11&currency=USD")
    assert [(row["amount"], row["balance"]) for row in rows] == [("2.00", "3.00"), ("3.00", "6.00")]
    assert [row["time"] for row in rows] == [
        "2026-11-03T12:00:00+00:00",
        "2026-12-01T04:59:00+00:00",
    ]
    [row] = table(client, "month=2026-12&currency=USD")
    assert (row["amount"], row["balance"]) == ("4.00", "10.00")
    [row] = table(client, "month=2026-11&currency=CNY")
    assert (row["amount"], row["currency"]) == ("0.05", "CNY")


def test_a_top_up_and_its_refund_say_what_they_are_in_the_table_too(
    client: Client, person: Subscriber
) -> None:
    for number, (kind, minor) in enumerate([("top_up", 50), ("refund_request", -20)]):
        wallet = Leg("wallet", Money(-minor, "USD"), owner=str(person.pk))
        post_entry(
            key=f"k{number}",
            kind=kind,
            legs=[Leg("suspense", Money(minor, "USD")), wallet],
            now=MOMENTS[2],
            order_number="T-1",
        )
    said = [row["what"] for row in table(client, "month=2026-11&currency=USD")]
    assert said[2:] == ["Added to the wallet", "Refunded to the original payment method"]


@pytest.mark.usefixtures("person")
def test_all_months_together_are_the_wallet(client: Client) -> None:
    rows = [row for month in (10, 11, 12) for row in table(client, f"month=2026-{month}")]
    assert sum(float(row["amount"]) for row in rows) == 10
    assert rows[-1]["balance"] == "10.00"


@pytest.mark.usefixtures("person")
def test_the_pdf_says_the_same(client: Client) -> None:
    answer = client.get("/statement.pdf?month=2026-11&currency=USD")
    assert answer["Content-Disposition"] == 'attachment; filename="limosa-2026-11-USD.pdf"'
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    for shown in ("Statement", "$1.00", "$2.00", "$3.00", "$6.00", "Credit from us"):
        assert shown in text


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("query", ["month=2026-13", "month=x", "month=99999-1", "currency=EUR", ""])
def test_what_names_no_month_or_wallet_shows_this_month(client: Client, query: str) -> None:
    for kind in ("/", ".csv", ".pdf"):
        assert client.get(f"/statement{kind}?{query}").status_code == 200


def test_a_stranger_sees_none() -> None:
    for kind in ("/", ".csv", ".pdf"):
        assert Client().get(f"/statement{kind}").status_code == 302
