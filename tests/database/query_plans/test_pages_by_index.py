"""What the pages read, they find by index: no statement goes through a table of people.

On 20,000 people with 200,000 bundles, ANALYZEd, PostgreSQL chooses as it does on millions: reading
a whole table would cost it far more than an index. The statements are run, so that the rows that a
statement touches are counted, not guessed.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa_lab.seeding.facts import Size
from limosa_lab.seeding.seed import seed
from tests.database.query_plans.reading import check_by_index, reads_of
from tests.factories.accounts import sign_in_staff

SIZE = Size(subscribers=20_000, bundles=200_000, orders=40_000)
BIG_TABLES = {
    "accounts_subscriber",
    "charging_dailyusage",
    "charging_usagededuction",
    "charging_usagerecord",
    "esims_bundle",
    "esims_esim",
    "ledger_account",
    "ledger_journalentry",
    "ledger_posting",
    "notifications_notification",
    "ordering_order",
    "ordering_quote",
    "payments_payment",
}
# A person's own rows are a few dozen, and a bitmap may bring some of their neighbours; a table has
# tens of thousands.
ROWS_READ_MAX = 1_000

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _many_people(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        seed(SIZE, now=timezone.now(), report=lambda *_: None)
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def person() -> Subscriber:
    """Somebody from the middle who has two eSIMs."""
    return Subscriber.objects.get(pk=10_000)


def check(visit: Callable[[], object], *, rows_max: int = ROWS_READ_MAX) -> None:
    check_by_index(reads_of(visit), tables=BIG_TABLES, rows_max=rows_max)


def _path(page: str, person: Subscriber) -> str:
    esim = Esim.objects.filter(subscriber=person).latest("id")
    order = Order.objects.filter(subscriber=person).latest("id")
    return page.format(esim=esim.public_id, order=order.number)


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/esims/{esim}/renew/",
        "/esims/{esim}/",
        "/orders/",
        "/orders/{order}/",
        "/orders/{order}/receipt/",
        "/notifications/",
        "/plans/",
    ],
)
def test_a_page_reads_by_index(client: Client, person: Subscriber, page: str) -> None:
    client.force_login(person)
    path = _path(page, person)

    def visit() -> None:
        assert client.get(path).status_code == 200

    check(visit)


@pytest.mark.parametrize(
    ("show", "asked"),
    [
        ("all", {}),
        ("all", {"state": "cancelled"}),
        ("all", {"currency": "USD", "least": "99999"}),
        ("orders", {}),
        ("orders", {"state": "cancelled"}),
        # Not by amount: a day has a thirtieth of all orders here, for which it is cheaper to read
        # the quotes whole; of years of orders it would not be.
    ],
    ids=str,
)
def test_a_filter_of_the_console_reads_its_days_and_nothing_else(
    client: Client, person: Subscriber, show: str, asked: dict[str, str]
) -> None:
    """On a day long ago: read from the newest row back, that would be a walk through all later."""
    sign_in_staff(client)
    middle = Order.objects.filter(subscriber=person).latest("id").placed_at - timedelta(days=15)
    day = middle.astimezone(ZoneInfo(settings.SERVICE_TIME_ZONE)).date()
    midnight = datetime.combine(day, time(0), tzinfo=ZoneInfo(settings.SERVICE_TIME_ZONE))
    within = (midnight, midnight + timedelta(days=1))
    of_the_day = max(
        Order.objects.filter(placed_at__range=within).count(),
        Payment.objects.filter(created_at__range=within).count(),
    )
    days = {"first": day.isoformat(), "last": day.isoformat()}

    def visit() -> None:
        answer = client.get("/console/payments/", {"show": show, **days, **asked})
        assert answer.status_code == 200

    check(visit, rows_max=of_the_day + ROWS_READ_MAX)


@pytest.mark.parametrize(
    "text",
    [
        "person10000",
        "seed.example",
        "Person",
        "10000@",
        "no-such-part",
        "王",
        "L-00000000",
        "C-00000000",
        "LM0000000000",
        "8901260000000004471",
        "4200001234202611220000000001",
        "pi_3NaBcDeFgH",
    ],
)
def test_a_search_of_the_console_reads_by_index(client: Client, text: str) -> None:
    sign_in_staff(client)

    def visit() -> None:
        assert client.get("/console/find/", {"q": text}).status_code in {200, 302}

    check(visit)


def test_the_tables_are_big_and_known_to_the_planner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND reltuples < 20000",
            [sorted(BIG_TABLES)],
        )
        assert cursor.fetchall() == []


def test_without_its_index_a_read_is_caught(person: Subscriber) -> None:
    """The control: a statement that has no index reads the whole table, and is seen to."""
    with pytest.raises(AssertionError, match="Seq Scan"):
        check(lambda: list(Bundle.objects.filter(used_bytes=person.pk)))
