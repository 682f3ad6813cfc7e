"""Pricing rules in a file."""

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.engine.rules_file import RulesFile, read_rules
from limosa.foundation.money import Money
from limosa.foundation.volume import GB

GOOD = """
format: 1
endings:
  USD: {step: "1.00", ending: "0.99"}
  JPY: {step: 100, ending: 80}
  KWD: {step: 0.250}
rules:
  - code: small-us
    supplier: airalo
    countries: [US, CA]
    from: 1 GB
    below: 5 GB
    margin: 42.5 %
    at_least: 1.50 USD
    up: 5 %
    down: 10
  - {code: rest, margin: 40, at_least: 0 USD}
"""


def faults_of(text: str) -> set[tuple[int, str]]:
    with pytest.raises(CatalogFaultsError) as refused:
        read_rules(text.encode(), file="x.yaml", suppliers={"airalo", "tgt"})
    return {(fault.line, fault.field) for fault in refused.value.faults}


def test_rules_and_endings_are_read_in_order() -> None:
    assert read_rules(GOOD.encode(), file="x.yaml", suppliers={"airalo"}) == RulesFile(
        endings={
            "USD": Ending(step_minor=100, ending_minor=99),
            "JPY": Ending(step_minor=100, ending_minor=80),
            "KWD": Ending(step_minor=250),
        },
        rules=[
            Rule(
                code="small-us",
                supplier="airalo",
                countries=frozenset({"US", "CA"}),
                least_bytes=GB,
                below_bytes=5 * GB,
                margin_basis_points=4250,
                least_margin=Money(150, "USD"),
                up_basis_points=500,
                down_basis_points=1000,
            ),
            Rule(code="rest", margin_basis_points=4000, least_margin=Money(0, "USD")),
        ],
    )


def test_every_error_is_told_with_its_line_and_field() -> None:
    found = faults_of(
        "format: 2\n"
        "endings:\n"
        "  USD: {step: 1.00, ending: 1.00}\n"
        "  QQQ: {step: 1}\n"
        "  JPY: {step: 1.5}\n"
        "rules:\n"
        "  - {code: a, margin: lots, at_least: 1.00}\n"
        "  - {code: b, margin: 1001 %, at_least: 1 USD, up: 101}\n"
        "  - {code: c, margin: 1, at_least: 1.005 USD, from: 5 GB, below: 1 GB}\n"
        "  - {code: d, margin: 1, at_least: 1 USD}\n"
        "  - {code: d, margin: 1, at_least: 1 USD, colour: red}\n"
        "  - {code: e, margin: 1, at_least: 1 USD, supplier: joytel}\n"
    )
    assert found == {
        (1, "format"),
        (3, "endings.USD.ending"),
        (4, "endings.QQQ.step"),
        (5, "endings.JPY.step"),
        (7, "margin"),
        (7, "at_least"),
        (8, "margin"),
        (8, "up"),
        (9, "at_least"),
        (9, "below"),
        (11, "code"),
        (11, "colour"),
        (12, "supplier"),
    }
