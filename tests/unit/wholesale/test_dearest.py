"""A plan of several suppliers is sold at no less than the rules make for any of them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.wholesale.engine.dearest import Priced, dearest_of, may_all_apply, worst_of
from limosa.domain.wholesale.engine.pricing import Rule
from limosa.foundation.money import Money

CURRENCIES = ("CNY", "JPY", "USD")
amounts = st.dictionaries(st.sampled_from(CURRENCIES), st.integers(1, 5))


@st.composite
def priced(draw: st.DrawFn) -> Priced:
    return Priced(
        supplier=draw(st.sampled_from("abc")),
        cost=Money(draw(st.integers(1, 5)), "USD"),
        costs=draw(amounts),
        rule=None,
        wanted=draw(amounts),
        unpriced=tuple(draw(st.lists(st.sampled_from(("no_rate", "no_rule")), max_size=2))),
    )


@given(st.lists(priced(), min_size=1, max_size=4))
def test_no_supplier_has_a_higher_price_or_cost(known: list[Priced]) -> None:
    found = dearest_of(known)
    for one in known:
        assert all(found.wanted[code] >= one.wanted[code] for code in found.wanted)
        assert all(found.costs[code] >= minor for code, minor in one.costs.items())
        assert set(one.unpriced) <= set(found.unpriced)
    assert set(found.wanted) == set.intersection(*(set(one.wanted) for one in known))
    assert len(set(found.unpriced)) == len(found.unpriced)
    assert found.lead in known
    backwards = dearest_of(known[::-1])
    assert (backwards.wanted, backwards.costs) == (found.wanted, found.costs)


RULE = Rule(
    code="all",
    margin_basis_points=0,
    least_margin=Money(0, "USD"),
    up_basis_points=1000,
    down_basis_points=0,
)
ONE = Priced(
    supplier="a", cost=Money(5, "USD"), costs={"USD": 5}, rule=RULE, wanted={"USD": 9, "CNY": 60}
)


def test_the_lead_is_whoever_makes_the_price_and_the_first_of_equals() -> None:
    dearer = replace(ONE, supplier="b", wanted={"USD": 10, "CNY": 70})
    assert dearest_of([ONE, dearer]).lead is dearer
    assert dearest_of([dearer, ONE]).lead is dearer
    assert dearest_of([ONE, replace(ONE, supplier="b")]).lead is ONE
    unpriced = replace(ONE, wanted={})
    costly = replace(unpriced, supplier="b", costs={"USD": 6})
    assert dearest_of([unpriced, costly]).lead is costly


def test_each_suppliers_rule_has_to_let_a_price_change() -> None:
    before, after = {"USD": 100}, {"USD": 110}
    assert may_all_apply([ONE, ONE], before, after)
    strict = replace(ONE, rule=replace(RULE, up_basis_points=999))
    assert not may_all_apply([ONE, strict], before, after)
    assert not may_all_apply([ONE, replace(ONE, rule=None)], before, after)


def test_the_worst_is_the_one_that_takes_the_most_of_a_price() -> None:
    small, large = (
        Priced(supplier=code, cost=Money(minor, "USD"), costs={"USD": minor}, rule=None, wanted={})
        for code, minor in (("a", 500), ("b", 700))
    )
    assert worst_of([small, large], {"USD": 600}) is large
    assert worst_of([large, small], {"USD": 600}) is large
    assert worst_of([replace(large, costs={}), small], {"USD": 600}) is small
