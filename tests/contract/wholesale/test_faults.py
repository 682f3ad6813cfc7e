"""Each wholesaler misbehaves as it was told, and what is booked goes with what was done."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.wholesale.buyer_side import Buyer, Ear, wait_until

pytestmark = pytest.mark.enable_socket
WIRES = ("esim_access", "tgt", "billionconnect", "airalo")
OK = "ok"


def _esim_access(buyer: Buyer) -> str:
    package = {"packageCode": "LUS1GB7D", "count": 1, "price": 16_000}
    members = {"transactionId": str(uuid.uuid4()), "packageInfoList": [package]}
    answer = buyer.esim_access("esim/order", members)
    return OK if answer["success"] else str(answer["errorCode"])


def _tgt(buyer: Buyer) -> str:
    members = {
        "productCode": "A-002-ES-JP-T-7D/180D-1GB(A)",
        "channelOrderNo": "N",
        "idempotencyKey": str(uuid.uuid4()),
    }
    answer = buyer.tgt("order/create", members)
    return OK if answer["code"] == "0000" else str(answer["subCode"] or answer["code"])


def _billionconnect(buyer: Buyer) -> str:
    part = {
        "channelSubOrderId": "C-1",
        "deviceSkuId": "1653000000000000",
        "planSkuCopies": "1",
        "number": "1",
    }
    members = {"channelOrderId": "C", "totalAmount": "11.52", "subOrderList": [part]}
    code = buyer.billionconnect("F040", members)["tradeCode"]
    return OK if code == "1000" else str(code)


def _airalo(buyer: Buyer) -> str:
    members = {"package_id": "japan-mobile-7days-1gb", "quantity": 1, "description": "A"}
    reply = buyer.airalo("POST", "orders", members)
    return OK if reply.status_code == 200 else str(reply.json().get("code", reply.status_code))


BUY: dict[str, Callable[[Buyer], str]] = {
    "esim_access": _esim_access,
    "tgt": _tgt,
    "billionconnect": _billionconnect,
    "airalo": _airalo,
}
REFUSED = {
    ("esim_access", "out_of_stock"): "200011",
    ("esim_access", "price_changed"): "200005",
    ("esim_access", "credit_used_up"): "200007",
    ("esim_access", "maintenance"): "900001",
    ("esim_access", "busy"): "900001",
    ("tgt", "out_of_stock"): "4012",
    ("tgt", "credit_used_up"): "4011",
    ("tgt", "maintenance"): "2000",
    ("tgt", "busy"): "0429",
    ("billionconnect", "out_of_stock"): "1024",
    ("billionconnect", "price_changed"): "1026",
    ("billionconnect", "credit_used_up"): "1025",
    ("billionconnect", "maintenance"): "1999",
    ("billionconnect", "busy"): "1999",
    ("airalo", "out_of_stock"): "33",
    ("airalo", "credit_used_up"): "11",
    ("airalo", "maintenance"): "13",
    ("airalo", "busy"): "429",
}


def balance_is_that_of_the_orders(buyer: Buyer, wire: str) -> bool:
    state, lines = buyer.control(wire), buyer.shown(wire, "statement")["lines"]
    costs = sum(one["cost"] for one in state["orders"] if one["state"] in ("accepted", "delivered"))
    return bool(
        state["balance"] == 20_000_000 - costs == sum(one["amount"] for one in lines)
        and lines[-1]["balance"] == state["balance"]
    )


@pytest.mark.parametrize(("wire", "kind"), list(REFUSED))
def test_a_refusal_has_the_vendors_code_and_costs_nothing(
    buyer: Buyer, wire: str, kind: str
) -> None:
    buyer.control(wire, "faults", kind=kind)
    assert BUY[wire](buyer) == REFUSED[wire, kind]
    assert buyer.control(wire)["orders"] == []
    if kind != "price_changed":
        assert BUY[wire](buyer) == OK
    assert balance_is_that_of_the_orders(buyer, wire)


@pytest.mark.parametrize("wire", ["tgt", "airalo"])
def test_where_no_price_is_sent_a_changed_one_is_charged(buyer: Buyer, wire: str) -> None:
    assert BUY[wire](buyer) == OK
    buyer.control(wire, "faults", kind="price_changed")
    assert BUY[wire](buyer) == OK
    second, first = (one["cost"] for one in buyer.control(wire)["orders"])
    assert second > first
    buyer.control(wire, "restore-plans")
    assert BUY[wire](buyer) == OK
    assert buyer.control(wire)["orders"][0]["cost"] == first


@pytest.mark.parametrize("wire", WIRES)
def test_a_timeout_comes_before_or_after_the_order(buyer: Buyer, wire: str) -> None:
    assert BUY[wire](buyer) == OK
    for kind, count in (("timeout", 1), ("timeout_after", 2)):
        buyer.control(wire, "faults", kind=kind, seconds=0.05)
        with pytest.raises(httpx.RemoteProtocolError):
            BUY[wire](buyer)
        assert len(buyer.control(wire)["orders"]) == count
    assert balance_is_that_of_the_orders(buyer, wire)


@pytest.mark.parametrize("wire", WIRES)
def test_a_garbled_answer_is_no_json_and_the_order_is_there(buyer: Buyer, wire: str) -> None:
    assert BUY[wire](buyer) == OK
    buyer.control(wire, "faults", kind="garbage")
    with pytest.raises(json.JSONDecodeError):
        BUY[wire](buyer)
    assert len(buyer.control(wire)["orders"]) == 2


@pytest.mark.parametrize("wire", WIRES)
def test_a_slow_answer_comes_late(buyer: Buyer, wire: str) -> None:
    BUY[wire](buyer)
    buyer.control(wire, "faults", kind="slow", seconds=0.3)
    begun = time.monotonic()
    assert BUY[wire](buyer) == OK
    assert time.monotonic() - begun > 0.3


@pytest.mark.parametrize("wire", ["esim_access", "tgt", "billionconnect"])
def test_a_callback_is_lost_or_comes_twice(buyer: Buyer, ear: Ear, wire: str) -> None:
    buyer.control(wire, "faults", kind="callback_lost")
    buyer.control(wire, "faults", kind="callback_twice")
    BUY[wire](buyer)
    wait_until(lambda: len(buyer.control(wire)["callbacks"]) == 1)
    assert buyer.control(wire)["callbacks"][0]["state"] == "lost"
    BUY[wire](buyer)
    assert ear.wait_for(2)[0] == ear.received_json(1)
    buyer.control(wire, "redeliver", callback=buyer.control(wire)["callbacks"][-1]["id"])
    ear.wait_for(3)


def test_a_late_callback_comes_when_its_time_has_come(buyer: Buyer, ear: Ear, clock: Any) -> None:
    buyer.control("tgt", "faults", kind="callback_late", seconds=3600)
    BUY["tgt"](buyer)
    wait_until(lambda: len(buyer.control("tgt")["callbacks"]) == 1)
    time.sleep(0.1)
    assert ear.received == []
    clock.now += 3601
    buyer.control("tgt", "deliver")
    ear.wait_for(1)


def test_a_fault_of_purchases_spares_questions_and_any_does_not(buyer: Buyer) -> None:
    buyer.control("airalo", "faults", kind="maintenance")
    assert buyer.airalo("GET", "balance").status_code == 200
    buyer.control("airalo", "faults", kind="busy", operation="any")
    assert buyer.airalo("GET", "balance").status_code == 429
    buyer.control("airalo", "clear")
    assert _airalo(buyer) == OK


def test_a_stock_that_is_counted_runs_out(buyer: Buyer) -> None:
    buyer.control("airalo", "plan", code="japan-mobile-7days-1gb", stock=1)
    assert _airalo(buyer) == OK
    assert _airalo(buyer) == "33"
    buyer.control("airalo", "plan", code="japan-mobile-7days-1gb", is_gone=1)
    assert _airalo(buyer) == "34"


def test_an_iccid_is_reused_after_the_first_esim_is_gone(buyer: Buyer) -> None:
    _esim_access(buyer)
    wait_until(lambda: bool(buyer.control("esim_access")["esims"]))
    old = buyer.control("esim_access")["esims"][0]
    buyer.esim_access("esim/cancel", {"esimTranNo": old["key"]})
    buyer.control("esim_access", "faults", kind="iccid_reused")
    _esim_access(buyer)
    wait_until(lambda: len(buyer.control("esim_access")["esims"]) == 2)
    new = buyer.control("esim_access")["esims"][0]
    assert new["iccid"] == old["iccid"]
    assert new["key"] != old["key"]
    assert new["matching_id"] != old["matching_id"]
