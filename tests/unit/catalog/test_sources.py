"""Where a plan is bought, as a catalogue file says it."""

import pytest

from limosa.domain.catalog.engine.catalog_file import CatalogFile, KnownCodes, read_catalog
from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.catalog.engine.sources import Places, Source, places_of
from limosa.foundation.money import Money

KNOWN = KnownCodes(
    suppliers=frozenset({"first", "other"}),
    carriers=frozenset({"att"}),
    adapters=frozenset({"first", "other"}),
)
GOOD = """\
format: 1
version: "2026-11-22"
plans:
  - code: month
    sources:
      - {supplier: first, code: US_10, renewal_code: TOPUP_US_10, cost: "8.10 USD"}
      - {supplier: other, code: us-10gb, cost: "900 JPY", day_zone: Asia/Shanghai, exit_country: HK}
    carrier: att
    kind: volume
    name: {en: Month, zh-hans: 月, zh-hant: 月, es: Mes}
    volume: 20 GB
    validity: 1 month
    countries: [US]
    prices: {USD: "25.00"}
"""


def _read(text: str) -> CatalogFile:
    return read_catalog(text.encode(), file="plans.yaml", known=KNOWN)


def test_sources_are_read_in_order_and_the_first_is_the_supplier() -> None:
    (plan,) = _read(GOOD).plans
    assert plan.supplier == "first"
    assert plan.sources == (
        Source(supplier="first", code="US_10", renewal_code="TOPUP_US_10", cost=Money(810, "USD")),
        Source(
            supplier="other",
            code="us-10gb",
            cost=Money(900, "JPY"),
            day_zone="Asia/Shanghai",
            exit_country="HK",
        ),
    )


def test_the_supplier_may_be_named_too() -> None:
    named = GOOD.replace("    carrier:", "    supplier: first\n    carrier:")
    assert _read(named).plans == _read(GOOD).plans


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("supplier: other", "supplier: first", '"first" already stands above'),
        ("supplier: other", "supplier: third", '"third" is not a supplier that is known'),
        ("code: us-10gb", "codes: us-10gb", "write the supplier's code for it"),
        ("code: us-10gb", "code: us 10gb", "it has no spaces"),
        ('"900 JPY"', '"900"', 'as "8.10 USD"'),
        ("Asia/Shanghai", "Asia/Shangai", "is not a time zone"),
        ("exit_country: HK", "exit_country: Hong Kong", "is not a country"),
        ('"900 JPY"', '"9.50 JPY"', "has more decimals than JPY has"),
        ("    carrier:", "    supplier: other\n    carrier:", "is not the first of the sources"),
    ],
)
def test_a_fault_says_what_to_write(before: str, after: str, said: str) -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        _read(GOOD.replace(before, after))
    assert any(said in str(fault) for fault in caught.value.faults), caught.value.faults


def test_only_what_all_sources_agree_on_is_true_of_a_plan() -> None:
    first = Source(supplier="a", code="x", day_zone="Asia/Shanghai", exit_country="HK")
    other = Source(supplier="b", code="x", day_zone="Asia/Shanghai", exit_country="SG")
    silent = Source(supplier="c", code="x")
    assert places_of([first]) == Places("Asia/Shanghai", "HK")
    assert places_of([first, other]) == Places("Asia/Shanghai", "")
    assert places_of([first, silent]) == places_of([]) == Places()
