"""Profiles are ordered from an SM-DP+, each once, however often its answers are lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from limosa.simulators.wholesale.command import WholesaleServer
from limosa.simulators.wholesale.wholesaler import Options
from tests.contract.wholesale.buyer_side import Buyer, Ear, Hands, wait_until
from tests.fakes.other_smdp import ADDRESS, BUSY, LOST_AFTER, LOST_BEFORE, OtherSmdp, running

pytestmark = pytest.mark.enable_socket
PACKAGE = {"packageCode": "LUS1GB7D", "count": 2}
ORDER = {"transactionId": "T-1", "packageInfoList": [PACKAGE]}
SIM = {"package_id": "japan-mobile-7days-1gb", "quantity": 1, "description": "A-1"}


@pytest.fixture
def smdp() -> Iterator[OtherSmdp]:
    with running(OtherSmdp()) as other:
        yield other


@pytest.fixture
def server(tmp_path: Path, ear: Ear, clock: Hands, smdp: OtherSmdp) -> Iterator[WholesaleServer]:
    options = Options(callbacks=ear.url, order_seconds=0.0, smdp_url=smdp.url, smdp_address="x")
    one = WholesaleServer(tmp_path / "wholesale", options=options, clock=clock)
    one.start()
    yield one
    one.stop()


def test_an_esim_has_the_profile_and_the_code_of_the_smdp(buyer: Buyer, smdp: OtherSmdp) -> None:
    (sim,) = buyer.airalo("POST", "orders", SIM).json()["data"]["sims"]
    (ordered,) = smdp.orders
    assert (sim["iccid"], sim["matching_id"]) == (ordered.iccid, ordered.matching_id)
    assert sim["lpa"] == ADDRESS


@pytest.mark.parametrize("function", ["downloadOrder", "confirmOrder"])
@pytest.mark.parametrize("what", [BUSY, LOST_AFTER, LOST_BEFORE])
def test_a_lost_answer_costs_no_second_profile(
    buyer: Buyer, smdp: OtherSmdp, clock: Hands, function: str, what: str
) -> None:
    smdp.script[function] = [what]
    buyer.esim_access("esim/order", ORDER)

    def is_delivered() -> bool:
        clock.now += 1  # It is asked again after three seconds.
        buyer.control("esim_access", "deliver")
        return len(buyer.control("esim_access")["esims"]) == 2

    wait_until(is_delivered)
    assert len(smdp.orders) == 2
    iccids = {one["iccid"] for one in buyer.control("esim_access")["esims"]}
    assert iccids == {one.iccid for one in smdp.orders}


def test_an_order_without_a_profile_fails_and_is_paid_back(buyer: Buyer, smdp: OtherSmdp) -> None:
    smdp.left = 0
    refused = buyer.airalo("POST", "orders", SIM)
    assert (refused.status_code, refused.json()["code"]) == (422, 33)
    state = buyer.control("airalo")
    assert [one["state"] for one in state["orders"]] == ["failed"]
    assert state["balance"] == 20_000_000
    assert buyer.airalo("GET", "orders").json()["data"] == []


def test_an_order_that_has_to_be_answered_now_fails_while_the_smdp_is_away(
    buyer: Buyer, smdp: OtherSmdp
) -> None:
    smdp.script["downloadOrder"] = [BUSY]
    assert buyer.airalo("POST", "orders", SIM).json()["code"] == 13
    assert buyer.control("airalo")["balance"] == 20_000_000
