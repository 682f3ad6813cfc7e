"""What is known of a plan: who says it, at which supplier, and how fast it is looked up."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from limosa.domain.catalog.models import Plan, PlanSource
from limosa.domain.coverage import queries
from limosa.domain.coverage.engine.facts import PlanFacts, PlanNetwork, written
from limosa.domain.coverage.queries import plan_facts
from limosa.domain.coverage.stating import store_sets
from tests.factories.catalog import make_plan, make_supplier
from tests.factories.coverage import make_stated_facts

pytestmark = pytest.mark.django_db

ATT, VERIZON = (PlanNetwork("AT&T", "5G"),), (PlanNetwork("Verizon", "4G"),)


def source(plan: Plan, supplier: str, position: int = 0, **fields: str) -> None:
    make_supplier(supplier)
    PlanSource.objects.create(
        plan=plan, supplier_id=supplier, position=position, code=f"{plan.code}@{supplier}", **fields
    )


def facts_of(plan: Plan) -> PlanFacts:
    return plan_facts([plan.code])[plan.code]


def test_a_plan_of_which_nobody_says_anything_has_nothing_stated() -> None:
    assert facts_of(make_plan()) == PlanFacts()


def test_no_plans_have_no_facts() -> None:
    assert plan_facts([]) == {}


def test_the_list_of_the_supplier_counts_before_files_and_staff_before_it() -> None:
    plan = make_plan(countries=["US"])
    source(plan, "one")
    make_stated_facts(
        origin="carrier_file",
        code=plan.carrier_id,
        tethering=True,
        has_calls=True,
        networks={"US": VERIZON},
    )
    make_stated_facts(
        origin="listed",
        code=f"{plan.code}@one",
        supplier="one",
        tethering=False,
        networks={"US": ATT},
    )
    assert facts_of(plan) == PlanFacts(tethering=False, has_calls=True, networks={"US": ATT})
    make_stated_facts(origin="staff", code=plan.code, tethering=True)
    assert facts_of(plan) == PlanFacts(tethering=True, has_calls=True, networks={"US": ATT})


def test_a_list_is_of_one_supplier_and_one_code() -> None:
    plan = make_plan(countries=["US"])
    source(plan, "one")
    make_stated_facts(origin="listed", code=f"{plan.code}@one", supplier="two", tethering=False)
    make_stated_facts(origin="listed", code=plan.code, supplier="one", tethering=False)
    assert facts_of(plan) == PlanFacts()


def test_a_plan_without_sources_is_known_to_its_supplier_by_our_code() -> None:
    plan = make_plan(countries=["US"])
    make_stated_facts(origin="listed", code=plan.code, supplier=plan.supplier_id, tethering=False)
    assert facts_of(plan).tethering is False


def test_the_exit_country_of_the_source_stands() -> None:
    plan = make_plan(countries=["US"])
    source(plan, "one", exit_country="HK")
    make_stated_facts(origin="staff", code=plan.code, exit_country="US")
    assert facts_of(plan).exit_country == "HK"


def test_of_two_places_to_buy_only_what_both_say_holds() -> None:
    plan = make_plan(countries=["US"])
    source(plan, "one", exit_country="HK")
    source(plan, "two", 1, exit_country="SG")
    make_stated_facts(
        origin="listed",
        code=f"{plan.code}@one",
        supplier="one",
        tethering=True,
        networks={"US": ATT},
    )
    assert facts_of(plan) == PlanFacts()
    make_stated_facts(
        origin="carrier_file",
        code=plan.carrier_id,
        tethering=True,
        networks={"US": (*ATT, *VERIZON)},
    )
    assert facts_of(plan) == PlanFacts(tethering=True, networks={"US": ATT})


def test_fifty_plans_take_two_statements_once_their_networks_are_known(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_sets", {})
    plans = [make_plan(countries=["US"]) for _ in range(50)]
    for plan in plans:
        source(plan, "one")
        make_stated_facts(origin="plan_file", code=plan.code, networks={"US": ATT})
    codes = [plan.code for plan in plans]
    with django_assert_num_queries(3):
        plan_facts(codes)
    with django_assert_num_queries(2):
        plan_facts(codes)


def test_a_process_keeps_only_so_many_sets_of_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "_SETS_MAX", 2)
    monkeypatch.setattr(queries, "_sets", {})
    for number in range(3):
        plan = make_plan(countries=["US"])
        networks = {"US": (PlanNetwork(f"operator {number}", "5G"),)}
        make_stated_facts(origin="plan_file", code=plan.code, networks=networks)
        assert facts_of(plan).networks == networks
        assert len(queries._sets) <= 2


def test_a_set_of_networks_is_stored_once() -> None:
    first = store_sets([{"US": ATT}, {"US": ATT}])
    assert store_sets([{"US": ATT}]) == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT networks FROM coverage_networkset")
        assert cursor.fetchall() == [(written({"US": ATT}),)]
