"""The FCC's summary by county is read as it is published, or every fault in it is told."""

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.coverage.engine.county_file import (
    CountyNetwork,
    edition_of_name,
    read_counties,
)

HEAD = (
    "geography_type,geography_id,geography_desc,data_type,provider_id,total_area,"
    "mobilebb_4g_area_st_pct,mobilebb_5g_spd1_area_st_pct\n"
)
ROW = "County,06037,Sample,Mobile Broadband,900001,12.5,0.98765,0.5\n"


def read(text: str) -> list[CountyNetwork]:
    return read_counties(
        text.splitlines(keepends=True), file="f.csv", operators={"900001": "One", "900002": "Two"}
    )


def test_a_row_tells_how_much_of_a_county_is_covered() -> None:
    (found,) = read(HEAD + ROW)
    assert found == CountyNetwork("06037", "Sample", "One", 9876, 5000, None)


def test_a_zero_that_a_spreadsheet_took_is_put_back() -> None:
    (found,) = read("\ufeff" + HEAD + ROW.replace("06037", "6037").replace("0.5", ""))
    assert (found.county, found.nr_basis_points) == ("06037", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [("County", "State"), ("Mobile", "Fixed"), ("900001", "900003")],
)
def test_other_geographies_data_and_providers_are_left_out(one: str, other: str) -> None:
    assert read(HEAD + ROW.replace(one, other)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "f.csv:1: geography_type: is missing"),
        (HEAD.replace("provider_id", "frn"), "f.csv:1: provider_id: is missing"),
        (HEAD.replace("mobilebb", "fixed"), "f.csv:1: has no share of an area"),
        (HEAD + ROW.replace("0.5", "1.01"), 'f.csv:2: mobilebb_5g_spd1_area_st_pct: "1.01"'),
        (HEAD + ROW.replace("0.5", "-0.1"), "is not a share from 0 to 1"),
        (HEAD + ROW.replace("0.5", "NaN"), "is not a share from 0 to 1"),
        (HEAD + ROW.replace("0.5", "half"), "is not a share from 0 to 1"),
        (HEAD + ROW.replace("06037", "LA"), 'f.csv:2: geography_id: "LA"'),
        (HEAD + ROW.replace("Sample", ""), "f.csv:2: geography_desc: "),
        (HEAD + ROW + ROW, "f.csv:3: provider_id: has this county in line 2 already"),
        (HEAD + "County,06037\n", "f.csv:2: has 2 cells; there are 8 columns"),
        (HEAD + 'County,"06"037,', "f.csv:1: this is not CSV"),
    ],
)
def test_a_fault_is_told_with_its_line_and_field(text: str, fault: str) -> None:
    with pytest.raises(CatalogFaultsError) as raised:
        read(text)
    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("bdc_us_provider_summary_by_geography_D25_15sep2026.csv", "2026-09-15"),
        ("bdc_us_mobile_broadband_summary_by_geography_J25_22nov2025.csv", "2025-11-22"),
        ("summary.csv", ""),
        ("summary_D25_31nov2026.csv", ""),
        ("summary_D25_15xyz2026.csv", ""),
    ],
)
def test_the_name_tells_the_edition(name: str, edition: str) -> None:
    assert edition_of_name(name) == edition
