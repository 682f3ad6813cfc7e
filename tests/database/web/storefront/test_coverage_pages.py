"""Where plans work: the world, a country, a state, a carrier; as a list first, and as a map."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from limosa.domain.coverage.engine.facts import PlanNetwork
from limosa.domain.coverage.models import CountyCoverage
from limosa.domain.coverage.queries import countries
from limosa.web.storefront import plan_list
from limosa.web.storefront.county_shares import COUNTIES_SHOWN, share_text
from tests.factories.catalog import make_carrier, make_plan
from tests.factories.coverage import make_stated_facts
from tests.factories.ratings import make_rated_place

pytestmark = pytest.mark.django_db
PAGE_BYTES_MAX = 80 * 1024
LINK = re.compile(r'<a href="(/coverage/[^"]*)"(?! tabindex)')


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    plan_list._places.clear()
    cache.clear()


def page_of(path: str, language: str = "en") -> str:
    answer = Client(headers={"accept-language": language}).get(path)
    assert answer.status_code == 200
    assert len(answer.content) <= PAGE_BYTES_MAX
    return unescape(answer.content.decode())


def listed(page: str) -> list[str]:
    """Return where the links of a page's text lead, not those of its map."""
    return LINK.findall(page)


@pytest.fixture
def three_plans() -> None:
    """A plan for Japan, one for France and Spain, and one for the United States."""
    make_carrier("bird", name="Bird")
    make_plan(code="tokyo", countries=["JP"], prices={"USD": 900}, carrier_id="bird")
    make_plan(code="south", countries=["FR", "ES"], prices={"USD": 1500}, carrier_id="bird")
    make_plan(code="states", countries=["US"], prices={"USD": 2500})
    make_stated_facts(
        code="tokyo",
        networks={"JP": (PlanNetwork("SoftBank", "5G"), PlanNetwork("KDDI"))},
    )


@pytest.mark.usefixtures("three_plans")
def test_the_world_lists_every_place_once() -> None:
    page = page_of("/coverage/")
    places = ("us", "fr", "es", "jp")
    in_groups = listed(page[page.index('<h2 id="g-') :])
    assert in_groups == [f"/coverage/{code}/" for code in places]
    assert re.findall(r'<h2 id="g-[^"]*">([^<]*)', page) == ["North America", "Europe", "Asia"]
    assert '"/coverage/de/"' not in page


@pytest.mark.usefixtures("three_plans")
def test_all_that_the_map_leads_to_is_in_the_list() -> None:
    page = page_of("/coverage/")
    clicks = re.findall(r'<a href="([^"]*)" tabindex="-1"', page)
    assert len(clicks) == 4
    assert set(clicks) == set(listed(page))


@pytest.mark.usefixtures("three_plans")
def test_a_country_has_its_networks_and_its_cheapest_plans() -> None:
    page = page_of("/coverage/jp/")
    assert "eSIM data from $9.00 · up to 5G" in page
    assert re.search(r"SoftBank<br>.*Bird.*5G", page)
    assert re.search(r"KDDI<br>.*Not stated", page)
    assert '"/plans/?country=JP"' in page
    assert '"/plans/tokyo/?country=JP"' in page
    assert "/plans/states/" not in page


@pytest.mark.usefixtures("three_plans")
def test_public_lists_are_credited_where_they_are_shown() -> None:
    page = page_of("/coverage/jp/")
    assert "Other networks there" in page
    assert "https://creativecommons.org/licenses/by-sa/3.0/" in page
    assert "creativecommons" not in page_of("/coverage/")


@pytest.mark.usefixtures("three_plans")
def test_a_network_that_plans_use_is_not_told_again_as_another() -> None:
    make_plan(code="taipei", countries=["TW"], prices={"USD": 900}, carrier_id="bird")
    make_plan(code="taipei-2", countries=["TW"], prices={"USD": 800})
    make_stated_facts(code="taipei", networks={"TW": (PlanNetwork("Chunghwa Telecom", "5G"),)})
    page = page_of("/coverage/tw/")
    others = page[page.index('id="others"') :]
    assert "FarEasTone" in others
    assert "Chunghwa" not in others
    assert others.count("Asia Pacific Telecom") == 1
    assert re.search(r"Not stated for plans of t-mobile\.", page)
    assert "KDDI" not in page_of("/coverage/jp/").split('id="others"')[1]


@pytest.mark.usefixtures("three_plans")
def test_networks_are_those_of_the_plans_and_not_of_public_lists() -> None:
    page = page_of("/coverage/fr/")
    used = page[page.index('id="networks"') : page.index('id="others"')]
    assert "Not stated" in used
    assert "Orange" not in used


@pytest.mark.usefixtures("three_plans")
@pytest.mark.parametrize("path", ["/coverage/xx/", "/coverage/us/zz/", "/coverage/carriers/no/"])
def test_what_is_no_place_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.usefixtures("three_plans")
@pytest.mark.parametrize("path", ["/coverage/JP/", "/coverage/us/CA/"])
def test_a_place_has_one_address(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (301, path.lower())


@pytest.mark.usefixtures("three_plans")
def test_a_place_without_plans_says_so_and_is_not_to_be_found() -> None:
    page = page_of("/coverage/de/")
    assert page.count("We have no plan for this yet.") == 1
    assert 'class="map-none"' in page
    assert 'class="map-here"' not in page
    assert 'class="map-here"' in page_of("/coverage/jp/")
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


@pytest.mark.usefixtures("three_plans")
def test_the_united_states_lead_to_each_state() -> None:
    page = page_of("/coverage/us/")
    states = [one for one in listed(page) if one.count("/") == 4]
    assert len(states) == len(set(states)) == 51
    for path in states:
        page_of(path)


@pytest.mark.usefixtures("three_plans")
def test_a_state_tells_of_its_counties_a_page_at_a_time() -> None:
    for number in range(COUNTIES_SHOWN + 1):
        CountyCoverage.objects.create(
            state="06",
            county=f"06{number:03}",
            name=f"County {number:03}",
            operator="Bird",
            lte_basis_points=9_999,
            nr_basis_points=None if number else 10_000,
        )
    first, second = page_of("/coverage/us/ca/"), page_of("/coverage/us/ca/?page=2")
    assert "99% · –" in first
    assert "99% · 100%" in first
    assert first.count('<th scope="row">') == COUNTIES_SHOWN
    assert second.count('<th scope="row">') == 1
    assert "FCC Broadband Data Collection" in first


@pytest.mark.usefixtures("three_plans")
def test_what_is_known_of_the_country_is_not_said_of_a_state() -> None:
    make_stated_facts(code="states", networks={"US": (PlanNetwork("Bird", "5G"),)})
    assert "up to 5G" in page_of("/coverage/us/")
    assert "up to 5G" not in page_of("/coverage/us/ca/")


def test_a_share_is_rounded_down_so_that_only_all_is_all() -> None:
    shares = [None, 0, 1, 99, 100, 9_999, 10_000]
    assert [*map(share_text, shares)] == ["", "0%", "<1%", "<1%", "1%", "99%", "100%"]


@pytest.mark.usefixtures("three_plans")
def test_a_carrier_lists_where_its_plans_work() -> None:
    page = page_of("/coverage/carriers/bird/")
    assert {"/coverage/es/", "/coverage/fr/", "/coverage/jp/"} <= set(listed(page))
    assert "/coverage/us/" not in listed(page)
    assert re.search(r"Japan</span>.*SoftBank.*5G", page)


@pytest.mark.usefixtures("three_plans")
@pytest.mark.parametrize("path", ["/coverage/", "/coverage/jp/", "/coverage/us/ca/"])
def test_the_operator_may_show_no_map(path: str, settings: Settings) -> None:
    assert "<figure" in page_of(path)
    settings.MAP_VIEW = "none"
    page = page_of(path)
    assert "<figure" not in page
    assert "plans" in page


@pytest.mark.usefixtures("three_plans")
@pytest.mark.parametrize(
    ("view", "drawn"),
    [
        ("dashed", "map-lines map-dashed"),
        ("solid", "map-lines "),
        ("hidden", "map-lines map-hidden"),
    ],
)
def test_the_operator_picks_how_borders_in_dispute_are_drawn(
    view: str, drawn: str, settings: Settings
) -> None:
    settings.MAP_VIEW = view
    page = page_of("/coverage/")
    assert f'<path class="{drawn}' in page
    assert ("A dashed line is a border in dispute." in page) == (view == "dashed")


def test_a_page_is_light_with_every_place_on_sale() -> None:
    make_plan(countries=[one.code for one in countries()])
    for language in ("en", "zh-hans", "zh-hant", "es"):
        page_of("/coverage/", language)
        page_of("/coverage/carriers/t-mobile/", language)


@pytest.mark.usefixtures("three_plans")
def test_a_page_of_networks_says_by_how_many_plans() -> None:
    for number in range(30):
        make_plan(countries=["JP", "SG"], prices={"USD": 1000 + number})
    page = page_of("/coverage/jp/")
    assert "By the 20 cheapest plans" in page
    assert "See all 31 plans" in page
    page = page_of("/coverage/sg/")
    assert "Not stated for plans of" in page
    assert "By the 20 cheapest plans" in page


@pytest.mark.usefixtures("three_plans")
def test_a_place_and_a_carrier_show_what_buyers_say() -> None:
    make_rated_place(carrier_id="bird", country="JP")
    for path in ("/coverage/jp/", "/coverage/carriers/bird/"):
        assert 'data-testid="ratings"' in page_of(path)
    make_rated_place(carrier_id="t-mobile", country="JP")
    assert page_of("/coverage/jp/").count('data-testid="ratings"') == 2
    for path in ("/coverage/fr/", "/coverage/es/"):
        assert 'data-testid="ratings"' not in page_of(path)
