"""A price list in a file: every error with its line and field."""

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.connectivity.answers import Activation, PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.sheet_file import read_sheet
from limosa.foundation.money import Money

GOOD = """code,name,use,currency,cost,volume,days,countries,daily,then,activation,day_zone,\
exit_country,renewable,renewed_by,rule_speed
jp-1,Japan,new_esim,JPY,320,1 GB,7,JP,,,first_use,Asia/Tokyo,HK,yes,jp-r jp-s,5G
eu,,,USD,4.50,unlimited,unknown,FR DE,1 GB,none,,,,,,
"""


def faults_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(CatalogFaultsError) as refused:
        read_sheet(text.encode(), file="x.csv")
    return [(fault.line, fault.field, fault.message) for fault in refused.value.faults]


def test_a_list_is_read() -> None:
    assert list(read_sheet(GOOD.encode(), file="x.csv").values()) == [
        SupplierPlan(
            code="jp-1",
            name="Japan",
            use=PlanUse.NEW_ESIM,
            cost=Money(320, "JPY"),
            volume_bytes=10**9,
            days=7,
            countries=("JP",),
            activation=Activation.FIRST_USE,
            day_zone="Asia/Tokyo",
            exit_country="HK",
            is_renewable=True,
            renewed_by=("jp-r", "jp-s"),
            rules={"speed": "5G"},
        ),
        SupplierPlan(
            code="eu",
            name="",
            use=PlanUse.EITHER,
            cost=Money(450, "USD"),
            volume_bytes=None,
            days=None,
            countries=("DE", "FR"),
            daily_bytes=10**9,
            throttled_kbps=0,
            rules={"speed": ""},
        ),
    ]


def test_every_error_is_told_with_its_line_and_field() -> None:
    found = faults_of(
        "code,currency,cost,volume,days,countries,use\n"
        "a,USD,1.234,1 GB,7,JP,\n"
        "b,QQQ,1,1 GB,7,JP,\n"
        "c,USD,1,much,0,XX,both\n"
        "d,USD,1,1 GB,7,JP,\n"
        "d,USD,1,1 GB,7,,\n"
        ",USD,1,1 GB,7,JP,,too\n"
    )
    places = {(line, field) for line, field, _ in found}
    assert places == {
        (2, "cost"),
        (3, "currency"),
        (4, "volume"),
        (4, "days"),
        (4, "countries"),
        (4, "use"),
        (6, "code"),
        (6, "countries"),
        (7, "code"),
        (7, ""),
    }


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", ""),
        ("code,currency,cost,volume,days\n", "countries"),
        ("code,currency,cost,volume,days,countries,colour\n", "colour"),
        ("code,currency,cost,volume,days,countries,code\n", "code"),
        ("code,currency,cost,volume,days,countries\n", ""),
    ],
)
def test_a_table_without_its_columns_is_refused(text: str, field: str) -> None:
    assert field in {found for _, found, _ in faults_of(text)}
