"""What the lists of the suppliers say of plans where they are used, adapter by adapter."""

import json
from decimal import Decimal
from typing import Any

import pytest

from limosa.domain.connectivity.answers import SupplierPlan
from limosa.domain.connectivity.suppliers.airalo import plans as airalo
from limosa.domain.connectivity.suppliers.billionconnect import plans as billionconnect
from limosa.domain.connectivity.suppliers.esim_access import plan_list as esim_access
from limosa.domain.coverage.engine.facts import PlanFacts, PlanNetwork
from tests.fakes.airalo import make_place
from tests.fakes.billionconnect import PRICES, PRODUCTS
from tests.fakes.esim_access import package


def of_airalo(**operator: Any) -> SupplierPlan:
    answer = json.dumps({"data": [make_place("JP", operator=operator)]})
    (plan,) = airalo.read_page(json.loads(answer, parse_float=Decimal), next_page="").plans
    return plan


def of_esim_access(**fields: Any) -> SupplierPlan:
    answer = {"packageList": [package("JP1", **fields)]}
    (plan,) = esim_access.read_page(answer, esim_access.BASE).plans
    return plan


def of_billionconnect(networks: Any, **fields: Any) -> SupplierPlan:
    country = {"mcc": "JP", "name": "Japan", "operatorInfo": networks}
    product = {**PRODUCTS[0], "country": [country], **fields}
    page = billionconnect.read_page([product], billionconnect.read_prices(PRICES), currency="CNY")
    return page.plans[0]


def test_a_package_of_data_says_that_it_has_no_calls_and_no_texts() -> None:
    assert of_airalo().facts == PlanFacts(identity_check=False, has_calls=False, has_texts=False)


def test_what_a_package_with_calls_has_is_left_open() -> None:
    plan = of_airalo(plan_type="data-voice-text", is_kyc_verify=True)
    assert plan.facts == PlanFacts(identity_check=True)


@pytest.mark.parametrize("told", [None, "no", 0])
def test_an_identity_check_that_is_not_told_is_left_open(told: object) -> None:
    assert of_airalo(is_kyc_verify=told).facts.identity_check is None


def test_networks_stand_in_the_coverages_of_airalo() -> None:
    networks = [
        {"name": "SoftBank", "types": ["4G", "LTE"]},
        {"name": "KDDI", "types": ["5G"]},
        {"name": "IIJ", "types": [7, None]},
        {"name": "Ymobile"},
    ]
    plan = of_airalo(coverages=[{"code": "JP", "networks": networks}])
    assert plan.facts.networks == {
        "JP": (
            PlanNetwork("KDDI", "5G"),
            PlanNetwork("SoftBank", "4G"),
            PlanNetwork("IIJ"),
            PlanNetwork("Ymobile"),
        )
    }


def test_networks_of_esim_access_are_by_the_names_of_places() -> None:
    soft_bank = {"operatorName": "SoftBank", "networkType": "5G"}
    olleh = {"operatorName": "KT", "networkType": "4G"}
    plan = of_esim_access(
        location="JP,KR",
        locationNetworkList=[
            {"locationName": "Japan", "operatorList": [soft_bank]},
            {"locationName": "South Korea", "operatorList": [olleh]},
            {"locationName": "Atlantis", "operatorList": [olleh]},
        ],
    )
    assert plan.facts == PlanFacts(
        networks={"JP": (PlanNetwork("SoftBank", "5G"),), "KR": (PlanNetwork("KT", "4G"),)}
    )
    assert plan.exit_country == "HK"


def test_networks_of_billionconnect_are_with_each_country() -> None:
    networks = [{"operator": "NTT docomo", "network": "4G"}]
    # What the values of hotspotSupport mean is written nowhere, so tethering is left open.
    plan = of_billionconnect(networks, hotspotSupport="1")
    assert plan.facts == PlanFacts(networks={"JP": (PlanNetwork("NTT docomo", "4G"),)})


@pytest.mark.parametrize("networks", ["", "4G", [None], {"operator": "KDDI"}])
def test_networks_that_can_not_be_read_keep_no_plan_from_being_listed(networks: Any) -> None:
    places = [{"locationName": "Japan", "operatorList": networks}]
    plan = of_esim_access(locationNetworkList=places)
    assert plan.facts == PlanFacts()
    assert "networks" not in plan.rules
    assert of_billionconnect(networks).facts == PlanFacts()
    assert not of_airalo(coverages=[{"code": "JP", "networks": networks}]).facts.networks
