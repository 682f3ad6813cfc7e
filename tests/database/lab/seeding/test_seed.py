"""`limosa seed`: rows that agree with each other, in tables that are as they were."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import CatalogImport
from limosa.domain.charging.models import DailyUsage, UsageRecord
from limosa.domain.charging.queries import usage_drifts
from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.ledger.models import Account
from limosa.domain.ledger.queries import trial_balance, wallet_drifts
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, Quote
from limosa.domain.payments.models import Payment
from limosa_lab.seeding.bulk_load import TablesNotEmptyError
from limosa_lab.seeding.facts import Size
from limosa_lab.seeding.seed import NoMonthlyPlanError, seed
from tests.factories import MOMENT
from tests.factories.accounts import make_subscriber
from tests.factories.catalog import make_plan
from tests.factories.esims import make_bundle
from tests.factories.ledger import make_account

SIZE = Size(subscribers=50, bundles=500, orders=120)

# VACUUM needs to stand outside any transaction.
pytestmark = pytest.mark.django_db(transaction=True)

_SHAPE = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, indexname, indexdef, true FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT tgrelid::regclass::text, tgname, tgenabled::text, true
  FROM pg_trigger WHERE NOT tgisinternal
"""

# PostgreSQL writes the casts of a condition in another place once it has read them back.
_CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")


def _silent(_step: str, _unit: str, _done: int, _total: int) -> None:
    pass


def _shape() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SHAPE)
        return sorted(
            (table, name, _CASTS.sub("", definition), state)
            for table, name, definition, state in cursor.fetchall()
        )


@pytest.fixture
def seeded() -> Iterator[None]:
    seed(SIZE, now=MOMENT, report=_silent)
    yield
    call_command("flush", interactive=False, verbosity=0)


@pytest.mark.usefixtures("seeded")
def test_the_numbers_are_those_that_were_asked_for() -> None:
    assert Subscriber.objects.count() == 50
    assert Esim.objects.count() == UsageRecord.objects.count() == 60
    assert Bundle.objects.count() == 500
    assert DailyUsage.objects.count() == 7 * 60
    for model in (Quote, Order, Payment, Notification):
        assert model.objects.count() == 120


@pytest.mark.usefixtures("seeded")
def test_the_books_and_the_use_agree() -> None:
    rows = trial_balance()
    assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows) > 0
    assert wallet_drifts() == []
    assert usage_drifts() == []
    for order in Order.objects.select_related("quote"):
        bundle = Bundle.objects.get(order_number=order.number)
        payment = Payment.objects.get(order_number=order.number, pays_order=True)
        assert bundle.esim_id == order.esim_id
        assert bundle.subscriber_id == order.subscriber_id == payment.subscriber_id
        assert payment.received_minor == order.quote.total_minor
        assert bundle.ends_at == order.quote.ends_at


def test_keys_indexes_and_triggers_are_as_they_were() -> None:
    before = _shape()
    seed(SIZE, now=MOMENT, report=_silent)
    assert _shape() == before
    call_command("flush", interactive=False, verbosity=0)


@pytest.mark.usefixtures("seeded")
def test_life_goes_on_after_the_seeded_rows() -> None:
    assert make_subscriber().pk == 51
    assert make_bundle().pk == 501


def test_people_who_are_there_are_not_touched() -> None:
    person, before = make_subscriber(), _shape()
    with pytest.raises(TablesNotEmptyError, match="accounts_subscriber"):
        seed(SIZE, now=MOMENT, report=_silent)
    assert list(Subscriber.objects.all()) == [person]
    assert not CatalogImport.objects.exists()
    assert _shape() == before


def test_what_people_left_behind_is_not_touched() -> None:
    make_account()
    with pytest.raises(TablesNotEmptyError, match="ledger_account"):
        seed(SIZE, now=MOMENT, report=_silent)
    assert Account.objects.exists()


def test_a_fault_half_way_leaves_the_database_as_it_was() -> None:
    before = _shape()

    def fail_at_the_orders(step: str, _unit: str, _done: int, _total: int) -> None:
        if step == "ordering_order":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(SIZE, now=MOMENT, report=fail_at_the_orders)
    assert not Subscriber.objects.exists()
    assert _shape() == before


def test_a_catalogue_without_a_monthly_plan_is_refused() -> None:
    CatalogImport.objects.create(file_name="own.yaml", plan_count=1, imported_at=MOMENT)
    make_plan(validity_count=7, validity_unit="day")
    with pytest.raises(NoMonthlyPlanError):
        seed(SIZE, now=MOMENT, report=_silent)
    assert not Subscriber.objects.exists()
