"""What a file would change is told whole, and what startles is told apart."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine.changes import PriceChange, changes_between
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB

MONTH = PlanRow(
    code="month",
    supplier="own",
    carrier="att",
    kind="volume",
    name={"en": "Month", "es": "Mes"},
    volume_bytes=20 * GB,
    fair_use_bytes=None,
    fair_use_kbps=None,
    validity=Validity(1, ValidityUnit.MONTH),
    valid_from="purchase",
    first_use_within_days=180,
    countries=["US"],
    prices_minor={"USD": 2500, "JPY": 3900},
)
YEAR = replace(MONTH, code="year", prices_minor={"USD": 20000})


@pytest.mark.parametrize(
    ("before", "after", "is_startling"),
    [
        (1000, 1300, False),
        (1000, 1301, True),
        (1000, 700, False),
        (1000, 699, True),
        (None, 1, False),
        (1000, None, True),
        (1, 2, True),
    ],
)
def test_a_price_startles_when_it_moves_by_more_than_30_percent(
    before: int | None, after: int | None, *, is_startling: bool
) -> None:
    assert PriceChange("month", "USD", before, after).is_startling is is_startling


def test_each_change_is_told_on_a_line() -> None:
    after = replace(
        MONTH,
        validity=Validity(2, ValidityUnit.MONTH),
        countries=["US", "CA"],
        prices_minor={"USD": 3500, "EUR": 3000},
    )
    new = replace(MONTH, code="week", prices_minor={"USD": 900, "JPY": 1400})
    changes = changes_between(
        {"month": MONTH, "year": YEAR}, on_sale=["month", "year"], rows=[new, after]
    )
    assert list(changes.lines()) == [
        "new: week USD 9.00, JPY 1400",
        "price: month EUR – → 30.00",
        "price: month JPY 3900 → –",
        "price: month USD 25.00 → 35.00 (+40 %)",
        "changed: month validity: 1 month → 2 months",
        "changed: month countries: US → US CA",
        "off sale: year",
    ]
    assert changes.startling == [
        "off sale: year",
        "price: month JPY 3900 → –",
        "price: month USD 25.00 → 35.00 (+40 %)",
    ]


def test_a_plan_that_comes_back_and_another_order_are_told() -> None:
    known = {"month": MONTH, "year": YEAR, "week": replace(MONTH, code="week")}
    rows = [YEAR, MONTH, known["week"]]
    changes = changes_between(known, on_sale=["month", "year"], rows=rows)
    assert list(changes.lines()) == [
        "on sale again: week",
        "order: known plans stand in another order",
    ]
    assert changes.startling == []


@given(st.lists(st.sampled_from(["month", "year", "week", "day"]), unique=True))
def test_the_catalogue_as_it_is_changes_nothing(codes: list[str]) -> None:
    known = {code: replace(MONTH, code=code) for code in codes}
    changes = changes_between(known, on_sale=codes, rows=list(known.values()))
    assert list(changes.lines()) == []
