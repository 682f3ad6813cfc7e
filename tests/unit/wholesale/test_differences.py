"""Comparing lists: every change is shown, and nothing else."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.connectivity.answers import Activation, PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.differences import (
    ChangeKind,
    PlanChange,
    change_between,
    changes_between,
    digest_of,
)
from limosa.foundation.money import Money
from tests.factories.wholesale import listed

PLANS = st.builds(
    SupplierPlan,
    code=st.sampled_from("abcdef"),
    name=st.sampled_from(["", "One", "Two"]),
    use=st.sampled_from(PlanUse),
    cost=st.builds(Money, st.integers(0, 9), st.sampled_from(["USD", "JPY"])),
    volume_bytes=st.none() | st.integers(1, 3),
    days=st.none() | st.integers(1, 3),
    countries=st.permutations(["US", "CA"]).map(tuple) | st.just(("US",)),
    daily_bytes=st.none() | st.integers(1, 2),
    throttled_kbps=st.none() | st.integers(0, 1),
    activation=st.sampled_from(Activation),
    day_zone=st.sampled_from(["", "Asia/Shanghai"]),
    exit_country=st.sampled_from(["", "HK"]),
    is_renewable=st.none() | st.booleans(),
    renewed_by=st.permutations(["x", "y"]).map(tuple) | st.just(()),
    rules=st.dictionaries(st.sampled_from("st"), st.sampled_from("12"), max_size=2),
)
LISTS = st.lists(PLANS, unique_by=lambda plan: plan.code).map(
    lambda plans: {plan.code: plan for plan in plans}
)


@given(PLANS)
def test_a_plan_does_not_differ_from_itself(plan: SupplierPlan) -> None:
    assert change_between(plan, plan) is None


@given(PLANS, PLANS)
def test_a_digest_is_another_exactly_if_something_changed(
    one: SupplierPlan, other: SupplierPlan
) -> None:
    other = replace(other, code=one.code)
    assert (digest_of(one) == digest_of(other)) is (change_between(one, other) is None)


@given(LISTS, LISTS)
def test_each_code_changes_at_most_once_and_by_its_kind(
    before: dict[str, SupplierPlan], after: dict[str, SupplierPlan]
) -> None:
    found = {change.code: change for change in changes_between(before, after)}
    for code in {*before, *after}:
        kind = found[code].kind if code in found else None
        assert (kind is ChangeKind.NEW) is (code not in before)
        assert (kind is ChangeKind.GONE) is (code not in after)
        if code in before and code in after:
            old, new = before[code].cost, after[code].cost
            is_comparable = old.currency == new.currency
            is_dearer = is_comparable and new.amount_minor > old.amount_minor
            assert (kind is ChangeKind.DEARER) is is_dearer
            is_cheaper = is_comparable and new.amount_minor < old.amount_minor
            assert (kind is ChangeKind.CHEAPER) is is_cheaper


@given(LISTS, LISTS)
def test_the_way_back_has_the_same_changes_turned_around(
    before: dict[str, SupplierPlan], after: dict[str, SupplierPlan]
) -> None:
    turned = {"new": "gone", "gone": "new", "dearer": "cheaper", "cheaper": "dearer"}
    there = {
        (turned.get(one.kind, one.kind), one.code, one.other_rules)
        for one in changes_between(before, after)
    }
    back = {(one.kind.value, one.code, one.other_rules) for one in changes_between(after, before)}
    assert there == back


def test_the_order_of_countries_and_renewals_says_nothing() -> None:
    one = listed(countries=("US", "CA"), renewed_by=("x", "y"))
    assert change_between(one, listed(countries=("CA", "US"), renewed_by=("y", "x"))) is None


def test_a_dearer_plan_with_other_rules_tells_both() -> None:
    after = listed(cost=501, days=31, countries=("US", "CA"), rules={"speed": "5G"})
    assert change_between(listed(), after) == PlanChange(
        ChangeKind.DEARER, "us-5gb", ("days", "countries", "rules.speed")
    )


def test_a_cost_in_another_currency_is_neither_dearer_nor_cheaper() -> None:
    change = change_between(listed(), listed(currency="CNY", cost=9999))
    assert change == PlanChange(ChangeKind.OTHER, "us-5gb", ("currency",))
