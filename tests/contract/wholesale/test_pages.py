"""The pages, and what the virtual network and the SM-DP+ tell."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from limosa.domain.payables.engine.statement_file import read_statement
from limosa.simulators.wholesale.command import WholesaleServer
from limosa.simulators.wholesale.events import Events
from tests.contract.wholesale.buyer_side import Buyer

pytestmark = pytest.mark.enable_socket
ORDER = {"package_id": "japan-mobile-7days-1gb", "quantity": 1, "description": "<b>A-1</b>"}
EID = "89049032123451234512345678901235"


def esim(buyer: Buyer) -> dict[str, Any]:
    buyer.airalo("POST", "orders", ORDER)
    return dict(buyer.control("airalo")["esims"][0])


def record(iccid: str, volume: int, record_id: str = "r-1") -> dict[str, Any]:
    return {
        "record_id": record_id,
        "iccid": iccid,
        "started_at": "2026-11-30T00:00:00Z",
        "ended_at": "2026-11-30T00:00:01Z",
        "uplink_bytes": volume // 10,
        "downlink_bytes": volume - volume // 10,
    }


def report(buyer: Buyer, *records: dict[str, Any]) -> list[Any]:
    reply = httpx.post(f"{buyer.url}/feeds/usage", json={"feed": "x", "records": records})
    return list(reply.json()["results"])


def test_the_pages_show_orders_and_escape_what_buyers_wrote(buyer: Buyer) -> None:
    found = esim(buyer)
    home = httpx.get(buyer.url).text
    assert "/suppliers/airalo" in home
    page = httpx.get(f"{buyer.url}/suppliers/airalo").text
    assert found["iccid"] in page
    assert "&lt;b&gt;A-1" in page
    assert "<b>A-1" not in page


def test_the_page_uses_data_moves_the_clock_and_makes_faults(buyer: Buyer) -> None:
    found = esim(buyer)
    base = f"{buyer.url}/suppliers/airalo"
    httpx.post(f"{base}/esims/{found['id']}", data={"act": "mb100"})
    httpx.post(f"{base}/esims/{found['id']}", data={"act": "week"})
    (bundle,) = buyer.control("airalo")["esims"][0]["bundles"]
    assert (bundle["used"], bundle["state"]) == (100 * 1024**2, "expired")
    httpx.post(f"{base}/faults", data={"kind": "out_of_stock", "count": "2"})
    assert len(buyer.control("airalo")["faults"]) == 2
    assert httpx.post(f"{base}/faults", data={"kind": "nothing"}).status_code == 400
    httpx.post(f"{base}/faults", data={"act": "clear"})
    httpx.post(f"{base}/account", data={"act": "empty"})
    assert buyer.control("airalo")["balance"] == 0
    assert httpx.post(f"{base}/esims/99", data={"act": "day"}).status_code == 404


def test_the_statement_is_a_file_that_our_bookkeeping_reads(buyer: Buyer) -> None:
    iccid = esim(buyer)["iccid"]
    buyer.airalo("POST", "refund", {"iccids": [iccid], "reason": "OTHERS"})
    text = httpx.get(f"{buyer.url}/suppliers/airalo/statement.csv").content
    later = datetime.fromtimestamp(buyer.clock() + 60, UTC)
    charges = read_statement(text, file="statement.csv", now=later)
    assert [one.amount.amount_minor for one in charges] == [112, -112]
    assert {one.amount.currency for one in charges} == {"USD"}


def test_a_record_of_the_network_counts_once_and_switches_the_esim_on(buyer: Buyer) -> None:
    iccid = esim(buyer)["iccid"]
    for _ in range(2):
        (answer,) = report(buyer, record(iccid, 1000))
        assert answer["status"] == "recorded"
        assert answer["remaining_bytes"] == 1024**3 - 1000
    shown = buyer.control("airalo")["esims"][0]
    assert (shown["profile"], shown["bundles"][0]["used"]) == ("enabled", 1000)
    (full,) = report(buyer, record(iccid, 1024**3, "r-2"))
    assert (full["remaining_bytes"], full["final_unit_action"]) == (0, "redirect")


def test_an_esim_of_others_is_not_known(buyer: Buyer) -> None:
    (answer,) = report(buyer, record("8985000000000000000", 5))
    assert answer["status"] == "unknown_esim"


@pytest.mark.parametrize(("point", "profile"), [(3, "downloaded"), (4, "installed"), (1, "")])
def test_the_smdp_tells_what_a_device_did(buyer: Buyer, point: int, profile: str) -> None:
    iccid = esim(buyer)["iccid"]
    members = {
        "header": {"functionRequesterIdentifier": "2.999.10", "functionCallIdentifier": "p-1"},
        "eid": EID,
        "iccid": f"{iccid}F",
        "profileType": "wholesale",
        "timestamp": "2026-11-30T00:00:00Z",
        "notificationPointId": point,
        "notificationPointStatus": {"status": "Executed-Success"},
    }
    assert httpx.post(f"{buyer.url}/smdp/told", json=members).status_code == 204
    shown = buyer.control("airalo")["esims"][0]
    assert (shown["profile"], shown["eid"]) == ((profile, EID) if profile else ("released", ""))
    members["notificationPointStatus"] = {}
    assert httpx.post(f"{buyer.url}/smdp/told", json=members).status_code == 400


def test_use_before_the_smdp_has_told_counts_and_the_esim_is_enabled_when_it_has(
    buyer: Buyer, server: WholesaleServer
) -> None:
    wholesaler = server.wholesaler
    iccid = esim(buyer)["iccid"]
    events = Events(wholesaler.store, wholesaler.wires, wholesaler.clock, is_told=True)
    events.take_record("r-1", iccid, 0)
    shown = buyer.control("airalo")["esims"][0]
    assert (shown["profile"], shown["bundles"][0]["state"]) == ("released", "running")
    for profile, then in (("downloaded", "downloaded"), ("installed", "enabled")):
        events.tell_profile(iccid, profile, eid=EID)
        assert buyer.control("airalo")["esims"][0]["profile"] == then
    events.tell_profile(iccid, "downloaded", eid=EID)
    assert buyer.control("airalo")["esims"][0]["profile"] == "enabled"
