"""The differences that the benchmark plants in a supplier's list."""

from collections import Counter

from limosa_lab.benchmarks.listing_supplier import PLANTED, plan_of, planted


def test_fifty_differences_are_planted_ten_of_each_kind() -> None:
    plans = [plan_of(number) for number in range(1000)]
    expected = planted(plans)
    assert len(expected) == PLANTED == 50
    assert set(Counter(expected.values()).values()) == {10}
    before = {plan_of(number)["code"]: plan_of(number) for number in range(1000)}
    after = {plan["code"]: plan for plan in plans}
    differing = {code for code in {*before, *after} if before.get(code) != after.get(code)}
    assert differing == set(expected)
