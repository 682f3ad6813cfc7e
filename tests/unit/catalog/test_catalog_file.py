"""What a catalogue file says, and every fault that it may have, with its line and field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limosa.domain.catalog.engine.catalog_file import (
    PLANS_MAX,
    CatalogFile,
    KnownCodes,
    read_catalog,
)
from limosa.domain.catalog.engine.faults import CatalogFaultsError
from limosa.domain.catalog.engine.plan_row import PlanRow
from limosa.foundation.period import Validity, ValidityUnit
from limosa.foundation.volume import GB

KNOWN = KnownCodes(
    suppliers=frozenset({"own_network"}),
    carriers=frozenset({"t-mobile"}),
    adapters=frozenset({"own_network"}),
)
GOOD = """\
format: 1
version: "2026-11-22"
suppliers:
  - {code: own_network, name: Our network}
carriers:
  - code: att
    name: AT&T
plans:
  - code: month
    supplier: own_network
    carrier: att
    kind: volume
    name: {en: Month, zh-hans: 月, zh-hant: 月, es: Mes}
    volume: 20 GB
    validity: 1 month
    countries: &north [US, NO]
    prices: {USD: 25.00, JPY: "3900"}
  - code: endless
    supplier: own_network
    carrier: t-mobile
    kind: unlimited
    name: {en: Endless, zh-hans: 不限, zh-hant: 不限, es: Sin fin}
    fair_use: {full_speed: 50 GB, then: 1 Mbps}
    validity: 7 days
    valid_from: first_use
    first_use_within: 90 days
    countries: *north
    prices: {USD: "9.99"}
  - code: more
    supplier: own_network
    carrier: t-mobile
    kind: top_up
    name: {en: More, zh-hans: 加, zh-hant: 加, es: Más}
    volume: 3 GB
    countries: US
    prices: {USD: "6.00"}
"""
TABLE = """\
format,1,version,2026-11-22
code,supplier,carrier,kind,name_en,name_zh-hans,name_zh-hant,name_es,volume,\
fair_use_full_speed,fair_use_then,validity,valid_from,first_use_within,countries,prices_USD,prices_JPY
month,own_network,att,volume,Month,月,月,Mes,20 GB,,,1 month,,,US NO,25.00,3900
endless,own_network,t-mobile,unlimited,Endless,不限,不限,Sin fin,,50 GB,1 Mbps,7 days,first_use,\
90 days,US NO,9.99,
more,own_network,t-mobile,top_up,More,加,加,Más,3 GB,,,,,,US,6.00,
"""


def _read(text: str, file: str = "plans.yaml", known: KnownCodes = KNOWN) -> CatalogFile:
    return read_catalog(text.encode(), file=file, known=known)


def _faults(text: str, file: str = "plans.yaml") -> list[str]:
    with pytest.raises(CatalogFaultsError) as caught:
        _read(text, file)
    return [str(fault) for fault in caught.value.faults]


def test_a_good_file_is_read_exactly() -> None:
    catalog = _read(GOOD)
    assert catalog.version == "2026-11-22"
    assert [(row.code, row.name) for row in catalog.suppliers + catalog.carriers] == [
        ("own_network", "Our network"),
        ("att", "AT&T"),
    ]
    month, endless, more = catalog.plans
    assert month == PlanRow(
        code="month",
        supplier="own_network",
        carrier="att",
        kind="volume",
        name={"en": "Month", "zh-hans": "月", "zh-hant": "月", "es": "Mes"},
        volume_bytes=20 * GB,
        fair_use_bytes=None,
        fair_use_kbps=None,
        validity=Validity(1, ValidityUnit.MONTH),
        valid_from="purchase",
        first_use_within_days=180,
        countries=["US", "NO"],
        prices_minor={"USD": 2500, "JPY": 3900},
    )
    assert (endless.volume_bytes, endless.fair_use_bytes, endless.fair_use_kbps) == (
        None,
        50 * GB,
        1000,
    )
    assert (endless.valid_from, endless.first_use_within_days) == ("first_use", 90)
    assert endless.countries == ["US", "NO"]
    assert (more.validity, more.countries) == (None, ["US"])


def test_the_table_says_the_same_as_the_yaml() -> None:
    known = KnownCodes(KNOWN.suppliers, KNOWN.carriers | {"att"}, KNOWN.adapters)
    assert _read(TABLE, "plans.csv", known).plans == _read(GOOD).plans


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        ("format: 1\n", "", [":1: format: is missing; this program reads format 1"]),
        ("format: 1", "format: 2", [':1: format: "2" is not known; this program reads format 1']),
        (
            'version: "2026-11-22"\n',
            "",
            [":1: version: is missing; write the day on which it was made"],
        ),
        ("version:", "verison:", [
            ":1: version: is missing; write the day on which it was made",
            (":2: verison: is not a field here; the fields are: "
            "carriers, format, plans, suppliers, version"),
        ]),
        ("{code: own_network, name: Our network}", "{code: other, name: Other}", [
            ':4: code: no adapter is set up for "other"; there is: own_network',
        ]),
        ('"2026-11-22"', "autumn", [
            (':2: version: "autumn" names no edition; write the day on which it was made, '
            'as "2026-12-01", and "2026-12-01.2" for the second of a day'),
        ]),
        ("code: att", "code: A T", [
            ':6: code: "A T" is not a code; use small letters, digits and hyphens, at most 50',
            ':11: carrier: "att" is not a carrier that is known; there is: t-mobile',
        ]),
        ("countries: US\n", "countries: {us: 1}\n", [
            ":35: countries: must be a list, as [US, PR]",
        ]),
        ("name: AT&T", "name:", [":7: name: is missing"]),
        ("carrier: att", "carrier: verizon", [
            ':11: carrier: "verizon" is not a carrier that is known; there is: att, t-mobile',
        ]),
        ("kind: volume", "kind: data", [
            ':12: kind: "data" is not known; write one of volume, unlimited, top_up',
        ]),
        (", es: Mes}", "}", [
            ":13: name.es: is missing; each name is needed in every language",
        ]),
        ("volume: 20 GB", "volume: 20", [
            ':14: volume: "20" is not a volume; write a number and KB, MB, GB or TB, as "20 GB"',
        ]),
        ("volume: 20 GB", "volume: [20 GB]", [
            ":14: volume: must be a single text or number, not a list or fields of its own",
        ]),
        ("    volume: 20 GB\n", "", [
            ':9: volume: is missing; write a number and its unit, as "20 GB"',
        ]),
        ("volume: 20 GB", "volume: 20 GB\n    volume: 30 GB", [
            ":15: volume: is given twice, first in line 14",
        ]),
        ("    validity: 1 month\n", "", [
            ':9: validity: is missing; write it as "1 month" or "7 days"',
        ]),
        ("[US, NO]", "[US, U S, US]", [
            (':16: countries: "U S" is not a country; write two capital letters of ISO 3166, '
            'as "US"'),
            ':16: countries: "US" is listed twice',
        ]),
        ("USD: 25.00", "USD: $25", [
            (':17: prices.USD: "$25" is not a price; write digits with a point before the '
            'smaller unit, as "25.00"'),
        ]),
        ("USD: 25.00", "USDT: 25.00", [
            ":17: prices.USDT: is not a currency; write three letters of ISO 4217, as USD",
        ]),
        ('{USD: 25.00, JPY: "3900"}', "{}", [
            ":17: prices: names no price; a plan needs at least one",
        ]),
        ("    fair_use: {full_speed: 50 GB, then: 1 Mbps}\n", "", [":18: fair_use: is missing"]),
        ("then: 1 Mbps", "than: 1 Mbps", [
            ":23: fair_use.than: is not a field here; the fields are: full_speed, then",
            ':23: fair_use.then: is missing; write a speed, as "1 Mbps"',
        ]),
        ("    fair_use:", "    volume: 1 GB\n    fair_use:", [
            ":23: volume: an unlimited plan has no volume; its full speed is in fair_use",
        ]),
        ("    valid_from: first_use\n", "", [
            ":25: first_use_within: only goes with valid_from: first_use",
        ]),
        ("volume: 3 GB", "volume: 3 GB\n    validity: 1 month", [
            ":35: validity: a top-up has none; it ends with the bundle that it joins",
        ]),
        ("code: more", "code: month", [':29: code: "month" already stands in line 9']),
        ("code: more", "code: compare", [
            ':29: code: "compare" is the address of another page; use another code',
        ]),
        ("code: more", "code: MORE!", [
            ':29: code: "MORE!" is not a code; use small letters, digits and hyphens, at most 50',
        ]),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line_and_field(
    before: str, after: str, faults: list[str]
) -> None:
    assert before in GOOD
    assert _faults(GOOD.replace(before, after)) == [f"plans.yaml{fault}" for fault in faults]


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("20 GB", "twenty").replace("1 Mbps", "slow").replace("US\n", "USA\n")
    assert [fault.split(": ")[0] for fault in _faults(text)] == [
        "plans.yaml:14",
        "plans.yaml:23",
        "plans.yaml:35",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ":1: must hold fields"),
        ("- a\n- b\n", ":1: must hold fields"),
        ("format: 1\nversion: 2026-11-22\nplans: []\n", ":3: plans: is missing; list at least one"),
        (
            "format: 1\nversion: 2026-11-22\nplans: some\n",
            ":3: plans: is not a list; list at least one",
        ),
        ("format: 1\nversion: 2026-11-22\nplans:\n- 7\n", ":4: must hold fields"),
        ("format: [\n", ":2: this is not YAML: "),
        ("a: 1\n---\nb: 2\n", ":2: this is not YAML: "),
        ("format: 1\n? [a]\n: b\n", ":2: a field's name must be plain text"),
        ("format: 1\nplans: &p\n- *p\n", ":2: must hold fields"),
        ("format: !!python/object:os.system 1\n", ":1: plans: is missing"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_its_line(text: str, fault: str) -> None:
    assert any(found.startswith(f"plans.yaml{fault}") for found in _faults(text))


def test_a_catalogue_has_an_end() -> None:
    head, _, _ = GOOD.partition("plans:")
    text = f"{head}plans:\n" + "- {}\n" * (PLANS_MAX + 1)
    assert _faults(text) == [
        "plans.yaml:9: plans: holds 30001 plans; a catalogue has at most 30000"
    ]


def test_the_report_counts_the_faults_before_it_lists_them() -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        _read(GOOD.replace("20 GB", "twenty"))
    assert caught.value.report().startswith("1 fault; nothing was changed\nplans.yaml:14: volume:")
    with pytest.raises(CatalogFaultsError) as caught:
        _read(GOOD.replace("20 GB", "twenty").replace("US\n", "USA\n"))
    assert caught.value.report().startswith("2 faults; nothing was changed\nplans.yaml:14: ")


def test_text_that_is_not_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        read_catalog(b"format: 1\nversion: \xff\n", file="plans.yaml", known=KNOWN)
    assert str(caught.value) == "plans.yaml:2: this is not UTF-8 text; save the file as UTF-8"


def test_aliases_that_multiply_cost_nothing() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
    )
    assert any("is not a field here" in fault for fault in _faults(f"{GOOD}{bomb}"))


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("format,1,version,", "version,", ":1: the first row must be `format,1,version,`"),
        (",3900", ",39.5", ':3: prices_JPY: "39.5" has more decimals than JPY has'),
        (",3900", ",3900,7", ":3: has more cells than the 17 columns"),
        ("endless,", ",", ":4: code: is missing"),
        (",volume,", ",size,", ":2: size: stands over two columns"),
        ("prices_JPY", "price_JPY", ":3: price_JPY: is not a field here"),
        ("name_es", "name_pt", ":3: name_es: is missing; each name is needed in every language"),
        ("Month", '"Mon\nth', ":3: this is not CSV: unexpected end of data"),
    ],
)
def test_a_fault_of_a_table_is_told_with_its_column(before: str, after: str, fault: str) -> None:
    text = TABLE.replace(before, after)
    if "two columns" in fault:
        text = TABLE.replace("volume,\\\n", "size,").replace(",volume,fair", ",size,fair")
        text = text.replace("countries", "size")
    found = _faults(text, "plans.csv")
    assert any(line.startswith(f"plans.csv{fault}") for line in found), found


def test_a_spreadsheet_pads_the_first_row_and_leaves_empty_ones() -> None:
    known = KnownCodes(KNOWN.suppliers, KNOWN.carriers | {"att"}, KNOWN.adapters)
    text = TABLE.replace("2026-11-22\n", "2026-11-22,,,,,\n,,,\n").replace("\n", "\r\n")
    assert len(_read("\ufeff" + text, "plans.CSV", known).plans) == 3


@given(st.binary(max_size=200), st.sampled_from(["plans.yaml", "plans.csv"]))
def test_any_bytes_are_refused_with_a_line_and_never_anything_else(raw: bytes, file: str) -> None:
    with pytest.raises(CatalogFaultsError) as caught:
        read_catalog(raw, file=file, known=KNOWN)
    assert all(fault.line >= 1 and fault.message for fault in caught.value.faults)


@pytest.mark.parametrize("apn", ["internet", "broad-band.example", "A1.Net"])
def test_a_carrier_may_have_an_apn(apn: str) -> None:
    raw = GOOD.replace("    name: AT&T\n", f"    name: AT&T\n    apn: {apn}\n").encode()
    assert read_catalog(raw, file="plans.yaml", known=KNOWN).carriers[0].apn == apn


@pytest.mark.parametrize("apn", ["two words", ".internet", "a..b", "x" * 64, "net_1", "互联网"])
def test_what_is_no_apn_is_refused(apn: str) -> None:
    raw = GOOD.replace("    name: AT&T\n", f'    name: AT&T\n    apn: "{apn}"\n').encode()
    with pytest.raises(CatalogFaultsError, match="is not an access point name"):
        read_catalog(raw, file="plans.yaml", known=KNOWN)
