"""A price list in a file: every error with its line and field."""

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.connectivity.answers import Activation, PlanUse, SupplierPlan
from limosa.domain.wholesale.engine.gathering import PLANS_MAX
from limosa.domain.wholesale.engine.sheet_file import FILE_BYTES_MAX, read_sheet
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


ROW = "code,currency,cost,volume,days,countries\n{code},USD,1,1 GB,{days},JP\n"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("9" * 40, 'is too large; write 1 to 3660, or "unknown"'),
        ("9" * 5000, 'is too large; write 1 to 3660, or "unknown"'),
        ("3661", 'is too large; write 1 to 3660, or "unknown"'),
        ("000", 'is too small; write 1 to 3660, or "unknown"'),
        ("-7", '"-7" is not a number of days; write 1 to 3660, or "unknown"'),
    ],
)
def test_of_days_it_is_told_what_is_wrong_with_them(days: str, said: str) -> None:
    assert faults_of(ROW.format(code="jp", days=days)) == [(2, "days", said)]


def test_the_number_of_days_may_be_the_greatest_and_have_zeros_before_it() -> None:
    plans = read_sheet(ROW.format(code="jp", days="03660").encode(), file="x.csv")
    assert plans["jp"].days == 3660


def test_of_a_code_it_is_told_what_is_wrong_with_it() -> None:
    said = "has a control character, such as a line break; remove it"
    assert faults_of(ROW.format(code="j\0p", days=7)) == [(2, "code", said)]
    assert faults_of(ROW.format(code='"j\np"', days=7)) == [(2, "code", said)]
    said = "is 201 characters long; use at most 200"
    assert faults_of(ROW.format(code="j" * 201, days=7)) == [(2, "code", said)]


def test_a_file_that_is_too_large_is_not_read() -> None:
    [(line, field, said)] = faults_of("x" * (FILE_BYTES_MAX + 1))
    assert (line, field) == (1, "")
    assert said.startswith("is larger than 32 MB, which is enough for 100,000 plans; leave out")


def test_of_a_file_with_too_many_rows_no_more_are_read() -> None:
    many = "code,currency,cost,volume,days,countries\n" + "a\n" * (PLANS_MAX * 10)
    [(_, _, said)] = faults_of(many)
    assert said == "holds more than 100,000 plans; leave out those that you won't sell"


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
