"""Prices: never below the floor, never less for a higher cost, and they end as they should."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.wholesale.engine.pricing import (
    Ending,
    Fee,
    NoPriceError,
    Rule,
    Terms,
    change_in_basis_points,
    converted,
    floor_of,
    is_within_limits,
    price_of,
    rule_for,
)
from limosa.foundation.money import Money
from limosa.foundation.volume import GB

# What a plan costs in, what it is sold in, and what the least margin is named in.
CURRENCIES = ("USD", "JPY", "KWD")
COSTS = st.integers(0, 10**7)


@st.composite
def pricings(draw: st.DrawFn) -> tuple[str, Rule, Terms]:
    """Return a currency to sell in, a rule and terms, for a cost in US dollars."""
    currency = draw(st.sampled_from(CURRENCIES))
    step, ending, rate, other_rate, fee, fixed, tax, margin, least = draw(
        st.tuples(*[st.integers(0, most) for most in _MOST])
    )
    rates = {
        ("USD", currency): Fraction(rate + 1, 100),
        ("JPY", currency): Fraction(other_rate + 1, 100),
    }
    terms = Terms(
        endings={currency: Ending(step_minor=step + 1, ending_minor=ending % (step + 1))},
        rates=rates,
        fee=Fee(basis_points=fee, fixed={currency: fixed}),
        tax_basis_points=tax,
    )
    least_margin = Money(least, "JPY")
    return currency, Rule(code="r", margin_basis_points=margin, least_margin=least_margin), terms


_MOST = (999, 999, 99_999, 99_999, 2000, 300, 2500, 30_000, 5000)
ENDINGS = st.tuples(st.integers(1, 1000), st.integers(0, 999)).map(
    lambda drawn: Ending(step_minor=drawn[0], ending_minor=drawn[1] % drawn[0])
)


def rule(**fields: object) -> Rule:
    given = {"code": "r", "margin_basis_points": 4000, "least_margin": Money(100, "USD")}
    return Rule(**(given | fields))  # type: ignore[arg-type]


def terms(**fields: object) -> Terms:
    given = {
        "endings": {"USD": Ending(step_minor=100, ending_minor=99)},
        "rates": {},
        "fee": Fee(basis_points=450, fixed={"USD": 49, "JPY": 50, "KWD": 150, "CNY": 350}),
        "tax_basis_points": 0,
    }
    return Terms(**(given | fields))  # type: ignore[arg-type]


@given(COSTS, pricings())
def test_after_tax_and_fee_the_cost_is_left(
    cost_minor: int, pricing: tuple[str, Rule, Terms]
) -> None:
    cost, (currency, rule, terms) = Money(cost_minor, "USD"), pricing
    price = price_of(cost, currency=currency, rule=rule, terms=terms).amount_minor
    tax = Fraction(price * terms.tax_basis_points, 10_000 + terms.tax_basis_points)
    fee = Fraction(price * terms.fee.basis_points, 10_000) + terms.fee.fixed[currency]
    assert price - tax - fee >= converted(cost, currency=currency, terms=terms)
    assert price >= floor_of(cost, currency=currency, terms=terms)
    assert price > 0


@given(COSTS, st.integers(1, 10**5), pricings())
def test_a_higher_cost_never_makes_a_lower_price(
    cost: int, more: int, pricing: tuple[str, Rule, Terms]
) -> None:
    currency, rule, terms = pricing
    one, dearer = (
        price_of(Money(minor, "USD"), currency=currency, rule=rule, terms=terms).amount_minor
        for minor in (cost, cost + more)
    )
    assert dearer >= one


@given(COSTS, pricings())
def test_the_margin_is_reached_and_the_price_ends_as_said(
    cost_minor: int, pricing: tuple[str, Rule, Terms]
) -> None:
    cost, (currency, rule, terms) = Money(cost_minor, "USD"), pricing
    price = price_of(cost, currency=currency, rule=rule, terms=terms).amount_minor
    ending = terms.endings[currency]
    assert price % ending.step_minor == ending.ending_minor
    net = Fraction(price * 10_000, 10_000 + terms.tax_basis_points)
    own = converted(cost, currency=currency, terms=terms)
    assert net - own >= own * rule.margin_basis_points / 10_000
    assert net - own >= converted(rule.least_margin, currency=currency, terms=terms)


@given(ENDINGS, st.fractions(0, 10**6))
def test_rounding_never_adds_a_whole_step(ending: Ending, amount: Fraction) -> None:
    assert 0 <= ending.at_least(amount) - amount < ending.step_minor + 1


STORIES = [
    # cost, currency, ending, rates, price
    (Money(500, "USD"), "USD", (100, 99), {}, 799),
    (Money(50, "USD"), "USD", (100, 99), {}, 199),  # the least margin: a dollar
    (Money(0, "USD"), "USD", (100, 99), {}, 199),
    (Money(500, "USD"), "JPY", (100, 80), {("USD", "JPY"): Fraction(150)}, 1080),
    (Money(500, "USD"), "KWD", (250, 0), {("USD", "KWD"): Fraction(3, 10)}, 2250),
    (
        Money(800, "JPY"),
        "USD",
        (100, 0),
        {("JPY", "USD"): Fraction(1, 150)},
        800,
    ),
]


@pytest.mark.parametrize(("cost", "currency", "ending", "rates", "price"), STORIES)
def test_prices(
    cost: Money,
    currency: str,
    ending: tuple[int, int],
    rates: dict[tuple[str, str], Fraction],
    price: int,
) -> None:
    step, end = ending
    made = price_of(
        cost,
        currency=currency,
        rule=rule(),
        terms=terms(
            endings={currency: Ending(step_minor=step, ending_minor=end)},
            rates={("USD", "JPY"): Fraction(150), ("USD", "KWD"): Fraction(3, 10), **rates},
        ),
    )
    assert made == Money(price, currency)


def test_a_thin_margin_is_lifted_to_the_floor() -> None:
    thin = rule(margin_basis_points=0, least_margin=Money(0, "USD"))
    assert price_of(Money(1000, "USD"), currency="USD", rule=thin, terms=terms()).amount_minor == (
        1099
    )
    ends = {"USD": Ending(step_minor=1)}
    made = price_of(Money(1000, "USD"), currency="USD", rule=thin, terms=terms(endings=ends))
    assert made.amount_minor == 1099  # ceil(1049 / 0.955)


@pytest.mark.parametrize(
    ("cost", "currency", "changed", "reason"),
    [
        (Money(1, "USD"), "EUR", {}, "no_ending"),
        (Money(1, "EUR"), "USD", {}, "no_rate"),
        (Money(1, "USD"), "USD", {"fee": Fee(basis_points=450, fixed={})}, "no_fee"),
        (
            Money(1, "USD"),
            "USD",
            {"fee": Fee(basis_points=10_000, fixed={"USD": 1})},
            "fee_takes_all",
        ),
        (Money(10**12, "USD"), "USD", {}, "too_high"),
    ],
)
def test_no_price_is_guessed(
    cost: Money, currency: str, changed: dict[str, object], reason: str
) -> None:
    with pytest.raises(NoPriceError) as refused:
        price_of(cost, currency=currency, rule=rule(), terms=terms(**changed))
    assert refused.value.reason == reason


def test_the_first_rule_that_covers_a_plan_prices_it() -> None:
    rules = [
        rule(code="small", below_bytes=GB),
        rule(code="america", countries=frozenset({"US", "CA"}), supplier="x", least_bytes=GB),
        rule(code="rest"),
    ]

    def found(supplier: str, countries: list[str], volume: int | None) -> str:
        return rule_for(rules, supplier=supplier, countries=countries, volume_bytes=volume).code

    assert found("x", ["US"], GB - 1) == "small"
    assert found("x", ["US", "CA"], GB) == "america"
    assert found("y", ["US"], GB) == "rest"
    assert found("x", ["US", "MX"], GB) == "rest"
    assert found("x", ["US"], None) == "rest"
    assert found("x", [], GB) == "rest"
    with pytest.raises(NoPriceError, match="no_rule"):
        rule_for(rules[:2], supplier="y", countries=["US"], volume_bytes=GB)


def test_limits_are_not_passed_unseen() -> None:
    limits = rule(up_basis_points=500, down_basis_points=1000)
    assert is_within_limits({"USD": 1000}, {"USD": 1050}, rule=limits)
    assert not is_within_limits({"USD": 1000}, {"USD": 1051}, rule=limits)
    assert is_within_limits({"USD": 1000}, {"USD": 900}, rule=limits)
    assert not is_within_limits({"USD": 1000}, {"USD": 899}, rule=limits)
    assert not is_within_limits({}, {"USD": 899}, rule=limits)
    assert change_in_basis_points(3, 4) == 3334
    assert change_in_basis_points(3, 2) == -3334
