"""Networks in suppliers' lists, in our words."""

import pytest

from limosa.domain.connectivity.listed_networks import ListedNetwork, fastest_in, networks_in
from limosa.domain.coverage.engine.facts import PlanNetwork
from limosa.domain.coverage.shipped_places import code_of_place, shipped_countries


@pytest.mark.parametrize(
    ("words", "fastest"),
    [
        ("5G", "5G"),
        ("3G/4G/5G", "5G"),
        ("4G LTE", "4G"),
        ("lte", "4G"),
        ("NR", "5G"),
        ("2 G", "2G"),
        ("", ""),
        ("fast", ""),
        ("5GB", ""),
        ("15G", ""),
        ("6G", ""),
        ("LTEX", ""),
    ],
)
def test_the_fastest_generation_is_found_in_words(words: str, fastest: str) -> None:
    assert fastest_in(words) == fastest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"),
        ("us", "US"),
        ("United States", "US"),
        ("Hong Kong (China)", "HK"),
        ("China mainland", "CN"),
        ("Macao (China)", "MO"),
        ("Macau", "MO"),
        ("Taiwan (China)", "TW"),
        ("Côte d'Ivoire", "CI"),
        ("Cote d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Aland Islands", "AX"),
        ("Reunion", "RE"),
        ("Turkey", "TR"),
        ("South Korea", "KR"),
        ("Vietnam", "VN"),
        ("Czech Republic", "CZ"),
        ("Brunei Darussalam", "BN"),
        ("Democratic Republic of the Congo", "CD"),
        ("Republic of the Congo", "CG"),
        ("Kosovo", "XK"),
        ("Atlantis", ""),
        ("", ""),
        ("(China)", ""),
    ],
)
def test_a_place_is_known_by_its_code_or_a_name(text: str, code: str) -> None:
    assert code_of_place(text) == code


def test_every_country_is_known_by_its_own_names() -> None:
    for country in shipped_countries():
        for text in (country.code, country.names["en"], country.short_names["en"]):
            assert code_of_place(text) == country.code


def test_networks_are_of_the_countries_that_the_plan_covers() -> None:
    listed = [
        ListedNetwork("United States", "AT&T", "4G"),
        ListedNetwork("United States", "T-Mobile", "5G"),
        ListedNetwork("MX", "Telcel", "4G"),
        ListedNetwork("France", "Orange", "5G"),
        ListedNetwork("Atlantis", "Nemo", "5G"),
        ListedNetwork("MX", "", "5G"),
    ]
    assert networks_in(listed, countries=("US", "MX", "CA")) == {
        "US": (PlanNetwork("T-Mobile", "5G"), PlanNetwork("AT&T", "4G")),
        "MX": (PlanNetwork("Telcel", "4G"),),
    }


def test_a_place_of_unknown_name_is_the_country_of_a_plan_for_one() -> None:
    listed = [ListedNetwork("中国", "China Mobile", "5G")]
    networks = (PlanNetwork("China Mobile", "5G"),)
    assert networks_in(listed, countries=("CN",)) == {"CN": networks}
    assert networks_in(listed, countries=("CN", "HK")) == {}
    other = ListedNetwork("香港", "CSL", "5G")
    assert networks_in([*listed, other], countries=("CN",)) == {}


def test_a_known_place_elsewhere_is_not_the_country_of_the_plan() -> None:
    assert networks_in([ListedNetwork("FR", "Orange", "5G")], countries=("CN",)) == {}


def test_a_name_that_is_too_long_is_cut() -> None:
    (network,) = networks_in([ListedNetwork("US", "x" * 300, "5G")], countries=("US",))["US"]
    assert network.operator == "x" * 60
