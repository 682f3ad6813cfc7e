"""What costs and rules mean for a plan that is sold."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.wholesale.engine.proposing import (
    Meaning,
    ProposalKind,
    Standing,
    meaning_of,
)

AMOUNTS = st.dictionaries(st.sampled_from(["USD", "CNY"]), st.integers(1, 9))


def standing(
    *, on_sale: bool = True, ended: bool = False, listed: bool = True, **prices: int
) -> Standing:
    return Standing(
        on_sale=on_sale,
        is_ended_by_us=ended,
        is_listed=listed,
        prices=prices or {"USD": 799},
    )


def test_prices_that_are_as_the_rules_say_mean_nothing() -> None:
    assert meaning_of(standing(), costs={"USD": 500}, wanted={"USD": 799}) == Meaning()


def test_another_price_is_proposed() -> None:
    found = meaning_of(standing(USD=799, CNY=5000), costs={"USD": 600}, wanted={"USD": 899})
    assert found == Meaning(proposed=ProposalKind.PRICE, before={"USD": 799}, after={"USD": 899})
    assert found.steepest_basis_points == 1252


def test_a_plan_that_its_supplier_refused_stays_off_sale_until_it_is_listed_anew() -> None:
    refused = replace(standing(on_sale=False, ended=True), is_refused=True)
    assert meaning_of(refused, costs={"USD": 500}, wanted={"USD": 799}) == Meaning()
    anew = replace(refused, is_refused=False)
    found = meaning_of(anew, costs={"USD": 500}, wanted={"USD": 799})
    assert found == Meaning(proposed=ProposalKind.BACK)


def test_a_cost_above_the_price_ends_the_sale_at_once_and_proposes_the_way_back() -> None:
    found = meaning_of(standing(), costs={"USD": 800}, wanted={"USD": 1199})
    assert found == Meaning(
        at_once=ProposalKind.COST_ABOVE_PRICE,
        proposed=ProposalKind.BACK,
        before={"USD": 799},
        after={"USD": 1199},
    )


def test_a_cost_that_equals_the_price_is_not_above_it() -> None:
    assert meaning_of(standing(), costs={"USD": 799}, wanted={"USD": 799}) == Meaning()


def test_no_way_back_is_proposed_while_a_price_loses() -> None:
    found = meaning_of(standing(USD=799, CNY=5000), costs={"USD": 700, "CNY": 5001}, wanted={})
    assert found == Meaning(at_once=ProposalKind.COST_ABOVE_PRICE)


def test_what_nobody_lists_is_to_go_off_sale() -> None:
    assert meaning_of(standing(listed=False), costs={}, wanted={}) == Meaning(
        proposed=ProposalKind.GONE
    )


def test_what_is_listed_again_may_come_back_unless_others_took_it_off_sale() -> None:
    back = meaning_of(standing(on_sale=False, ended=True), costs={"USD": 1}, wanted={"USD": 799})
    assert back == Meaning(proposed=ProposalKind.BACK)
    by_hand = meaning_of(standing(on_sale=False), costs={"USD": 9999}, wanted={"USD": 1})
    assert by_hand == Meaning()


@given(st.booleans(), st.booleans(), st.booleans(), AMOUNTS, AMOUNTS, AMOUNTS)
def test_nothing_that_loses_stays_or_comes_back_on_sale(
    on_sale: bool,  # noqa: FBT001
    ended: bool,  # noqa: FBT001
    listed: bool,  # noqa: FBT001
    prices: dict[str, int],
    costs: dict[str, int],
    wanted: dict[str, int],
) -> None:
    costs = {currency: cost for currency, cost in costs.items() if currency in prices}
    found = meaning_of(
        Standing(on_sale=on_sale, is_ended_by_us=ended, is_listed=listed, prices=prices),
        costs=costs,
        wanted=wanted,
    )
    is_sold = on_sale and found.at_once is None
    if listed and is_sold:
        assert all(prices[currency] >= cost for currency, cost in costs.items())
    if found.proposed is ProposalKind.BACK:
        will_be = {**prices, **found.after}
        assert all(will_be[currency] >= cost for currency, cost in costs.items())
        assert found.at_once or not on_sale
    assert found.before.items() <= prices.items()
