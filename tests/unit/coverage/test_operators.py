"""Operators by country, of the lists that ship and of small ones."""

import re

import pytest

from limosa.domain.catalog.engine.countries import COUNTRIES
from limosa.domain.coverage.credits import credits_for
from limosa.domain.coverage.engine.facts import GENERATIONS
from limosa.domain.coverage.engine.operators import Operator, is_called, operators_by_country
from limosa.domain.coverage.engine.provider_file import Apn, Plmn, Provider
from limosa.domain.coverage.queries import operators_of
from limosa.domain.coverage.shipped_operators import shipped_operators

_ROW = {
    "mcc": "310",
    "mnc": "410",
    "cc": "US",
    "brand": "AT&T",
    "operator": "AT&T Mobility",
    "status": "operational",
    "bands": "GSM 850 / LTE 700",
    "gsm": "1",
    "umts": "0",
    "lte": "1",
    "nr": "0",
    "mvno": "0",
    "plmn": "310410",
    "country": "United States of America",
    "notes": "",
}


def in_us(
    rows: list[dict[str, str]], *providers: Provider, additions: tuple[dict[str, str], ...] = ()
) -> dict[str, Operator]:
    """Return the operators of the United States by name, of rows that say what differs."""
    found = operators_by_country([_ROW | row for row in rows], providers, additions)
    return {one.name: one for one in found.get("US", ())}


def named(country: str) -> dict[str, Operator]:
    return {one.name: one for one in operators_of(country)}


def test_a_network_code_may_serve_several_countries() -> None:
    code = Plmn("310", "260")
    for country in ("US", "PR", "VI"):
        assert code in named(country)["T-Mobile"].plmns
    assert named("CX").keys() >= {"Telstra", "Optus"}


def test_carriers_of_the_united_states_are_known_with_generation_and_access_points() -> None:
    found = named("US")
    for name, apn in (
        ("AT&T", "NXTGENPHONE"),
        ("T-Mobile", "fast.t-mobile.com"),
        ("Verizon", "vzwinternet"),
    ):
        assert found[name].fastest == "5G", name
        assert apn in {one.value for one in found[name].apns}
        assert not found[name].is_virtual
    for name, apn in (("Mint Mobile", "wholesale"), ("US Mobile", "pwg")):
        assert found[name].is_virtual
        assert [one.value for one in found[name].apns] == [apn]


def test_every_operator_is_of_a_country_that_plans_may_reach_and_is_well_formed() -> None:
    assert shipped_operators().keys() <= COUNTRIES
    assert len(shipped_operators()) > 200
    for country, operators in shipped_operators().items():
        assert len({one.name.casefold() for one in operators}) == len(operators), country
        for one in operators:
            assert one.name
            assert one.sources
            assert {*one.generations} <= {*GENERATIONS}
            assert list(one.generations) == sorted(one.generations)
            for plmn in one.plmns:
                assert re.fullmatch(r"\d{3}-\d{2,3}", str(plmn))
            assert all(apn.value and apn.plan in {"", "prepaid", "postpaid"} for apn in one.apns)


def test_rows_of_one_brand_are_one_operator() -> None:
    found = in_us([{}, {"mnc": "070", "bands": "LTE 700 / 5G 850", "gsm": "0", "nr": "1"}])
    assert found == {
        "AT&T": Operator(
            name="AT&T",
            company="AT&T Mobility",
            plmns=(Plmn("310", "070"), Plmn("310", "410")),
            generations=("2G", "4G", "5G"),
            bands=("GSM 850", "LTE 700", "5G 850"),
            sources=("wikipedia",),
        )
    }


@pytest.mark.parametrize(
    "row",
    [{"status": "unknown"}, {"brand": "", "operator": ""}, {"cc": ""}, {"cc": "AB"}],
)
def test_what_is_not_in_use_or_in_no_country_is_left_out(row: dict[str, str]) -> None:
    assert in_us([row]) == {}


@pytest.mark.parametrize(
    "row",
    [
        {"operator": "Ministry of Defense"},
        {"notes": "Private network"},
        {"bands": "GSM-R 900"},
        {"notes": "Unapproved use on Annexed territories only."},
        {"cc": "AB;US"},
    ],
)
def test_what_is_not_public_or_not_agreed_on_is_left_out(row: dict[str, str]) -> None:
    assert in_us([row]) == {}


def test_what_serves_a_territory_is_not_told_of_another_country() -> None:
    there = {"cc": "GU", "country": "Guam"}
    assert set(in_us([{"notes": "Guam"}, there])) == set()
    assert set(in_us([{"notes": "Uses Guam MCC"}, there])) == {"AT&T"}
    assert set(in_us([{"notes": "Guam network shut down"}, there])) == {"AT&T"}
    assert set(in_us([{"notes": "Guam"}])) == {"AT&T"}


def test_a_company_and_its_brand_are_one_operator() -> None:
    brand = {"brand": "au", "operator": "KDDI Corp", "nr": "1"}
    [one] = in_us([brand, {"brand": "", "operator": "KDDI Corp", "mnc": "01"}]).values()
    assert (one.name, one.company, len(one.plmns)) == ("au", "KDDI Corp", 2)
    assert is_called(one, "KDDI")
    assert not is_called(one, "KD")


def test_the_shipped_lists_say_nothing_of_whom_a_territory_belongs_to() -> None:
    doubted = {"Phoenix", "MKS (ex. Lugacom)", "Miranda-Media", "Sevmobile", "Krymtelekom"}
    assert not doubted & set(named("RU"))
    assert not {"Jawwal", "Wataniya Mobile", "IMOD"} & set(named("IL"))
    assert "Jawwal" in named("PS")
    assert "IT&E Wireless" in named("GU")
    assert "IT&E Wireless" not in named("US")
    assert "Cellcom" in named("IL")
    assert {"MTS", "MegaFon"} <= set(named("RU"))


def test_a_row_without_brand_has_the_name_of_its_company() -> None:
    (found,) = in_us([{"brand": "", "bands": "Unknown", "gsm": "0", "lte": "0"}]).values()
    assert (found.name, found.company, found.bands, found.fastest) == ("AT&T Mobility", "", (), "")


def test_a_provider_of_the_same_name_gives_its_access_points() -> None:
    provider = Provider("US", "AT&T Wireless", (), (Apn("broadband"),))
    (found,) = in_us([{"brand": "ATT"}], provider).values()
    assert found.apns == (Apn("broadband"),)
    assert len(found.sources) == 2


def test_a_provider_on_the_same_network_by_another_name_is_an_operator_of_its_own() -> None:
    mint = Provider("US", "Mint", (Plmn("310", "410"),), (Apn("wholesale"),))
    far = Provider("US", "Far", (Plmn("310", "999"),), (Apn("far"),))
    silent = Provider("US", "Silent", (Plmn("310", "410"),), ())
    found = in_us([{}], mint, far, silent)
    assert found.keys() == {"AT&T", "Mint", "Far"}
    assert found["Mint"].is_virtual
    assert not found["Far"].is_virtual
    assert found["AT&T"].apns == ()


def test_what_was_added_by_hand_counts() -> None:
    addition = {"cc": "US", "name": "AT&T", "generations": "4G 5G"}
    assert in_us([{}], additions=(addition,))["AT&T"].generations == ("4G", "5G")


def test_wikipedia_is_credited_where_its_rows_are_shown_and_only_there() -> None:
    (credit,) = credits_for(operators_of("US"))
    assert credit.licence == "CC BY-SA 3.0"
    assert credits_for([Operator(name="x", sources=("mobile-broadband-provider-info",))]) == ()
    assert credits_for([]) == ()


def test_a_country_that_is_not_known_has_no_operators() -> None:
    assert operators_of("ZZ") == ()
