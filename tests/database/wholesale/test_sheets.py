"""Price lists are stored whole or not at all, and only what changed is written."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.connectivity.answers import PlanPage, SupplierPlan
from limosa.domain.wholesale.engine.sheet_life import SheetFailure, SheetState
from limosa.domain.wholesale.models import ListChange, ListedPlan, PriceSheet
from limosa.domain.wholesale.operations.fetch_sheet import fetch_sheet
from limosa.domain.wholesale.operations.import_sheet import import_sheet
from limosa.domain.wholesale.operations.request_sheet import request_sheet
from limosa.domain.wholesale.refusals import NoListError, SheetFetchedError
from limosa.foundation.errors import ProviderError
from tests.factories import MOMENT
from tests.factories.wholesale import SUPPLIER, listed, make_sheet
from tests.fakes.supplier import FakeSupplier
from tests.fakes.wholesale import wholesale_in


@pytest.fixture
def supplier(settings: Settings) -> Iterator[FakeSupplier]:
    with wholesale_in(settings) as fake:
        yield fake


def clock() -> datetime:
    return MOMENT


def fetch(**more: object) -> PriceSheet:
    sheet = request_sheet(supplier_code=SUPPLIER, now=MOMENT)
    options = {"pause": lambda _: None} | more
    return fetch_sheet(sheet_id=sheet.pk, clock=clock, **options)  # type: ignore[arg-type]


def current() -> dict[str, int]:
    rows = ListedPlan.objects.filter(supplier=SUPPLIER, until__isnull=True)
    return dict(rows.values_list("code", "cost_minor"))


@pytest.mark.django_db
def test_a_list_of_several_pages_is_fetched_with_its_progress(supplier: FakeSupplier) -> None:
    supplier.plans = [listed(f"plan-{number}") for number in range(25)]
    seen: list[tuple[int, int | None]] = []
    sheet = fetch(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(10, 25), (20, 25), (25, 25)]
    assert (sheet.state, sheet.plans, sheet.previous, sheet.by_kind) == ("whole", 25, None, {})
    assert len(current()) == 25
    assert ListedPlan.objects.get(code="plan-3").as_listed == listed("plan-3")


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_during_a_call(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    list_plans = supplier.list_plans

    def watched(*, page: str = "") -> PlanPage:
        seen.append(connection.in_atomic_block)
        return list_plans(page=page)

    monkeypatch.setattr(supplier, "list_plans", watched)
    supplier.plans = [listed(f"plan-{number}") for number in range(25)]
    assert fetch().state == "whole"
    assert seen == [False] * 3


@pytest.mark.django_db
def test_the_next_list_writes_only_what_changed(supplier: FakeSupplier) -> None:
    supplier.plans = [listed(f"plan-{number}") for number in range(25)]
    first = fetch()
    kept = set(ListedPlan.objects.values_list("pk", flat=True))
    supplier.plans[3] = listed("plan-3", cost=501)
    del supplier.plans[7]
    supplier.plans.append(listed("plan-new"))
    second = fetch()
    assert second.previous == first
    assert ListedPlan.objects.exclude(pk__in=kept).count() == 2
    assert ListedPlan.objects.filter(until=second).count() == 2
    found = ListChange.objects.values_list("kind", "code").order_by("code")
    assert list(found) == [("dearer", "plan-3"), ("gone", "plan-7"), ("new", "plan-new")]
    assert second.by_kind == {
        "new": 1,
        "gone": 1,
        "dearer": 1,
        "cheaper": 0,
        "other": 0,
        "rules": 0,
    }


@pytest.mark.django_db
def test_an_unchanged_list_writes_its_sheet_and_nothing_else(
    supplier: FakeSupplier, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    supplier.plans = [listed(f"plan-{number}") for number in range(8)]
    fetch()
    sheet = request_sheet(supplier_code=SUPPLIER, now=MOMENT)
    # The sheet, its progress, a savepoint around the rest, the sheet's lock, the last whole one,
    # the digests, the sheet again, and what the list said of networks.
    with django_assert_num_queries(9):
        fetch_sheet(sheet_id=sheet.pk, clock=clock)
    assert not ListChange.objects.exists()
    assert ListedPlan.objects.count() == 8


FAULTS = [
    ([listed("a"), listed("a", cost=1)], SheetFailure.TWICE, "a"),
    ([], SheetFailure.EMPTY, ""),
    ([listed("a" * 201)], SheetFailure.UNFIT, "a" * 200),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("plans", "failure", "code"), FAULTS)
def test_a_list_that_is_not_whole_changes_nothing(
    supplier: FakeSupplier, plans: list[SupplierPlan], failure: SheetFailure, code: str
) -> None:
    make_sheet(listed("a"), listed("b"))
    supplier.plans = plans
    sheet = fetch()
    assert (sheet.state, sheet.failure, sheet.failed_plan) == ("failed", failure, code)
    assert current() == {"a": 500, "b": 500}
    assert not ListChange.objects.exists()


@pytest.mark.django_db
def test_a_page_without_an_answer_is_asked_for_again(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    supplier.plans = [listed(f"plan-{number}") for number in range(25)]
    answers = _failing(supplier, monkeypatch, times=3)
    pauses: list[float] = []
    assert fetch(pause=pauses.append).state == "whole"
    assert answers == ["", "", "", "", "10", "20"]
    assert pauses[:3] == [2, 5, 15]
    assert pauses[3:] == [60 / supplier.capabilities.calls_per_minute] * 2


@pytest.mark.django_db
def test_a_supplier_that_does_not_answer_changes_nothing(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sheet(listed("a"))
    _failing(supplier, monkeypatch, times=9)
    sheet = fetch()
    assert (sheet.state, sheet.failure) == ("failed", "no_answer")
    assert current() == {"a": 500}
    assert fetch().pk != sheet.pk


def _failing(supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch, *, times: int) -> list[str]:
    """Let the first calls go unanswered; return the pages that are asked for."""
    asked: list[str] = []
    list_plans = supplier.list_plans

    def failing(*, page: str = "") -> PlanPage:
        asked.append(page)
        if len(asked) <= times:
            raise ProviderError("no answer", retryable=True)
        return list_plans(page=page)

    monkeypatch.setattr(supplier, "list_plans", failing)
    return asked


@pytest.mark.django_db
def test_one_list_of_a_supplier_is_fetched_at_a_time(supplier: FakeSupplier) -> None:
    one = request_sheet(supplier_code=SUPPLIER, now=MOMENT)
    assert request_sheet(supplier_code=SUPPLIER, now=MOMENT + timedelta(minutes=9)) == one
    later = request_sheet(supplier_code=SUPPLIER, now=MOMENT + timedelta(minutes=11))
    one.refresh_from_db()
    assert (later.pk != one.pk, one.failure) == (True, "abandoned")
    assert fetch_sheet(sheet_id=one.pk, clock=clock).state == SheetState.FAILED


@pytest.mark.django_db
def test_a_supplier_without_a_list_is_not_asked() -> None:
    with pytest.raises(NoListError):
        request_sheet(supplier_code="own_network", now=MOMENT)


@pytest.mark.django_db
def test_a_file_is_a_list_like_any_other(tmp_path: Path, supplier: FakeSupplier) -> None:
    make_sheet(listed("a"), listed("b"))
    file = tmp_path / "list.csv"
    file.write_text("code,currency,cost,volume,days,countries\na,USD,4.00,5 GB,30,US\n")
    sheet = import_sheet(supplier_code=SUPPLIER, path=file, now=MOMENT)
    assert (sheet.state, sheet.plans, sheet.file_name) == ("whole", 1, "list.csv")
    assert current() == {"a": 400}
    assert set(ListChange.objects.values_list("kind", "code")) == {
        ("cheaper", "a"),
        ("gone", "b"),
    }
    request_sheet(supplier_code=SUPPLIER, now=MOMENT)
    with pytest.raises(SheetFetchedError):
        import_sheet(supplier_code=SUPPLIER, path=file, now=MOMENT)


@pytest.mark.django_db
def test_of_a_file_without_end_no_more_is_read_than_a_list_may_have() -> None:
    with pytest.raises(CatalogFaultsError, match="is larger than 32 MB"):
        import_sheet(supplier_code=SUPPLIER, path=Path("/dev/zero"), now=MOMENT)
