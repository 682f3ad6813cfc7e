"""The console's days and times are those of the service's time zone, whoever looks."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import cast

import pytest
import time_machine
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from limosa.domain.ledger.operations.credit_wallet import credit_wallet
from limosa.foundation.money import Money
from limosa.web.console.urls import urlpatterns
from tests.factories.accounts import make_operator, make_subscriber, sign_in_staff
from tests.factories.payments import make_payment
from tests.factories.settlements import make_settlement

pytestmark = pytest.mark.django_db
# In Chatham both are on the 30th, in Los Angeles on the 29th.
BOOKED = datetime(2026, 11, 29, 10, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
PAGES = sorted(str(url.name) for url in urlpatterns if "<" not in str(url.pattern))


@pytest.fixture(autouse=True)
def _staff_abroad(client: Client, settings: Settings) -> Iterator[None]:
    settings.SERVICE_TIME_ZONE = "Pacific/Chatham"
    with time_machine.travel(NOW, tick=False):
        sign_in_staff(client, make_operator(time_zone="America/Los_Angeles"))
        yield


def text_of(client: Client, name: str, **asked: str) -> str:
    answer = client.get(reverse(f"console:{name}"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def exported(client: Client, day: str) -> int:
    asked = {"table": "journal", "since": day, "until": day, "kind": "csv"}
    answer = client.get(reverse("console:export"), asked)
    content = cast("StreamingHttpResponse", answer).streaming_content
    body = b"".join(cast("Iterable[bytes]", content)).decode()
    return len(list(csv.DictReader(io.StringIO(body))))


def test_lists_exports_and_books_have_the_same_days(client: Client) -> None:
    payment = make_payment(state="succeeded", created_at=BOOKED)
    credit_wallet(
        subscriber_id=make_subscriber().pk, amount=Money(700, "USD"), key="gift", now=BOOKED
    )
    for day, is_there in (("2026-11-29", False), ("2026-11-30", True)):
        listed = text_of(client, "payments", show="all", first=day, last=day)
        assert (payment.order_number in listed) == is_there
        assert bool(exported(client, day)) == is_there
        assert ("$7.00" in text_of(client, "money", day=day)) == is_there


def test_today_begins_at_the_services_midnight(client: Client) -> None:
    make_payment(state="succeeded", created_at=BOOKED)
    early = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)
    make_payment(state="succeeded", created_at=early)
    page = text_of(client, "today")
    assert "Nov 30, 1:45\u00a0AM" in page
    answer = client.get(reverse("console:today"))
    assert answer.context["paid_today"].number == 1


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_whose_days_it_shows(client: Client, name: str) -> None:
    make_payment(state="succeeded", created_at=BOOKED)
    answer = client.get(reverse(f"console:{name}"), {"show": "all"}, follow=True)
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if answer.status_code in {404, 405} or not is_page:
        return
    page = answer.content.decode()
    assert "Times are in Chatham" in page
    assert "Los Angeles" not in page or name == "people"  # Where people live.


def test_a_settlements_day_is_the_providers_and_says_so(client: Client) -> None:
    made = make_settlement()
    address = reverse("console:settlement", args=[made.provider, made.day])
    for page in (client.get(address), client.get(reverse("console:settlements"), {"show": "days"})):
        assert "s own time zone" in page.content.decode()
