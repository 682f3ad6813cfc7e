"""Names, and how they are looked up; the list that ships."""

from pathlib import Path
from shutil import copytree

import pytest

from limosa.domain.coverage.shipped_places import DATA, shipped_countries, shipped_regions
from limosa.domain.search import shipped
from limosa.domain.search.engine.alias_file import COLUMNS, AliasFaultsError, read_aliases
from limosa.domain.search.engine.facets import (
    PlanFacets,
    facets_of,
    generations_of,
    in_currency,
    wanted_facets,
    wanted_generations,
)
from limosa.domain.search.engine.plan_words import PlanWords
from limosa.domain.search.engine.terms import Form, Kind, Named, of_carriers, terms_of
from limosa.domain.search.pinyin import spell
from limosa.domain.search.shipped import shipped_aliases, shipped_codes, shipped_digest

HEADER = ",".join(COLUMNS) + "\n"
CODES = {country.code for country in shipped_countries()}


def keys_of(*names: str, form: Form = Form.NAME) -> dict[str, Form]:
    named = Named(Kind.PLACE, ("XX",), names, form)
    return {term.key: term.form for term in terms_of([named], spell=spell)}


def test_a_chinese_name_is_found_by_its_pinyin_and_initials() -> None:
    assert keys_of("夏威夷") == {
        "夏威夷": Form.NAME,
        "xiaweiyi": Form.PINYIN,
        "xwy": Form.INITIALS,
    }


def test_the_letter_u_with_dots_is_typed_in_two_ways() -> None:
    assert {"ludao", "lvdao"} <= set(keys_of("绿岛"))


def test_a_name_is_found_by_its_end() -> None:
    assert keys_of("South Korea")["korea"] is Form.PART
    assert keys_of("Congo - Kinshasa")["kinshasa"] is Form.PART


def test_an_end_that_many_have_says_nothing() -> None:
    many = [Named(Kind.PLACE, (f"{letter}A",), (f"{letter}ish Islands",)) for letter in "BCDFGHKLM"]
    assert "islands" not in {term.key for term in terms_of(many, spell=spell)}


def test_a_carrier_has_the_names_of_its_brand() -> None:
    brands = [("T-Mobile", ["TMO"]), ("Mint", ["Minty"])]
    found = list(of_carriers(brands, {"tm": "T-Mobile US", "world": "Limosa World"}))
    assert [(one.targets, tuple(one.names)) for one in found] == [
        (("c:tm",), ("T-Mobile US", "tm")),
        (("c:tm",), ("T-Mobile", "TMO")),
        (("c:world",), ("Limosa World", "world")),
        (("u:Mint",), ("Minty",)),
    ]


def test_the_list_that_ships_is_without_faults() -> None:
    regions = {region.code for region in shipped_regions()}
    found = shipped_aliases(countries=CODES, regions=regions)
    assert len(found.places) > 250
    named = {target for one in found.places for target in one.targets}
    assert {f"r:{code}" for code in regions - {"antarctica"}} <= named


@pytest.mark.parametrize(
    "name",
    [
        "geo/countries.csv",
        "geo/regions.csv",
        "geo/short_names.csv",
        "geo/us_states.csv",
        "search/aliases.csv",
        "search/alpha3.csv",
    ],
)
def test_an_index_is_made_anew_for_each_name_that_ships(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    for folder in ("geo", "search"):
        copytree(DATA / folder, tmp_path / folder)
    monkeypatch.setattr(shipped, "DATA", tmp_path)
    assert shipped_digest.__wrapped__() == shipped_digest()
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert shipped_digest.__wrapped__() != shipped_digest()


def test_each_country_has_its_code_of_three_letters() -> None:
    codes = list(shipped_codes())
    assert {one.targets[0] for one in codes} == CODES
    assert len({one.names for one in codes}) == len(CODES)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("country,ZZ,Nowhere,,,", "no country 'ZZ'"),
        ("planet,US,Mars,,,", "kind: 'planet'"),
        ("country,US,,,,", "it has no name"),
        ("country,US CA,Both,,,", "2 countries"),
        ("several,US,One,,,", "1 countries"),
        ("country,US,...,,,", "'...' has no letter"),
        ("country,US,A |B,,,", "'A ' has a space at an end"),
        ("country,US,A", "it has not 6 fields"),
    ],
)
def test_a_fault_is_told_with_its_line(row: str, fault: str) -> None:
    with pytest.raises(AliasFaultsError, match="line 3: ") as error:
        read_aliases(f"{HEADER}country,US,USA,,,\n{row}\n", countries=CODES, regions=())
    assert fault in str(error.value)


def test_columns_and_unknown_regions() -> None:
    with pytest.raises(AliasFaultsError, match="the columns are"):
        read_aliases("kind,target\n", countries=CODES, regions=())
    row = f"{HEADER}region,atlantis,Atlantis,,,\n"
    assert read_aliases(row, countries=CODES, regions=()).places == ()


def test_a_plan_is_found_by_what_it_is() -> None:
    plan = PlanFacets(
        carrier="att",
        countries=["US", "CA"],
        is_unlimited=True,
        generations={"US": "5G", "CA": "4G", "FR": "5G"},
    )
    regions = {
        "north": frozenset({"US", "CA", "MX"}),
        "all": frozenset("ABCDEFG"),
        "none": frozenset(),
    }
    assert set(facets_of(plan, regions=regions)) == {
        *("US", "CA", "c:att", "r:north", "unlimited"),
        *("4G", "5G"),
    }
    assert generations_of(plan) == ["CA@4G", "US@4G", "US@5G"]


WORLD = {
    "worldwide": frozenset(f"{one}{number}" for one in "ABCDEF" for number in range(40)),
    "europe": frozenset(f"A{number}" for number in range(40)),
    "asia": frozenset(f"B{number}" for number in range(40)),
    "africa": frozenset(f"C{number}" for number in range(40)),
    "oceania": frozenset(f"D{number}" for number in range(40)),
}


@pytest.mark.parametrize(
    ("by_continent", "is_worldwide"),
    [
        ({"A": 15, "B": 10, "C": 4, "D": 1}, True),
        ({"A": 15, "B": 10, "C": 4}, False),
        ({"A": 38, "B": 8}, False),
        ({"A": 4, "B": 3, "C": 2, "D": 1}, False),
    ],
)
def test_a_plan_around_the_world_need_not_reach_half_of_it(
    by_continent: dict[str, int], *, is_worldwide: bool
) -> None:
    countries = [f"{one}{number}" for one, count in by_continent.items() for number in range(count)]
    plan = PlanFacets(carrier="c", countries=countries, is_unlimited=False, generations={})
    assert ("r:worldwide" in facets_of(plan, regions=WORLD)) is is_worldwide
    assert "r:worldwide" not in facets_of(plan, regions={"europe": WORLD["europe"]})


def test_what_is_wanted_names_the_generation_in_each_country() -> None:
    words = PlanWords(is_unlimited=True, generation="5G")
    assert wanted_facets(["US", "r:europe"], words) == [
        "5G",
        "US",
        "r:europe",
        "unlimited",
    ]
    assert wanted_generations(["US", "r:europe"], words) == ["US@5G"]
    assert wanted_generations(["US"], PlanWords(is_unlimited=True)) == []
    assert in_currency("USD", ["US"]) == ["USD:US"]
