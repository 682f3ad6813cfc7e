"""The books on any day, an account's postings, the cash flow, rates, disputes and exports."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, cast

import pyarrow.parquet as pq
import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.models import JournalEntry
from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.foundation.money import Money
from limosa.web.console import export_tables
from limosa.web.console.cash_flow import cash_flow
from limosa.web.console.views.money import books
from tests.factories import MOMENT
from tests.factories.accounts import make_operator, make_subscriber, sign_in_staff
from tests.factories.catalog import make_rates
from tests.factories.payments import make_dispute, make_payment, make_refund
from tests.factories.settlements import make_difference, make_settlement, make_total

pytestmark = pytest.mark.django_db
ZONE = "America/Los_Angeles"


@pytest.fixture
def operator(client: Client) -> Subscriber:
    person = make_operator(time_zone=ZONE)
    sign_in_staff(client, person)
    return person


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def body_of(answer: Any) -> bytes:
    return b"".join(
        cast("Iterable[bytes]", cast("StreamingHttpResponse", answer).streaming_content)
    )


def give(minor: int, *, key: str, days_ago: int = 0, currency: str = "USD") -> None:
    credit_wallet(
        subscriber_id=make_subscriber().pk,
        amount=Money(minor, currency),
        key=key,
        now=MOMENT - timedelta(days=days_ago),
    )


def test_the_books_of_a_day_hold_what_was_booked_until_its_end() -> None:
    give(500, key="old", days_ago=3)
    give(700, key="new")
    (now,) = books()
    (then,) = books(MOMENT - timedelta(days=1))
    assert (now.debit, then.debit) == (Money(1200, "USD"), Money(500, "USD"))
    assert not now.difference.amount_minor
    assert not then.difference.amount_minor


def test_the_page_takes_a_day_and_a_currency(client: Client, operator: Subscriber) -> None:
    give(500, key="old", days_ago=3)
    give(700, key="new")
    give(900, key="yuan", currency="CNY")
    address = reverse("console:money")
    page = text_of(client, f"{address}?day=2026-11-20")
    assert "$5.00" in page
    assert "$12.00" not in page
    assert "¥9.00" not in page
    page = text_of(client, f"{address}?currency=CNY")
    assert "¥9.00" in page
    assert "$12.00" not in page
    assert "$12.00" in text_of(client, f"{address}?day=no-day")


def test_an_account_shows_its_postings_page_by_page(client: Client, operator: Subscriber) -> None:
    for turn in range(53):
        give(100 + turn, key=f"gift-{turn}")
    address = reverse("console:account", args=["promotions:USD"])
    assert address in text_of(client, reverse("console:money"))
    first = text_of(client, address)
    assert "gift-52" in first
    assert "gift-1<" not in first
    before = first.split("before=")[1].split('"')[0]
    assert "gift-1<" in text_of(client, f"{address}?before={before}")
    assert client.get(reverse("console:account", args=["none:USD"])).status_code == 404


def test_the_cash_flow_adds_up_per_day_and_channel() -> None:
    payment = make_payment(state="succeeded")
    make_payment(state="succeeded", provider="wallet", method="wallet")
    make_payment(state="succeeded", created_at=MOMENT - timedelta(days=40))
    make_payment(state="succeeded", pays_order=False, created_at=MOMENT - timedelta(days=1))
    make_refund(payment=payment, amount_minor=500, state="succeeded", finished_at=MOMENT)
    make_refund(payment=payment, amount_minor=900, state="sent")
    make_total(make_settlement(day=date(2026, 11, 22)), fees_minor=77)
    (flow,) = cash_flow(days=14, time_zone=ZONE, now=MOMENT)
    assert (flow.provider, flow.currency, len(flow.days)) == ("wechatpay", "CNY", 14)
    sums = [day.amount_minor for day in (flow.taken, flow.refunded, flow.fees, flow.net)]
    assert sums == [2 * 17862, 500, 77, 2 * 17862 - 577]
    today, yesterday = flow.moved_days
    assert (today.taken_minor, today.refunded_minor, today.fees_minor) == (17862, 500, 77)
    assert today.blocks["taken"].y + today.blocks["taken"].height == pytest.approx(flow.zero)
    assert today.blocks["fees"].y >= flow.zero + today.blocks["refunded"].height - 0.1
    assert list(yesterday.blocks) == ["taken"]


def test_the_chart_is_said_in_words_too(client: Client, operator: Subscriber) -> None:
    make_payment(state="succeeded", created_at=timezone.now() - timedelta(minutes=5))
    page = text_of(client, reverse("console:flow"))
    assert 'aria-label="Received ¥178.62, refunded ¥0.00, fees ¥0.00' in page
    assert "Daily figures as a table" in page
    assert client.get(f"{reverse('console:flow')}?days=5").status_code == 404
    assert text_of(client, f"{reverse('console:flow')}?days=90")


def test_rates_stand_with_their_day_and_source(client: Client, operator: Subscriber) -> None:
    make_rates()
    page = text_of(client, f"{reverse('console:rates')}?currency=CNY")
    assert "European Central Bank" in page
    assert client.get(f"{reverse('console:rates')}?currency=XXX").status_code == 404


def test_open_disputes_are_listed_and_all_on_demand(client: Client, operator: Subscriber) -> None:
    for turn, state in enumerate(("open", "lost")):
        make_dispute(reference=f"dp_{turn}", amount_minor=100, state=state)
    page = text_of(client, reverse("console:disputes"))
    assert "dp_0" in page
    assert "dp_1" not in page
    assert "dp_1" in text_of(client, f"{reverse('console:disputes')}?show=all")


def export(client: Client, table: str, kind: str, **days: str) -> Any:
    asked = {"table": table, "kind": kind, "since": "2026-11-20", "until": "2026-11-22", **days}
    return client.get(reverse("console:export"), asked)


def fill() -> None:
    give(500, key="inside")
    give(700, key="before", days_ago=3)
    make_payment(state="succeeded")
    make_payment(created_at=MOMENT - timedelta(days=3))
    make_difference()
    make_difference(
        settlement=make_settlement(day=date(2026, 11, 1)), found_at=MOMENT - timedelta(days=9)
    )


@pytest.mark.parametrize(("table", "rows"), [("journal", 2), ("payments", 1), ("differences", 1)])
def test_an_export_holds_the_rows_of_its_days_the_same_in_both_kinds(
    table: str, rows: int, client: Client, operator: Subscriber
) -> None:
    fill()
    answer = export(client, table, "csv")
    assert answer.streaming
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.DictReader(io.StringIO(body_of(answer).decode())))
    assert len(lines) == rows
    kept = pq.read_table(io.BytesIO(body_of(export(client, table, "parquet")))).to_pylist()
    assert [list(line) for line in kept] == [list(line) for line in lines]
    assert [as_text(row) for row in kept] == lines


def as_text(row: dict[str, Any]) -> dict[str, str]:
    return {
        name: ""
        if value is None
        else value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
        for name, value in row.items()
    }


def test_the_journal_is_exported_with_account_and_sign(
    client: Client, operator: Subscriber
) -> None:
    give(500, key="gift")
    lines = csv.DictReader(io.StringIO(body_of(export(client, "journal", "csv")).decode()))
    legs = {line["account"].split(":")[0]: line["amount_minor"] for line in lines}
    assert legs == {"promotions": "500", "wallet": "-500"}


def test_what_a_spreadsheet_would_run_is_kept_from_it(client: Client, operator: Subscriber) -> None:
    make_payment(state="succeeded", transaction_id='=HYPERLINK("x")')
    (line,) = csv.DictReader(io.StringIO(body_of(export(client, "payments", "csv")).decode()))
    assert line["transaction_id"] == '\'=HYPERLINK("x")'
    assert line["amount_minor"] == "17862"


def test_an_export_that_makes_no_sense_says_what_is_wrong(
    client: Client, operator: Subscriber
) -> None:
    answer = export(client, "journal", "csv", since="2026-11-22", until="2026-11-20")
    assert "The last day is before the first." in answer.content.decode()
    assert "Choose a day." in export(client, "journal", "csv", since="").content.decode()
    assert export(client, "people", "csv").status_code == 200
    assert not export(client, "people", "csv").streaming


@pytest.mark.parametrize("language", ["en", "zh-hans", "es"])
def test_the_days_stand_in_the_form_in_every_language(
    language: str, client: Client, operator: Subscriber
) -> None:
    operator.language = language
    operator.save()
    page = text_of(client, reverse("console:export"))
    assert len(re.findall(r'value="\d{4}-\d{2}-\d{2}"', page)) == 2


def test_without_pyarrow_csv_is_offered_alone(
    client: Client, operator: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limosa.web.console.views.exports.find_spec", lambda _: None)
    page = text_of(client, reverse("console:export"))
    assert "CSV" in page
    assert "Parquet" not in page
    assert not export(client, "journal", "parquet").streaming


def test_a_long_export_is_read_in_parts(client: Client, operator: Subscriber) -> None:
    JournalEntry.objects.all()
    for turn in range(7):
        give(100, key=f"gift-{turn}")
    table = export_tables.TABLES["journal"]
    rows = table.rows((MOMENT - timedelta(days=1), MOMENT + timedelta(days=1)))
    assert len(next(rows)) == len(table.names)
    assert len(list(rows)) == 13
