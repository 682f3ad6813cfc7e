"""What lists and rules mean for the plans on sale: proposed, decided once, and recorded."""

from datetime import timedelta
from typing import Any

import pytest

from limosa.domain.accounts.models import StaffRole
from limosa.domain.catalog.models import Plan, PlanSource, Price
from limosa.domain.support.models import AuditEntry
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.support.operations.reprice_plans import reprice_plans
from limosa.domain.support.refusals import RoleTooLowError
from limosa.domain.wholesale.models import PriceProposal, PricingRule
from limosa.domain.wholesale.pricing_pass import Repriced
from tests.factories import MOMENT
from tests.factories.accounts import make_operator
from tests.factories.catalog import make_plan, make_rates, make_supplier
from tests.factories.wholesale import SUPPLIER, listed, make_ending, make_rule, make_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> PricingRule:
    """Return the rule: 40 % and at least a dollar, on .99, in US dollars."""
    make_ending()
    return make_rule()


def sold(code: str = "us", *, at: str = "us-5gb", usd: int = 799, **fields: Any) -> Plan:
    """Return a plan on sale that is bought at the supplier."""
    prices = fields.pop("prices", {"USD": usd})
    fields.setdefault("supplier", make_supplier(SUPPLIER))
    plan = make_plan(code=code, prices=prices, **fields)
    PlanSource.objects.create(plan=plan, supplier=fields["supplier"], position=0, code=at)
    return plan


def sync(*plans: Any) -> Repriced:
    return reprice_plans(sheet=make_sheet(*plans), now=MOMENT)


def proposals(**conditions: Any) -> list[tuple[str, str, str]]:
    rows = PriceProposal.objects.filter(**conditions).order_by("id")
    return list(rows.values_list("plan_id", "kind", "state"))


def prices(plan: Plan) -> dict[str, int]:
    return dict(Price.objects.filter(plan=plan).values_list("currency", "amount_minor"))


def approve(*, is_approved: bool = True) -> list[str]:
    ids = list(PriceProposal.objects.filter(state="open").values_list("pk", flat=True))
    return decide_prices(proposal_ids=ids, is_approved=is_approved, actor=None, now=MOMENT)


def test_a_higher_cost_proposes_a_higher_price_and_changes_nothing_yet() -> None:
    plan = sold()
    assert sync(listed()) == Repriced()
    done = sync(listed(cost=600))
    assert (done.proposed, done.ended, done.applied) == (1, [], [])
    row = PriceProposal.objects.get()
    assert (row.kind, row.state, row.prices_before, row.prices_after) == (
        "price",
        "open",
        {"USD": 799},
        {"USD": 899},
    )
    assert (row.rule, row.cost_minor, row.supplier) == ("all", 600, SUPPLIER)
    assert prices(plan) == {"USD": 799}
    assert not AuditEntry.objects.exists()


def test_the_catalogue_knows_the_cost_as_soon_as_it_is_listed() -> None:
    plan = sold()
    sync(listed(cost=600))
    source = plan.sources.get()
    assert (source.cost_minor, source.cost_currency) == (600, "USD")


def test_an_approved_proposal_is_applied_once_with_an_audit_entry() -> None:
    plan = sold()
    sync(listed(cost=600))
    assert approve() == ["us"]
    assert approve() == []
    assert prices(plan) == {"USD": 899}
    assert proposals() == [("us", "price", "applied")]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == ("decide_prices", "us", "approved us")
    ids = list(PriceProposal.objects.values_list("pk", flat=True))
    again = decide_prices(proposal_ids=ids, is_approved=True, actor=None, now=MOMENT)
    assert (again, AuditEntry.objects.count()) == ([], 1)


def test_the_same_list_again_proposes_nothing_more() -> None:
    sold()
    sync(listed(cost=600))
    assert sync(listed(cost=600)).proposed == 0
    assert proposals() == [("us", "price", "open")]


def test_a_proposal_that_no_longer_holds_is_overtaken() -> None:
    sold()
    sync(listed(cost=600))
    assert sync(listed(cost=700)).proposed == 1
    sync(listed())
    assert proposals() == [("us", "price", "overtaken")] * 2


def test_what_was_rejected_is_not_proposed_again_until_something_changes() -> None:
    sold()
    sync(listed(cost=600))
    assert approve(is_approved=False) == ["us"]
    assert sync(listed(cost=600)).proposed == 0
    assert sync(listed(cost=610)).proposed == 1


def test_a_proposal_is_not_applied_to_prices_that_its_approver_did_not_see() -> None:
    plan = sold()
    sync(listed(cost=600))
    Price.objects.filter(plan=plan).update(amount_minor=500)
    assert approve() == []
    assert prices(plan) == {"USD": 500}
    assert proposals() == [("us", "price", "overtaken")]


def test_a_plan_that_costs_more_than_it_sells_for_goes_off_sale_at_once() -> None:
    plan = sold()
    done = sync(listed(cost=800))
    plan.refresh_from_db()
    assert (plan.on_sale, done.ended, done.proposed) == (False, ["us"], 1)
    assert proposals() == [("us", "cost_above_price", "applied"), ("us", "back", "open")]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.detail) == ("stop_sale", "us", "cost_above_price")
    assert sync(listed(cost=800)) == Repriced()
    approve()
    plan.refresh_from_db()
    assert (plan.on_sale, prices(plan)) == (True, {"USD": 1199})


def test_a_plan_that_somebody_took_off_sale_is_left_alone() -> None:
    sold(on_sale=False)
    assert sync(listed(cost=9999)) == Repriced()


def test_what_is_no_longer_listed_goes_off_sale_once_approved_and_may_come_back() -> None:
    plan = sold()
    sync(listed(), listed("other"))
    sync(listed("other"))
    assert proposals() == [("us", "gone", "open")]
    approve()
    plan.refresh_from_db()
    assert not plan.on_sale
    sync(listed(), listed("other"))
    assert proposals(state="open") == [("us", "back", "open")]


def test_a_rule_approves_within_its_limits_and_no_further(rules: PricingRule) -> None:
    PricingRule.objects.update(up_basis_points=1300)
    plan = sold()
    done = sync(listed(cost=600))
    assert (done.applied, done.proposed, prices(plan)) == (["us"], 0, {"USD": 899})
    assert AuditEntry.objects.get().detail == "by_rule"
    done = sync(listed(cost=800))
    assert (done.applied, done.proposed, prices(plan)) == ([], 1, {"USD": 899})
    assert rules.code == PriceProposal.objects.latest("id").rule


def test_a_rule_that_lets_a_price_rise_keeps_the_plan_on_sale() -> None:
    PricingRule.objects.update(up_basis_points=10_000)
    plan = sold()
    done = sync(listed(cost=800))
    plan.refresh_from_db()
    assert (plan.on_sale, prices(plan)) == (True, {"USD": 1199})
    assert (done.ended, done.applied) == ([], ["us"])


def test_an_old_rate_leaves_the_decision_to_people() -> None:
    PricingRule.objects.update(up_basis_points=10_000, down_basis_points=10_000)
    make_ending("CNY", step=100, ending=0)
    plan = sold(prices={"CNY": 3000})
    make_rates(day=(MOMENT - timedelta(days=8)).date())
    PriceProposal.objects.all().delete()
    make_sheet(listed(cost=300))
    done = reprice_plans(now=MOMENT)
    assert (done.applied, done.proposed) == ([], 1)
    assert prices(plan) == {"CNY": 3000}
    row = PriceProposal.objects.get()
    assert row.rate_days["CNY"] == (MOMENT - timedelta(days=8)).date().isoformat()


def test_without_a_rate_or_a_rule_nothing_is_guessed() -> None:
    sold()
    done = sync(listed(cost=6, currency="EUR"))
    assert done == Repriced(unpriced={"no_rate EUR USD": ["us"]})
    PricingRule.objects.all().delete()
    assert sync(listed(cost=600)).unpriced == {"no_rule": ["us"]}


def also_at(plan: Plan, *listed_there: Any, code: str = "x", **fields: Any) -> None:
    """Sell a plan of a second supplier, too, whose list is what is given; none: it has no list."""
    PlanSource.objects.create(
        plan=plan, supplier=make_supplier("other"), position=1, code=code, **fields
    )
    if listed_there:
        make_sheet(*listed_there, supplier="other")


def test_a_supplier_that_no_longer_lists_a_plan_does_not_price_it() -> None:
    plan = sold()
    also_at(plan, listed("x", cost=700))
    sync(listed("something-else"))
    row = PriceProposal.objects.get()
    assert (row.kind, row.supplier, row.prices_after) == ("price", "other", {"USD": 999})


@pytest.mark.parametrize(("first", "second"), [(500, 700), (700, 500)])
def test_a_plan_is_priced_by_its_dearest_supplier(first: int, second: int) -> None:
    plan = sold()
    also_at(plan, listed("x", cost=second))
    sync(listed(cost=first))
    row = PriceProposal.objects.get()
    assert (row.kind, row.cost_minor, row.prices_after) == ("price", 700, {"USD": 999})
    assert row.supplier == (SUPPLIER if first > second else "other")


def test_a_plan_that_loses_at_its_second_supplier_goes_off_sale() -> None:
    plan = sold()
    also_at(plan, listed("x", cost=800))
    assert sync(listed()).ended == [plan.code]
    assert not Plan.objects.get().on_sale


def test_the_dearest_supplier_is_found_over_currencies() -> None:
    plan = sold()
    make_rates(USD="1", CNY="7")
    also_at(plan, listed("x", cost=4900, currency="CNY"))
    sync(listed())
    row = PriceProposal.objects.get()
    assert (row.supplier, row.cost_minor, row.cost_currency) == ("other", 4900, "CNY")
    assert row.prices_after == {"USD": 999}
    assert row.rate_days["USD"]


def test_without_a_price_at_one_supplier_there_is_none() -> None:
    plan = sold()
    also_at(plan, listed("x", cost=4900, currency="CNY"))
    done = sync(listed(cost=600))
    assert done == Repriced(unpriced={"no_rate CNY USD": [plan.code]})


def test_prices_stay_while_the_first_suppliers_cost_is_not_known() -> None:
    plan = sold()
    PlanSource.objects.filter(plan=plan).delete()
    PlanSource.objects.create(plan=plan, supplier=make_supplier("third"), position=0, code="y")
    also_at(plan, listed("x", cost=300))
    assert reprice_plans(now=MOMENT) == Repriced()
    make_sheet(listed("x", cost=800), supplier="other")
    assert reprice_plans(now=MOMENT).ended == [plan.code]


def test_a_rule_lets_a_price_rise_only_if_the_other_suppliers_does_too() -> None:
    plan = sold()
    PricingRule.objects.update(up_basis_points=5000, position=1)
    also_at(plan, listed("x", cost=600))
    make_rule(code="strict", supplier=SUPPLIER, position=0, up_basis_points=0)
    assert sync(listed()).applied == []
    PricingRule.objects.filter(code="strict").delete()
    assert sync(listed()).applied == [plan.code]


def test_a_supplier_without_a_list_says_nothing() -> None:
    sold()
    assert reprice_plans(now=MOMENT) == Repriced()


def test_the_dearer_of_a_new_esim_and_a_renewal_counts() -> None:
    plan = sold()
    plan.sources.update(renewal_code="again")
    done = sync(listed(), listed("again", cost=600))
    assert (done.proposed, PriceProposal.objects.get().cost_minor) == (1, 600)
    # What is sent along with an order of a new eSIM is its own cost.
    assert plan.sources.get().cost_minor == 500


def test_only_admins_decide() -> None:
    sold()
    sync(listed(cost=600))
    support = make_operator(staff_role=StaffRole.SUPPORT)
    with pytest.raises(RoleTooLowError):
        decide_prices(proposal_ids=[1], is_approved=True, actor=support, now=MOMENT)
