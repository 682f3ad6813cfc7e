"""A plan that its only supplier refuses for good goes off sale by itself, and comes back."""

import logging
from datetime import datetime, timedelta

import pytest

from limosa.domain.catalog.models import Plan, PlanSource, Price
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.support.operations.put_on_sale import put_on_sale
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.support.operations.stop_refused_sales import stop_refused_sales
from limosa.domain.wholesale.models import PriceProposal
from limosa.domain.wholesale.operations.end_refused_sales import RefusedPlan
from limosa.domain.wholesale.price_lists import plans_refused
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.connectivity import make_supply
from tests.factories.wholesale import SUPPLIER, listed, make_ending, make_rule, make_sheet

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFUSED = [RefusedPlan("us", SUPPLIER, "not_sold")]


@pytest.fixture(autouse=True)
def plan() -> Plan:
    """Return a plan on sale, bought from one supplier, which lists it."""
    make_ending()
    make_rule()
    plan = make_plan(code="us", prices={"USD": 799}, supplier=make_supplier(SUPPLIER))
    PlanSource.objects.create(
        plan=plan, supplier_id=SUPPLIER, position=0, code="us-5gb", renewal_code="us-again"
    )
    make_sheet(listed(), listed("us-again"), now=MOMENT - 2 * DAY)
    return plan


def ordered(
    problem: str = "not_sold", *, at: datetime = MOMENT - HOUR, code: str = "us-5gb"
) -> None:
    """Store an order that ended then: refused by this term or, without one, delivered."""
    make_supply(
        state="refused" if problem else "delivered",
        problem=problem,
        plan_code=code,
        asked_at=at,
        created_at=at,
        ended_at=at,
    )


def stop(at: datetime = MOMENT) -> list[RefusedPlan]:
    return stop_refused_sales(now=at)


def is_on_sale() -> bool:
    return Plan.objects.get(code="us").on_sale


def refuse_for_good() -> None:
    for _ in range(3):
        ordered()
    assert stop() == REFUSED


def test_three_refusals_in_a_row_take_it_off_sale_once_and_say_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ordered()
    ordered()
    assert stop() == []
    ordered(code="us-again")
    with caplog.at_level(logging.WARNING):
        assert stop() == REFUSED
    assert stop() == []
    assert not is_on_sale()
    assert "off sale: us is refused by wholesale: not_sold" in caplog.text
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        None,
        "stop_sale",
        "us",
        "refused wholesale not_sold",
    )
    row = plans_refused().get()
    said = [getattr(row, name) for name in ("code", "last_supplier", "last_reason")]
    assert said == ["us", SUPPLIER, "not_sold"]


def test_refusals_of_another_day_do_not_count() -> None:
    ordered(at=MOMENT - DAY - HOUR)
    ordered()
    ordered()
    assert stop() == []


@pytest.mark.parametrize("other", ["", "out_of_stock", "credit_used_up"])
def test_a_delivery_or_a_passing_refusal_among_them_keeps_it_on_sale(other: str) -> None:
    ordered()
    ordered(other)
    ordered()
    assert stop() == []
    assert is_on_sale()


def test_a_plan_with_another_supplier_stays_on_sale(plan: Plan) -> None:
    PlanSource.objects.create(plan=plan, supplier=make_supplier("other"), position=1, code="x")
    for _ in range(3):
        ordered()
    assert stop() == []


def test_a_plan_that_is_known_there_by_our_own_code_counts_too() -> None:
    make_plan(code="plain", prices={"USD": 799}, supplier=make_supplier(SUPPLIER))
    for _ in range(3):
        ordered(code="plain")
    assert [one.plan for one in stop()] == ["plain"]


def test_one_refusal_is_enough_if_the_list_in_force_does_not_have_the_code() -> None:
    ordered()
    assert stop() == []
    make_sheet(listed("us-again"), now=MOMENT - DAY)
    assert stop() == REFUSED


def test_what_was_proposed_for_it_is_overtaken() -> None:
    reprice_plans(sheet=make_sheet(listed(cost=600), listed("us-again")), now=MOMENT)
    refuse_for_good()
    states = dict(PriceProposal.objects.values_list("kind", "state"))
    assert states == {"price": "overtaken", "refused": "applied"}


def test_staff_put_it_back_and_only_what_is_refused_from_then_on_counts() -> None:
    refuse_for_good()
    put_on_sale(plan_code="us", on_sale=True, actor=make_operator(), now=MOMENT)
    assert stop(MOMENT + HOUR) == []
    assert not plans_refused()
    for _ in range(3):
        ordered(at=MOMENT + HOUR)
    assert stop(MOMENT + 2 * HOUR) == REFUSED


def test_the_same_list_again_does_not_bring_it_back() -> None:
    refuse_for_good()
    sheet = make_sheet(listed(), listed("us-again"), now=MOMENT + HOUR)
    done = reprice_plans(sheet=sheet, now=MOMENT + HOUR)
    assert (done.back, done.proposed, is_on_sale()) == ([], 0, False)


def test_a_list_that_shows_it_again_brings_it_back() -> None:
    make_sheet(listed("us-again"), now=MOMENT - HOUR)
    ordered()
    assert stop() == REFUSED
    assert reprice_plans(now=MOMENT + HOUR).back == []
    sheet = make_sheet(listed(), listed("us-again"), now=MOMENT + DAY)
    assert reprice_plans(sheet=sheet, now=MOMENT + DAY).back == ["us"]
    assert is_on_sale()
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.subject, entry.detail) == ("start_sale", "us", "listed_anew")
    assert reprice_plans(now=MOMENT + DAY).back == []
    assert stop(MOMENT + DAY) == []


def test_it_comes_back_at_another_price_only_if_somebody_or_a_rule_agrees() -> None:
    refuse_for_good()
    sheet = make_sheet(listed(cost=600), listed("us-again"), now=MOMENT + HOUR)
    done = reprice_plans(sheet=sheet, now=MOMENT + HOUR)
    assert (done.back, done.proposed, is_on_sale()) == ([], 1, False)
    row = PriceProposal.objects.get(state="open")
    assert (row.kind, row.prices_after) == ("back", {"USD": 899})
    decide_prices(proposal_ids=[row.pk], is_approved=True, actor=None, now=MOMENT + DAY)
    assert (is_on_sale(), Price.objects.get().amount_minor) == (True, 899)
    assert not plans_refused()


def test_what_staff_took_off_sale_since_stays_off_whatever_is_listed() -> None:
    refuse_for_good()
    staff = make_operator()
    put_on_sale(plan_code="us", on_sale=True, actor=staff, now=MOMENT + HOUR)
    put_on_sale(plan_code="us", on_sale=False, actor=staff, now=MOMENT + 2 * HOUR)
    sheet = make_sheet(listed(days=60), listed("us-again"), now=MOMENT + DAY)
    assert reprice_plans(sheet=sheet, now=MOMENT + DAY).back == []
    assert not is_on_sale()
