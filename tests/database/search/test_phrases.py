"""What people type, and what is understood: phrases.csv, to be read and added to by anybody."""

import csv
import sys
from pathlib import Path

import pytest
from django.utils import translation

from limosa.domain.coverage.queries import countries, regions
from limosa.domain.search.queries import Found, find
from limosa.domain.search.shipped import shipped_codes
from limosa.web.storefront.search_rows import Names, understood

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_index")]

RIGHT_PERCENT_MIN = 98
LANGUAGES = {"en", "es", "zh-hans", "zh-hant"}


def phrases() -> list[dict[str, str]]:
    path = Path(__file__).with_name("phrases.csv")
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def meaning(typed: str, language: str) -> str:
    """Return what is understood by whoever reads a language, said in English."""
    reading = find(typed, language=language, currency="USD", limit=1).reading
    with translation.override("en"):
        return understood(reading, Names()).replace("\xa0", " ")


def possible(typed: str, language: str) -> set[tuple[str, ...]]:
    """Return all that a name may mean."""
    reading = find(typed, language=language, currency="USD", limit=1).reading
    return {one.term.targets for slot in reading.slots for one in slot} | {reading.places}


def first_target(typed: str, language: str) -> tuple[str, ...]:
    reading = find(typed, language=language, currency="USD", limit=1).reading
    return reading.slots[0][0].term.targets if len(reading.slots) == 1 else ()


def found(typed: str, language: str = "en") -> Found:
    return find(typed, language=language, currency="USD", limit=20)


@pytest.mark.parametrize(
    "typed", ["全球", "环球", "世界", "quanqiu", "worldwide", "global", "todo el mundo", "全球通用"]
)
def test_the_world_has_the_plans_that_go_around_it(typed: str) -> None:
    assert {code.split("-")[0] for code in found(typed).plans} == {"world"}
    assert not found(typed).is_partial


@pytest.mark.parametrize("typed", ["加勒比", "caribbean"])
def test_of_a_region_that_no_plan_covers_those_for_places_in_it_are_found(typed: str) -> None:
    of_region = found(typed)
    assert of_region.is_partial
    assert of_region.plans[0] == found("puerto rico").plans[0]
    assert found(f"{typed} unlimited").plans == found("puerto rico unlimited").plans
    assert not found("antarctica").is_partial


@pytest.mark.parametrize(("typed", "places"), [("HND", "JP HN"), ("IL", "IL US"), ("MA", "MA US")])
def test_a_code_of_two_places_lists_both(typed: str, places: str) -> None:
    assert {(code,) for code in places.split()} <= possible(typed, "en")
    assert first_target(typed, "en") == (places.split(maxsplit=1)[0],)


def test_what_is_left_over_makes_no_country_of_one_character() -> None:
    assert found("西樟木岸", "zh-hans").reading.slots == ()
    assert found("美加墨", "zh-hans").reading.places == ("US", "CA", "MX")
    assert found("hi japan").reading.places == ("JP",)


def test_the_end_of_a_name_is_told_as_a_guess() -> None:
    assert found("kinshasa and nevis").reading.is_guess is False
    of_end = found("bissau")
    assert of_end.reading.places == ("GW",)
    assert of_end.reading.is_guess
    assert not find("bissau", language="en", currency="USD", limit=1, is_exact=True).reading.slots


@pytest.mark.parametrize("typed", ["esim", "cheapest", "free", "机场"])
def test_words_that_fit_every_plan_find_all(typed: str) -> None:
    assert len(found(typed).plans) == 20
    assert found(typed).has_more


def test_of_a_carrier_that_is_not_sold_nothing_is_found_but_its_country() -> None:
    assert found("verizon").plans == ()
    assert found("verizon usa").plans == found("usa").plans
    assert found("verizon usa").reading.unsold == ("u:Verizon",)


def test_the_table_has_enough_in_each_language() -> None:
    assert len(phrases()) >= 200
    assert {row["language"] for row in phrases()} == LANGUAGES


@pytest.mark.figures
def test_nearly_all_phrases_are_understood() -> None:
    rows = phrases()
    misses = []
    for row in rows:
        found = meaning(row["typed"], row["language"])
        if found != row["understood"]:
            misses.append(f"{row['language']} {row['typed']}: {found!r}, not {row['understood']!r}")
    told = [f"{len(rows) - len(misses)} of {len(rows)} phrases are understood", *misses]
    sys.stdout.write("\n  ".join(told))
    assert 100 * (len(rows) - len(misses)) >= RIGHT_PERCENT_MIN * len(rows), misses


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_each_country_and_region_is_found_by_its_name(language: str) -> None:
    misses = {}
    for place in countries():
        for name in {place.names[language], place.name_in(language)}:
            if first_target(name, language) != (place.code,):
                misses[name] = place.code
    for region in regions():
        # Antarctica is also a country; "China, Hong Kong, Macao & Taiwan" may be read as four.
        found = possible(region.name_in(language), language)
        if not {(f"r:{region.code}",), region.countries} & found:
            misses[region.name_in(language)] = region.code
    assert misses == {}


def test_each_country_is_found_by_its_codes() -> None:
    codes = {code: one.targets for one in shipped_codes() for code in one.names}
    codes |= {one.code: (one.code,) for one in countries()}
    misses = {code: of for code, of in codes.items() if first_target(code, "en") != of}
    # Where people mean something else by it, which comes first; the country is behind that.
    assert set(misses) <= {"LA", "SEA", "SF", "NY", "AU", "CAR", "HND", "MCO"}
