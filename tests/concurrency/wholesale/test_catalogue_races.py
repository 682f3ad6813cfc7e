"""A catalogue is imported while prices are made or approved, and neither stops the other."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from limosa.domain.catalog.models import CatalogImport, Plan, PlanSource
from limosa.domain.catalog.operations import import_catalog
from limosa.domain.catalog.operations.offer_plan import offer_plan
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.wholesale.models import PriceProposal
from limosa.domain.wholesale.operations import approve_proposals, propose_prices
from tests.concurrency.together import run_together
from tests.concurrency.wholesale.test_price_races import meeting
from tests.database.catalog.test_import_catalog import HEAD, PLAN, later
from tests.factories import MOMENT
from tests.factories.catalog import make_supplier
from tests.factories.wholesale import SUPPLIER, listed, make_price_proposal, make_sheet

pytestmark = pytest.mark.django_db(transaction=True)
MODULES = (import_catalog, propose_prices, approve_proposals)


@pytest.fixture
def again(tmp_path: Path) -> Callable[[], object]:
    """Import two plans; return an import of the same in the other order, at other prices."""

    def file(edition: int, *plans: tuple[str, str]) -> Path:
        path = tmp_path / f"{edition}.yaml"
        text = HEAD + "".join(PLAN % plan for plan in plans)
        path.write_text(later(text, edition), encoding="utf-8")
        return path

    first = file(0, ("a", "25.00"), ("b", "9.50"))
    import_catalog.import_catalog(path=first, now=MOMENT)
    second = file(1, ("b", "9.60"), ("a", "25.10"))
    return partial(import_catalog.import_catalog, path=second, now=MOMENT)


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        monkeypatch.setattr(module, "hold_catalog", lambda: None)


def meet(monkeypatch: pytest.MonkeyPatch, wait: Callable[[], None], module: Any, name: str) -> None:
    """Have whoever calls a function wait for the other first."""
    real = getattr(module, name)

    def met(*given: Any, **named: Any) -> Any:
        wait()
        return real(*given, **named)

    monkeypatch.setattr(module, name, met)


def price_and_import(monkeypatch: pytest.MonkeyPatch, again: Callable[[], object]) -> list[str]:
    """Import while a pass takes a plan off sale whose cost rose: it has noted the cost, and the
    import has stored the plan."""
    plan = Plan.objects.get(code="a")
    PlanSource.objects.filter(plan=plan).delete()
    PlanSource.objects.create(
        plan=plan, supplier=make_supplier(SUPPLIER), position=0, code="us-5gb"
    )
    sheet = make_sheet(listed(cost=9900))
    wait = meeting()
    meet(monkeypatch, wait, propose_prices, "offer_plan")
    meet(monkeypatch, wait, import_catalog, "_store_sources")
    return run_together([partial(reprice_plans, sheet=sheet, now=MOMENT), again])


def test_with_the_lock_a_pass_and_an_import_go_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, again: Callable[[], object]
) -> None:
    repriced, imported = price_and_import(monkeypatch, again)
    assert (repriced[:9], imported[:8]) == ("Repriced(", "TakenIn(")
    assert CatalogImport.objects.count() == 2


def approve_and_import(monkeypatch: pytest.MonkeyPatch, again: Callable[[], object]) -> list[str]:
    """Import while proposals are approved: each has stored one of two plans."""
    rows = [
        make_price_proposal(
            plan=Plan.objects.get(code=code), kind="gone", prices_before={}, prices_after={}
        )
        for code in ("a", "b")
    ]
    wait = meeting()

    def offer(*, plan_code: str, on_sale: bool, now: datetime) -> bool:
        if plan_code == "b":
            wait()
        return offer_plan(plan_code=plan_code, on_sale=on_sale, now=now)

    monkeypatch.setattr(approve_proposals, "offer_plan", offer)
    monkeypatch.setattr(import_catalog, "_PLANS_PER_STATEMENT", 1)
    stored: list[object] = []
    store = import_catalog._store_plans

    def one_by_one(*given: Any, **named: Any) -> None:
        if stored:
            wait()
        stored.append(given)
        store(*given, **named)

    monkeypatch.setattr(import_catalog, "_store_plans", one_by_one)
    decide = partial(
        decide_prices,
        proposal_ids=[row.pk for row in rows],
        is_approved=True,
        actor=None,
        now=MOMENT,
    )
    return run_together([decide, again])


@pytest.mark.parametrize("race", [price_and_import, approve_and_import])
def test_without_the_lock_an_import_and_the_other_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
    again: Callable[[], object],
    race: Callable[[pytest.MonkeyPatch, Callable[[], object]], list[str]],
) -> None:
    without_the_lock(monkeypatch)
    assert "OperationalError" in race(monkeypatch, again)


def test_with_the_lock_decisions_and_an_import_go_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, again: Callable[[], object]
) -> None:
    decided, imported = approve_and_import(monkeypatch, again)
    assert (decided, imported[:8]) == ("['a', 'b']", "TakenIn(")
    assert CatalogImport.objects.count() == 2
    assert PriceProposal.objects.filter(state="applied").count() == 2
