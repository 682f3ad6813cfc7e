"""Two presses of the help button at once make one case; asked without the rule they make two."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

from limosa.domain.ordering.models import Order
from limosa.domain.ordering.queries import order_trace
from limosa.domain.support.models import Case
from limosa.domain.support.operations.open_case import open_case
from tests.factories import MOMENT
from tests.factories.ordering import make_order

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 4


def press_together(order: Order, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Press in threads that have all seen that there is no case; return the cases' numbers."""
    barrier = Barrier(TOGETHER)

    def trace_when_all_are_here(**arguments: Order) -> list[dict[str, object]]:
        barrier.wait(timeout=10)
        return order_trace(**arguments)

    monkeypatch.setattr(
        "limosa.domain.support.operations.open_case.order_trace", trace_when_all_are_here
    )
    press: Callable[[], str] = lambda: _press(order)  # noqa: E731
    with ThreadPoolExecutor(TOGETHER) as pool:
        return {future.result() for future in [pool.submit(press) for _ in range(TOGETHER)]}


def _press(order: Order) -> str:
    try:
        return open_case(order=order, message="Where is it?", now=MOMENT).number
    finally:
        connections.close_all()


def test_without_the_tables_condition_every_press_makes_a_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    condition = next(row for row in Case._meta.constraints if row.name == "case_open_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Case, condition)
    try:
        assert len(press_together(make_order(), monkeypatch)) == TOGETHER
    finally:
        Case.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Case, condition)


def test_with_it_all_presses_get_the_same_case(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = press_together(make_order(), monkeypatch)
    assert len(numbers) == 1
    assert {case.number for case in Case.objects.all()} == numbers
    assert Case.objects.get().message == "Where is it?"
