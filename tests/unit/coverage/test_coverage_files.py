"""Coverage files are read whole, or every fault in them is told with its line and field."""

from typing import Any

import pytest

from limosa.domain.catalog.engine.faults import CatalogFaultsError, FaultList
from limosa.domain.coverage.engine.facts import Origin, PlanFacts, PlanNetwork
from limosa.domain.coverage.engine.region_rows import read_region_rows
from limosa.domain.coverage.engine.stated_rows import (
    KnownSubjects,
    Subject,
    read_stated_facts,
    read_stated_networks,
)
from limosa.domain.coverage.engine.table import Kind, read_table

KNOWN = KnownSubjects(plans={"month": ["US", "MX"]}, carriers={"att"})
NETWORKS = "format,1,version,2026-11-30\nplan,carrier,countries,operator,generation\n"
FACTS = (
    "format,1,version,2026-11-30\n"
    "plan,carrier,tethering,identity_check,number,calls,texts,exit_country,blocked_services\n"
)
REGIONS = "format,1,version,2026-11-30\nregion,en,es,zh-hans,zh-hant,countries\n"
PLAN, CARRIER = Subject(Origin.PLAN_FILE, "month"), Subject(Origin.CARRIER_FILE, "att")


def read(text: str) -> Any:
    """Return what a file says. Raises CatalogFaultsError."""
    faults = FaultList("f.csv")
    table = read_table(text.encode(), faults=faults)
    found: Any
    if table.kind is Kind.NETWORKS:
        found = read_stated_networks(table, known=KNOWN, faults=faults)
    elif table.kind is Kind.FACTS:
        found = read_stated_facts(table, known=KNOWN, faults=faults)
    else:
        found = read_region_rows(table, faults=faults)
    faults.check()
    return found


def test_networks_are_read_by_plan_or_carrier_and_country() -> None:
    assert read(NETWORKS + "month,,US MX,AT&T,5G\n,att,CA,Rogers,lte\n,att,CA,Bell,\n") == {
        PLAN: {"US": (PlanNetwork("AT&T", "5G"),), "MX": (PlanNetwork("AT&T", "5G"),)},
        CARRIER: {"CA": (PlanNetwork("Rogers", "4G"), PlanNetwork("Bell", ""))},
    }


def test_what_a_row_leaves_empty_is_not_stated() -> None:
    assert read(FACTS + "month,,yes,,no,,,HK,TikTok; Signal;TikTok\n,att,,,,,,,\n") == {
        PLAN: PlanFacts(
            tethering=True,
            has_number=False,
            exit_country="HK",
            blocked_services=("TikTok", "Signal"),
        ),
        CARRIER: PlanFacts(),
    }


def test_a_region_may_list_all_countries() -> None:
    (region,) = read(REGIONS + "world,World,Mundo,全球,全球,*\n")
    assert {"US", "CN", "XK"} <= set(region.countries)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "f.csv:1: the table needs rows"),
        ("a,b\nc,d\n", "f.csv:1: the first row must be"),
        ("format,2,version,2026-11-30\nregion\n", "f.csv:1: format: is not known"),
        ("format,1,version,soon\nregion\n", 'f.csv:1: version: "soon" names no edition'),
        (NETWORKS.replace("generation", "speed"), "f.csv:2: speed: is not a column here"),
        (NETWORKS.replace("carrier", "plan"), "f.csv:2: plan: stands over two columns"),
        (NETWORKS + "month,,US,AT&T,5G,more\n", "f.csv:3: has more cells than the 5 columns"),
        (NETWORKS + ",,US,AT&T,5G\n", "f.csv:3: plan: name either a plan or a carrier"),
        (NETWORKS + "month,att,US,AT&T,5G\n", "f.csv:3: plan: name either a plan or a carrier"),
        (NETWORKS + "year,,US,AT&T,5G\n", 'f.csv:3: plan: "year" is not a plan'),
        (NETWORKS + ",tim,US,AT&T,5G\n", 'f.csv:3: carrier: "tim" is not a carrier'),
        (NETWORKS + "month,,us,AT&T,5G\n", 'f.csv:3: countries: "us" is not a country'),
        (NETWORKS + "month,,FR,AT&T,5G\n", "f.csv:3: countries: the plan month does not reach FR"),
        (NETWORKS + "month,,,AT&T,5G\n", "f.csv:3: countries: is missing"),
        (NETWORKS + "month,,US,,5G\n", "f.csv:3: operator: is missing"),
        (NETWORKS + f"month,,US,{'x' * 61},5G\n", "f.csv:3: operator: "),
        (NETWORKS + "month,,US,AT\x07T,5G\n", "f.csv:3: operator: "),
        (NETWORKS + "month,,US,AT&T,6G\n", 'f.csv:3: generation: "6G" is no generation'),
        (
            NETWORKS + "month,,US,AT&T,4G\nmonth,,MX US,at&t,5G\n",
            "f.csv:4: operator: stands in line 3 for US already",
        ),
        (FACTS + "month,,Yes,,,,,,\n", 'f.csv:3: tethering: "Yes" is neither yes nor no'),
        (FACTS + "month,,,,,,,USA,\n", 'f.csv:3: exit_country: "USA" is not a country'),
        (FACTS + "month,,,,,,,,a\x00\n", "f.csv:3: "),
        (
            FACTS + f"month,,,,,,,,{';'.join(map(str, range(21)))}\n",
            "f.csv:3: blocked_services: has ",
        ),
        (FACTS + "month,,,,,,,,\nmonth,,,,,,,,\n", "f.csv:4: plan: stands in line 3 already"),
        (REGIONS, "f.csv:2: region: the file lists no region"),
        (REGIONS + "x,X,,X,X,US\n", "f.csv:3: es: is missing"),
        (REGIONS + "x,X,X,X,X,U*\n", "or * for all"),
        (REGIONS + "x,X,X,X,X,\n", "f.csv:3: countries: is missing"),
        (REGIONS + "x,X,X,X,X,US\nx,X,X,X,X,US\n", "f.csv:4: region: stands in line 3 already"),
    ],
)
def test_a_fault_is_told_with_its_line_and_field(text: str, fault: str) -> None:
    with pytest.raises(CatalogFaultsError) as raised:
        read(text)
    assert fault in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(CatalogFaultsError) as raised:
        read(NETWORKS + "year,,us,AT&T,6G\nmonth,,FR,,5G\n")
    assert [(fault.line, fault.field) for fault in raised.value.faults] == [
        (3, "countries"),
        (3, "generation"),
        (3, "plan"),
        (4, "operator"),
    ]


def test_text_in_another_encoding_is_told() -> None:
    with pytest.raises(CatalogFaultsError, match="not UTF-8"):
        read_table("format,1,version,2026-11-30\nrégion\n".encode("latin-1"), faults=FaultList("f"))
