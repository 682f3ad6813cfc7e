"""Two people of staff speak of one plan at once: neither of them is lost."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet

from limosa.domain.coverage.engine.facts import NOTHING, PlanFacts
from limosa.domain.coverage.models import StatedFacts
from limosa.domain.coverage.operations.state_by_staff import state_by_staff
from tests.concurrency.together import wait_for_lock
from tests.factories import MOMENT
from tests.factories.coverage import make_stated_facts

pytestmark = pytest.mark.django_db(transaction=True)
SAID = PlanFacts(has_calls=True)


def say() -> None:
    try:
        state_by_staff(plan_code="month", edit=lambda _: SAID, now=MOMENT)
    finally:
        connections.close_all()


def take_back_while_another_speaks() -> Future[None]:
    """Remove what staff say of a plan, once somebody else waits who says something of it."""
    make_stated_facts(origin="staff", code="month")
    with ThreadPoolExecutor(1) as pool:
        others: list[Future[None]] = []

        def take_back(_: PlanFacts) -> PlanFacts:
            others.append(pool.submit(say))
            wait_for_lock(others[0], waits=True)
            return NOTHING

        state_by_staff(plan_code="month", edit=take_back, now=MOMENT)
    return others[0]


def test_a_row_that_is_only_looked_for_is_gone_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    bulk_create = QuerySet.bulk_create

    def leave(rows: QuerySet[Any], new: list[Any], **_: Any) -> list[Any]:
        made = bulk_create(rows, new, ignore_conflicts=True)
        rows.select_for_update().get()
        return made

    monkeypatch.setattr(QuerySet, "bulk_create", leave)
    with pytest.raises(StatedFacts.DoesNotExist):
        take_back_while_another_speaks().result()


def test_what_one_takes_back_does_not_take_what_another_says() -> None:
    take_back_while_another_speaks().result()
    row = StatedFacts.objects.get()
    assert (row.tethering, row.has_calls) == (None, True)
