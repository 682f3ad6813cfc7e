"""Countries and regions as they ship."""

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.coverage.engine.places import EVERYWHERE, regions_of
from limosa.domain.coverage.shipped_places import shipped_countries, shipped_regions
from limosa.foundation.languages import BY_CODE

_CONTINENTS = {
    "africa",
    "antarctica",
    "asia",
    "caribbean",
    "central-america",
    "europe",
    "north-america",
    "oceania",
    "south-america",
}


def test_every_country_that_a_plan_may_reach_has_a_name_in_every_language() -> None:
    found = {country.code: country for country in shipped_countries()}
    assert found.keys() == COUNTRIES
    for country in found.values():
        assert country.names.keys() == country.short_names.keys() == BY_CODE.keys()
        assert all(country.names.values())
        assert all(country.short_names.values())


def test_hong_kong_macao_and_taiwan_have_the_names_that_people_use() -> None:
    short = {country.code: country.short_names for country in shipped_countries()}
    assert [short[code]["zh-hans"] for code in ("HK", "MO", "TW")] == ["香港", "澳门", "台湾"]
    assert [short[code]["zh-hant"] for code in ("HK", "MO", "TW")] == ["香港", "澳門", "台灣"]
    assert [short[code]["en"] for code in ("HK", "MO", "TW")] == ["Hong Kong", "Macao", "Taiwan"]


def test_a_language_without_names_falls_back_to_english() -> None:
    iceland = next(one for one in shipped_countries() if one.code == "IS")
    assert iceland.name_in("is") == "Iceland"
    assert iceland.name_in("es") == "Islandia"


def test_no_two_countries_have_the_same_short_name() -> None:
    for language in BY_CODE:
        names = [country.name_in(language) for country in shipped_countries()]
        assert len(names) == len(set(names)), language


def test_regions_list_countries_that_are_there_each_once() -> None:
    for region in shipped_regions():
        assert region.names.keys() == BY_CODE.keys()
        assert all(region.names.values())
        assert {*region.countries} <= COUNTRIES
        assert list(region.countries) == sorted({*region.countries}), region.code


def test_every_country_is_on_a_continent_and_in_the_world() -> None:
    lists = regions_of(shipped_regions())
    for code in COUNTRIES:
        assert EVERYWHERE in lists[code]
        assert _CONTINENTS & {*lists[code]}, code
