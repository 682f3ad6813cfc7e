"""Workers that meet at a supplier's breaker: no failure is lost, and one of them tries it out."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.db.models import QuerySet

from limosa.domain.connectivity.engine.breaking import IN_A_ROW, PAUSE_FIRST, after_call
from limosa.domain.connectivity.models import SupplierBreaker
from limosa.domain.connectivity.operations import note_supplier_call as noting
from limosa.domain.connectivity.operations.note_supplier_call import note_supplier_call
from limosa.domain.connectivity.operations.try_supplier_out import try_supplier_out
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier

pytestmark = pytest.mark.django_db(transaction=True)
CODE = "wholesale"


def fail() -> None:
    note_supplier_call(supplier_code=CODE, is_answered=False, is_order=True, now=MOMENT)


def made() -> SupplierBreaker:
    return SupplierBreaker.objects.create(supplier=make_supplier(CODE))


def test_failures_at_once_are_all_counted() -> None:
    made()
    run_together([fail] * IN_A_ROW)
    row = SupplierBreaker.objects.get()
    assert (row.state, row.retry_at) == ("open", MOMENT + PAUSE_FIRST)


def test_without_the_lock_failures_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: all have read the row before any of them writes it."""
    made()
    all_have_read = Barrier(IN_A_ROW)

    def after_all_have_read(*given: object, **more: object) -> object:
        all_have_read.wait(timeout=30)
        return after_call(*given, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows.all())
        patch.setattr(noting, "after_call", after_all_have_read)
        run_together([fail] * IN_A_ROW)
    row = SupplierBreaker.objects.get()
    assert (row.state, row.in_a_row) == ("closed", 1)


def test_of_workers_that_meet_one_tries_the_supplier_out() -> None:
    made()
    run_together([fail] * IN_A_ROW)
    row, later = SupplierBreaker.objects.get(), MOMENT + PAUSE_FIRST

    def attempt() -> bool:
        return try_supplier_out(breaker=row, now=later)

    assert sorted(run_together([attempt] * 4)) == ["False"] * 3 + ["True"]
    assert not try_supplier_out(breaker=SupplierBreaker.objects.get(), now=later)
    assert try_supplier_out(breaker=SupplierBreaker.objects.get(), now=later + timedelta(minutes=2))
