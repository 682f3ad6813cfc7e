"""Two decide on a proposal, or store the same list, at the same moment: one of them does."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db.models import QuerySet

from limosa.domain.catalog.models import Price
from limosa.domain.connectivity.answers import PlanPage
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.wholesale.models import ListedPlan, PriceProposal, PriceSheet
from limosa.domain.wholesale.operations import approve_proposals, fetch_sheet, reject_proposals
from limosa.domain.wholesale.operations.fetch_sheet import fetch_sheet as fetch
from limosa.domain.wholesale.operations.request_sheet import request_sheet
from limosa.domain.wholesale.storing import store_list
from tests.concurrency.together import run_together
from tests.factories import MOMENT
from tests.factories.wholesale import SUPPLIER, listed, make_price_proposal
from tests.fakes.wholesale import wholesale_in

pytestmark = pytest.mark.django_db(transaction=True)


def meeting() -> Callable[[], None]:
    """Return a place where two wait for each other; for a while, since with a lock one never
    comes."""
    both = Barrier(2)

    def wait() -> None:
        with suppress(BrokenBarrierError):
            both.wait(timeout=2)

    return wait


def decide_together() -> list[str]:
    """Approve and reject one proposal at once; return the actions' results."""
    row = make_price_proposal()
    return run_together(
        [
            partial(
                decide_prices, proposal_ids=[row.pk], is_approved=verdict, actor=None, now=MOMENT
            )
            for verdict in (True, False)
        ]
    )


def test_without_the_lock_a_proposal_is_applied_and_rejected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wait = meeting()
    for module in (approve_proposals, reject_proposals):
        monkeypatch.setattr(module, "hold_proposals", lambda: None)
    real = QuerySet.order_by

    def met(rows: QuerySet[Any], *fields: str) -> QuerySet[Any]:
        found = real(rows, *fields)
        if rows.model is PriceProposal:
            list(found)  # Both have read it before either decides.
            wait()
        return found

    monkeypatch.setattr(QuerySet, "order_by", met)
    assert "[]" not in decide_together()
    assert AuditEntry.objects.count() == 2


def test_with_the_lock_it_is_decided_once() -> None:
    assert decide_together().count("[]") == 1
    row = PriceProposal.objects.get()
    price = Price.objects.get(plan=row.plan, currency="USD").amount_minor
    assert (row.state, price) in {("applied", 2600), ("rejected", 2500)}
    assert AuditEntry.objects.count() == 1


def fetch_together(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Have two workers fetch one sheet at once: the list's last page comes to both together."""
    with wholesale_in(settings) as supplier:
        wait = meeting()

        def list_plans(*, page: str = "") -> PlanPage:
            wait()
            return PlanPage(plans=(listed(),))

        monkeypatch.setattr(supplier, "list_plans", list_plans)
        sheet = request_sheet(supplier_code=SUPPLIER, now=MOMENT)
        one = partial(fetch, sheet_id=sheet.pk, clock=lambda: MOMENT)
        return run_together([one, one])


def test_without_the_lock_both_store_the_list(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    wait = meeting()
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows: rows.all())

    def store_later(*args: Any, **given: Any) -> PriceSheet:
        wait()
        return store_list(*args, **given)

    monkeypatch.setattr(fetch_sheet, "store_list", store_later)
    assert "IntegrityError" in fetch_together(monkeypatch, settings)


def test_with_the_lock_one_stores_it_and_both_see_it_whole(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    said = fetch_together(monkeypatch, settings)
    sheet = PriceSheet.objects.get()
    assert said == [str(sheet), str(sheet)]
    assert sheet.state == "whole"
    assert ListedPlan.objects.count() == 1
