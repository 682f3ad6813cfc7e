"""Balances at suppliers are kept, compared with our books, and warned of; deposits are booked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from limosa.config.checks.contents_check import check_contents
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.payables.models import BalanceReading, SupplierAccount, SupplierDeposit
from limosa.domain.payables.operations.record_deposit import record_deposit
from limosa.domain.payables.operations.undo_deposit import undo_deposit
from limosa.domain.payables.operations.watch_balance import watch_balance
from limosa.domain.payables.queries import low_accounts
from limosa.domain.payables.refusals import DepositReferenceReusedError
from limosa.domain.support.models import GuardKind
from limosa.domain.support.operations.run_guards import run_guards
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.connectivity import make_supply
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
CODE, ACCOUNT = "wholesale", "supplier:wholesale:USD"


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def spend(minor: int, *, days_ago: int) -> None:
    supply = make_supply(state="delivered", cost_minor=minor, cost_currency="USD")
    book_supply_cost(supply=supply, now=MOMENT - timedelta(days=days_ago))


def watch() -> SupplierAccount:
    return watch_balance(supplier_code=CODE, now=MOMENT)


def test_a_balance_is_kept_with_what_the_books_say(supplier: FakeSupplier) -> None:
    record_deposit(supplier_code=CODE, amount=Money(12_000, "USD"), reference="T-1", now=MOMENT)
    spend(1_400, days_ago=1)
    account = watch()
    assert (account.available_minor, account.currency) == (10_000, "USD")
    assert (account.days_left, account.warning) == (50, "")
    reading = BalanceReading.objects.get()
    assert (reading.available_minor, reading.booked_minor) == (10_000, 10_600)


def test_one_that_runs_out_is_warned_of_and_what_was_spent_long_ago_does_not_count(
    supplier: FakeSupplier,
) -> None:
    spend(50_000, days_ago=8)
    assert watch().warning == ""
    spend(50_000, days_ago=2)
    assert (watch().days_left, watch().warning) == (1, "days")


def test_one_below_the_floor_is_warned_of(supplier: FakeSupplier, settings: Settings) -> None:
    settings.SUPPLIER_BALANCE_FLOORS = {"USD": 10_001}
    assert watch().warning == "floor"
    settings.SUPPLIER_BALANCE_FLOORS = {"EUR": 10_001}
    assert watch().warning == ""


def test_a_balance_that_was_told_is_compared_with_the_floors_of_now(
    supplier: FakeSupplier, settings: Settings
) -> None:
    watch()
    assert low_accounts() == []
    settings.SUPPLIER_BALANCE_FLOORS = {"USD": 10_001}
    assert [row.warning for row in low_accounts()] == ["floor"]
    assert "is low: 100.00 USD" in " ".join(one.text for one in check_contents())
    found = run_guards(now=MOMENT, kinds=[GuardKind.PAYABLES])
    assert [one.problem for one in found] == ["balance_floor"]
    settings.SUPPLIER_BALANCE_FLOORS = {}
    assert run_guards(now=MOMENT, kinds=[GuardKind.PAYABLES]) == []
    assert SupplierAccount.objects.get().warning == ""


def test_without_an_answer_the_last_balance_stays(supplier: FakeSupplier) -> None:
    watch()
    supplier.script(LOST_BEFORE)
    account = watch()
    assert (account.available_minor, account.problem) == (10_000, "no answer")
    assert BalanceReading.objects.count() == 1


def test_a_deposit_is_booked_once_and_undone_by_a_counter_entry() -> None:
    for _ in range(2):
        record_deposit(supplier_code=CODE, amount=Money(500, "USD"), reference="T-1", now=MOMENT)
    assert (balance_of(code=ACCOUNT), balance_of(code="bank:USD")) == (500, -500)
    with pytest.raises(DepositReferenceReusedError):
        record_deposit(supplier_code=CODE, amount=Money(501, "USD"), reference="T-1", now=MOMENT)
    deposit = SupplierDeposit.objects.get()
    assert undo_deposit(deposit_id=deposit.pk, now=MOMENT)
    assert undo_deposit(deposit_id=deposit.pk, now=MOMENT) is None
    assert (balance_of(code=ACCOUNT), balance_of(code="bank:USD")) == (0, 0)
    with pytest.raises(DepositReferenceReusedError):
        record_deposit(supplier_code=CODE, amount=Money(500, "USD"), reference="T-1", now=MOMENT)
