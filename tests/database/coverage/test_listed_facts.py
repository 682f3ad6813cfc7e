"""What a supplier's list says of its plans is kept with the list in force."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from limosa.domain.catalog.models import PlanSource
from limosa.domain.coverage.engine.facts import PlanFacts, PlanNetwork
from limosa.domain.coverage.models import NetworkSet, StatedFacts
from limosa.domain.coverage.operations.state_listed_facts import state_listed_facts
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.wholesale.engine.sheet_life import SheetFaultError
from tests.factories import MOMENT
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.coverage import make_stated_facts
from tests.factories.wholesale import SUPPLIER, listed, make_sheet

pytestmark = pytest.mark.django_db

ATT = {"US": (PlanNetwork("AT&T", "5G"),)}
VERIZON = {"US": (PlanNetwork("Verizon", "4G"),)}
LATER = MOMENT + timedelta(days=1)


def test_a_plan_is_told_by_the_list_of_where_it_is_bought() -> None:
    plan = make_plan(countries=["US"])
    make_supplier(SUPPLIER)
    PlanSource.objects.create(plan=plan, supplier_id=SUPPLIER, position=0, code="us-5gb")
    make_sheet(listed(facts=PlanFacts(identity_check=False, networks=ATT), exit_country="HK"))
    assert plan_facts([plan.code]) == {
        plan.code: PlanFacts(identity_check=False, networks=ATT, exit_country="HK")
    }
    make_sheet(listed(facts=PlanFacts(networks=VERIZON)), now=LATER)
    assert plan_facts([plan.code]) == {plan.code: PlanFacts(networks=VERIZON)}
    make_sheet(listed("other"), now=LATER)
    assert plan_facts([plan.code]) == {plan.code: PlanFacts()}
    assert not StatedFacts.objects.exists()


def test_a_list_that_fails_leaves_what_the_one_before_it_said() -> None:
    make_sheet(listed(facts=PlanFacts(networks=ATT)))
    with pytest.raises(SheetFaultError):
        make_sheet(now=LATER)
    assert StatedFacts.objects.get().code == "us-5gb"


def test_an_exit_country_that_is_none_is_not_kept() -> None:
    make_sheet(listed(exit_country="Hong Kong"))
    assert not StatedFacts.objects.exists()


def test_only_what_differs_is_written() -> None:
    same = PlanFacts(networks=ATT)
    state_listed_facts(supplier_code=SUPPLIER, facts={"a": same, "b": same}, now=MOMENT)
    assert NetworkSet.objects.count() == 1
    changed = {"a": same, "b": PlanFacts(networks=VERIZON), "c": PlanFacts(has_texts=False)}
    state_listed_facts(supplier_code=SUPPLIER, facts=changed, now=LATER)
    rows = StatedFacts.objects.order_by("code").values_list("code", "stated_at")
    assert list(rows) == [("a", MOMENT), ("b", LATER), ("c", LATER)]


def test_a_list_says_nothing_of_what_others_say() -> None:
    make_stated_facts(code="a")
    make_stated_facts(origin="listed", supplier="other", code="a")
    state_listed_facts(supplier_code=SUPPLIER, facts={}, now=MOMENT)
    assert StatedFacts.objects.count() == 2


def test_a_list_of_many_plans_takes_a_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    facts = {f"plan-{number}": PlanFacts(networks=ATT) for number in range(2_500)}
    with django_assert_max_num_queries(8):
        state_listed_facts(supplier_code=SUPPLIER, facts=facts, now=MOMENT)
    with django_assert_max_num_queries(3):
        state_listed_facts(supplier_code=SUPPLIER, facts=facts, now=LATER)
