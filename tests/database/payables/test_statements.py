"""A supplier's statement is compared with our books line by line, and repeating changes nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.connectivity.answers import Charge
from limosa.domain.connectivity.models import Supply
from limosa.domain.ledger.models import JournalEntry, Posting
from limosa.domain.ledger.queries import balance_of
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.book_supply_credit import book_supply_credit
from limosa.domain.payables.models import ChargeDifference, ChargedLine, Statement
from limosa.domain.payables.operations.agree_to_charge import agree_to_charge
from limosa.domain.payables.operations.dispute_charge import dispute_charge
from limosa.domain.payables.operations.fetch_due_statements import fetch_due_statements
from limosa.domain.payables.operations.fetch_statement import fetch_statement
from limosa.domain.payables.operations.import_statement import import_statement
from limosa.domain.payables.operations.record_deposit import record_deposit
from limosa.domain.payables.refusals import (
    ChargeDifferenceChangedError,
    NoStatementError,
    StatementDayNotOverError,
)
from limosa.foundation.errors import ProviderError
from limosa.foundation.money import Money
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.connectivity import make_supply
from tests.fakes.supplier import LOST_BEFORE, FakeSupplier
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db
CODE, ACCOUNT = "wholesale", "supplier:wholesale:USD"
DAY = (MOMENT - timedelta(days=3)).date()
AT = datetime.combine(DAY, datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def delivered(cost: int = 810, *, at: datetime = AT, reference: str = "") -> Supply:
    """Return an order that the supplier delivered, with its cost booked."""
    supply = make_supply(
        state="delivered", cost_minor=cost, cost_currency="USD", reference=reference
    )
    book_supply_cost(supply=supply, now=at)
    return supply


def charge(name: str, minor: int, **fields: object) -> Charge:
    given = {"charged_at": AT, "amount": Money(minor, "USD")} | fields
    return Charge(charge_id=name, **given)  # type: ignore[arg-type]


def fetch(days: int = 2) -> None:
    """Fetch the day, and those after it by which all is due."""
    for after in range(days + 1):
        fetch_statement(supplier_code=CODE, day=DAY + timedelta(days=after), now=MOMENT)


def found() -> dict[str, tuple[str, int]]:
    """Return what is open: the problem and the amount, by state and subject."""
    rows = ChargeDifference.objects.select_related("supply").order_by("id")
    return {
        f"{row.state} {row.charge_id or (row.supply and row.supply.order_number)}": (
            row.problem,
            row.delta_minor,
        )
        for row in rows
    }


def everything() -> list[object]:
    """Return all that a repetition might change."""
    return [
        list(ChargedLine.objects.order_by("id").values()),
        list(ChargeDifference.objects.order_by("id").values()),
        list(Posting.objects.order_by("id").values()),
    ]


def resolve_all() -> None:
    operator = make_operator()
    for row in ChargeDifference.objects.filter(state__in=["open", "disputed"]):
        agree_to_charge(
            difference_id=row.pk,
            delta_minor=row.delta_minor,
            resolved_by=operator,
            now=MOMENT,
        )


def test_a_day_that_agrees_has_no_difference(supplier: FakeSupplier) -> None:
    one, other = delivered(), delivered(500, reference="R-7")
    supplier.charged = [
        charge("a", 810, number=one.order_number),
        charge("b", 500, reference="R-7"),
    ]
    fetch()
    assert ChargedLine.objects.get(charge_id="b").supply == other
    assert found() == {}
    assert Statement.objects.get(day=DAY).lines == 2


def test_every_kind_is_found_and_once_resolved_the_account_is_the_statement(
    supplier: FakeSupplier,
) -> None:
    amount, twice, missing, credited = (delivered() for _ in range(4))
    rounded, fine = delivered(), delivered()
    refused = make_supply(state="refused")
    supplier.charged = [
        charge("1", 900, number=amount.order_number),
        charge("2", 810, number=twice.order_number),
        charge("3", 810, number=twice.order_number),
        charge("4", 810, number=credited.order_number),
        charge("5", -810, number=credited.order_number),
        charge("6", 811, number=rounded.order_number),
        charge("7", 810, number=fine.order_number),
        charge("8", 333, number=refused.order_number),
        charge("9", 77, reference="nobody's"),
    ]
    fetch()
    assert found() == {
        f"open {amount.order_number}": ("amount", 90),
        f"open {twice.order_number}": ("twice", 810),
        f"open {missing.order_number}": ("not_charged", -810),
        f"open {credited.order_number}": ("credit_not_booked", -810),
        f"resolved {rounded.order_number}": ("rounding", 0),
        f"open {refused.order_number}": ("not_booked", 333),
        "open 9": ("unknown", 77),
    }
    resolve_all()
    theirs = sum(one.amount.amount_minor for one in supplier.charged)
    assert balance_of(code=ACCOUNT) == -theirs
    assert balance_of(code="losses:USD") == 77
    before = everything()
    fetch()
    assert everything() == before


def test_repeating_a_day_changes_nothing(supplier: FakeSupplier) -> None:
    one = delivered()
    supplier.charged = [charge("a", 900, number=one.order_number), charge("b", 5)]
    fetch()
    before = everything()
    fetch()
    assert everything() == before


def test_what_may_still_be_charged_is_no_difference(supplier: FakeSupplier) -> None:
    one = delivered()
    fetch(days=0)
    assert found() == {}
    fetch(days=2)
    assert found() == {f"open {one.order_number}": ("not_charged", -810)}
    supplier.charged = [
        charge("late", 810, number=one.order_number, charged_at=AT + timedelta(days=2))
    ]
    fetch()
    assert found() == {f"resolved {one.order_number}": ("not_charged", 0)}
    assert JournalEntry.objects.filter(kind="supply_correction").count() == 0


def test_a_disputed_one_is_resolved_by_what_the_supplier_gives_back(
    supplier: FakeSupplier,
) -> None:
    one = delivered()
    lines = [charge("a", 810, number=one.order_number), charge("b", 810, number=one.order_number)]
    supplier.charged = lines
    fetch()
    row = ChargeDifference.objects.get()
    assert dispute_charge(difference_id=row.pk)
    assert dispute_charge(difference_id=row.pk) is None
    fetch()
    assert found() == {f"disputed {one.order_number}": ("twice", 810)}
    later = AT + timedelta(days=1)
    supplier.charged = [*lines, charge("c", -810, number=one.order_number, charged_at=later)]
    fetch()
    assert found() == {f"resolved {one.order_number}": ("twice", 0)}


def test_one_that_was_agreed_to_opens_again_with_another_line(supplier: FakeSupplier) -> None:
    one = delivered()
    supplier.charged = [charge("a", 900, number=one.order_number)]
    fetch()
    resolve_all()
    later = AT + timedelta(days=1)
    supplier.charged.append(charge("b", -90, number=one.order_number, charged_at=later))
    fetch()
    assert found() == {f"open {one.order_number}": ("credit_not_booked", -90)}
    resolve_all()
    assert balance_of(code=ACCOUNT) == -810


def test_what_is_booked_back_and_given_back_agrees(supplier: FakeSupplier) -> None:
    one = delivered()
    book_supply_credit(supply=one, now=AT + timedelta(hours=1))
    supplier.charged = [
        charge("a", 810, number=one.order_number),
        charge("b", -810, number=one.order_number),
    ]
    fetch()
    assert found() == {}
    assert balance_of(code=ACCOUNT) == 0


def test_a_charge_whose_order_is_found_later_is_moved_to_it(supplier: FakeSupplier) -> None:
    supplier.charged = [charge("a", 810, reference="R-9")]
    fetch()
    resolve_all()
    assert balance_of(code="losses:USD") == 810
    one = delivered(reference="R-9")
    fetch()
    assert found() == {"open a": ("explained", -810)}
    resolve_all()
    assert balance_of(code="losses:USD") == 0
    assert balance_of(code=ACCOUNT) == -810
    assert ChargedLine.objects.get().supply == one


def test_what_changed_since_the_page_was_shown_is_not_booked(supplier: FakeSupplier) -> None:
    one = delivered()
    supplier.charged = [charge("a", 900, number=one.order_number)]
    fetch()
    row, operator = ChargeDifference.objects.get(), make_operator()
    ChargedLine.objects.update(amount_minor=950)
    for delta in (90, 141):
        with pytest.raises(ChargeDifferenceChangedError):
            agree_to_charge(
                difference_id=row.pk, delta_minor=delta, resolved_by=operator, now=MOMENT
            )
    assert balance_of(code=ACCOUNT) == -810


def test_another_suppliers_number_is_not_ours(supplier: FakeSupplier) -> None:
    one = delivered()
    Supply.objects.update(supplier=make_supply().supplier)
    supplier.charged = [charge("a", 810, number=f"{one.order_number}X")]
    fetch(days=0)
    assert found() == {"open a": ("unknown", 810)}


def test_a_supplier_that_does_not_answer_is_asked_again(supplier: FakeSupplier) -> None:
    make_supply(asked_at=MOMENT - timedelta(days=30))
    supplier.script(LOST_BEFORE)
    assert fetch_due_statements(now=MOMENT) == 0
    assert Statement.objects.get().problem == "no answer"
    assert fetch_due_statements(now=MOMENT) == 7
    assert set(Statement.objects.values_list("state", flat=True)) == {"done"}
    assert fetch_due_statements(now=MOMENT) == 0


def test_nothing_is_compared_before_the_first_order_or_deposit(supplier: FakeSupplier) -> None:
    assert fetch_due_statements(now=MOMENT) == 0
    assert not Statement.objects.exists()
    at = MOMENT - timedelta(days=2)
    record_deposit(supplier_code=CODE, amount=Money(500, "USD"), reference="T-1", now=at)
    assert fetch_due_statements(now=MOMENT) == 2
    make_supply(asked_at=MOMENT - timedelta(days=4))
    assert fetch_due_statements(now=MOMENT) == 2
    first = Statement.objects.earliest("day").day
    assert first == (MOMENT - timedelta(days=4)).date()


def test_a_day_that_another_fetched_during_a_call_stays_done(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = supplier.charges

    def charges(**days: datetime) -> list[Charge]:
        monkeypatch.setattr(supplier, "charges", told)
        fetch_statement(supplier_code=CODE, day=DAY, now=MOMENT)
        raise ProviderError("no answer", retryable=True)

    monkeypatch.setattr(supplier, "charges", charges)
    row = fetch_statement(supplier_code=CODE, day=DAY, now=MOMENT)
    assert (row.state, row.problem) == ("done", "")


def test_what_can_not_be_fetched_is_refused(supplier: FakeSupplier) -> None:
    with pytest.raises(StatementDayNotOverError):
        fetch_statement(supplier_code=CODE, day=MOMENT.date(), now=MOMENT)
    with pytest.raises(NoStatementError):
        fetch_statement(supplier_code="nobody", day=DAY, now=MOMENT)
    assert not Statement.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_the_call(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def charges(**_: object) -> list[Charge]:
        seen.append(connection.in_atomic_block)
        return []

    monkeypatch.setattr(supplier, "charges", charges)
    fetch_statement(supplier_code=CODE, day=DAY, now=MOMENT)
    assert seen == [False]


def test_a_file_is_compared_as_a_whole_and_again_without_effect(tmp_path: Path) -> None:
    one, lost = delivered(), delivered(at=AT - timedelta(hours=30))
    path = tmp_path / "s.csv"
    rows = [
        "charge_id,amount,currency,charged_at,number",
        f"a,9.00,USD,{AT.isoformat()},{one.order_number}",
    ]
    path.write_text("\n".join(rows))
    import_statement(supplier_code=CODE, path=path, now=MOMENT)
    assert found() == {
        f"open {one.order_number}": ("amount", 90),
    }
    before = everything()
    import_statement(supplier_code=CODE, path=path, now=MOMENT)
    assert everything() == before
    end = (AT + timedelta(days=2)).isoformat()
    path.write_text("\n".join([*rows, f"b,1.00,USD,{end},"]))
    import_statement(supplier_code=CODE, path=path, now=MOMENT)
    assert len(found()) == 2  # The other was booked more than a day before the file begins.
    assert lost.order_number not in str(found())


def test_a_file_with_a_fault_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("charge_id,amount,currency,charged_at\na,9,USD,soon\n")
    with pytest.raises(CatalogFaultsError):
        import_statement(supplier_code=CODE, path=path, now=MOMENT)
    assert everything() == [[], [], []]
