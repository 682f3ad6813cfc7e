"""The wire of eSIM Access, called as its documentation says."""

from typing import Any

import pytest

from limosa.simulators.loopback_http import Reply
from limosa.simulators.wholesale.esim_access.wire import sign
from tests.contract.wholesale.buyer_side import Buyer, Ear, Hands, wait_until

pytestmark = pytest.mark.enable_socket
PLAN, TOP_UP, PRICE = "LUS1GB7D", "TOPUP_LUS1GB7D", 16_000
PAGER = {"pageNum": 1, "pageSize": 50}


def order(buyer: Buyer, number: str, *, price: int = PRICE, count: int = 1) -> Any:
    package = {"packageCode": PLAN, "count": count, "price": price}
    members = {"transactionId": number, "amount": price * count, "packageInfoList": [package]}
    return buyer.esim_access("esim/order", members)


def delivered(buyer: Buyer, number: str) -> dict[str, Any]:
    """Order an eSIM, and return it once it is there."""
    reference = order(buyer, number)["obj"]["orderNo"]
    found: list[Any] = []

    def is_there() -> bool:
        found[:] = [buyer.esim_access("esim/query", {"orderNo": reference, "pager": PAGER})]
        return bool(found[0]["success"])

    wait_until(is_there)
    return dict(found[0]["obj"]["esimList"][0])


def test_the_vendors_example_of_a_signature_is_reproduced() -> None:
    account = {"access_code": "11111", "secret": "1111"}
    request_id = "4ce9d9cdac9e4e17b3a2c66c358c1ce2"
    signature = sign(
        account, stamp="1628670421", request_id=request_id, body=b'{"imsi":"326543826"}'
    )
    assert signature == "7eb765e27df5373dea2dbc8c41a7d9557743e46c8054750f3d851b3fd01d0835"


def test_a_wrong_signature_and_an_old_one_are_refused(buyer: Buyer, clock: Hands) -> None:
    assert buyer.esim_access("balance/query", {}, secret="x")["errorCode"] == "101003"
    stale = int(clock.now - 3600)
    assert buyer.esim_access("balance/query", {}, stamp=stale)["errorCode"] == "101001"
    assert buyer.esim_access("balance/query", {})["obj"]["balance"] == 20_000_000


def test_one_transaction_is_one_order_and_is_charged_once(buyer: Buyer, ear: Ear) -> None:
    first, second = order(buyer, "T-1"), order(buyer, "T-1")
    assert first["obj"]["orderNo"] == second["obj"]["orderNo"]
    assert buyer.esim_access("balance/query", {})["obj"]["balance"] == 20_000_000 - PRICE
    (told,) = ear.wait_for(1)
    assert told["notifyType"] == "ORDER_STATUS"
    assert told["content"]["transactionId"] == "T-1"


def test_a_price_or_a_total_of_yesterday_is_refused(buyer: Buyer) -> None:
    assert order(buyer, "T-1", price=PRICE - 100)["errorCode"] == "200005"
    package = {"packageCode": PLAN, "count": 1, "price": PRICE}
    members = {"transactionId": "T-2", "amount": 1, "packageInfoList": [package]}
    assert buyer.esim_access("esim/order", members)["errorCode"] == "200006"
    assert buyer.control("esim_access")["orders"] == []


def test_an_order_that_is_not_there_yet_says_so(buyer: Buyer) -> None:
    answer = buyer.esim_access("esim/query", {"orderNo": "B0", "pager": PAGER})
    assert answer["errorCode"] == "310272"
    assert buyer.esim_access("esim/query", {"orderNo": "B0"})["errorCode"] == "000105"


def test_a_new_esim_is_released_and_can_be_cancelled_for_its_price(buyer: Buyer) -> None:
    esim = delivered(buyer, "T-1")
    assert (esim["smdpStatus"], esim["esimStatus"]) == ("RELEASED", "GOT_RESOURCE")
    assert esim["ac"].startswith("LPA:1$")
    answer = buyer.esim_access("esim/cancel", {"esimTranNo": esim["esimTranNo"]})
    assert answer["success"] is True
    assert buyer.esim_access("balance/query", {})["obj"]["balance"] == 20_000_000
    again = buyer.esim_access("esim/cancel", {"esimTranNo": esim["esimTranNo"]})
    assert again["errorCode"] == "200002"


def test_a_top_up_is_added_once_and_tells_the_new_totals(buyer: Buyer) -> None:
    esim = delivered(buyer, "T-1")
    members = {"esimTranNo": esim["esimTranNo"], "packageCode": TOP_UP, "transactionId": "T-2"}
    first, second = (buyer.esim_access("esim/topup", members)["obj"] for _ in range(2))
    assert first == second
    assert (first["totalVolume"], first["totalDuration"]) == (2 * 1024**3, 14)
    members |= {"packageCode": PLAN, "transactionId": "T-3"}
    assert buyer.esim_access("esim/topup", members)["errorCode"] == "310241"


def test_use_is_told_by_the_hour_and_two_hours_late(buyer: Buyer, clock: Hands) -> None:
    esim = delivered(buyer, "T-1")
    key = esim["esimTranNo"]
    buyer.control("esim_access", "use", key=key, bytes=600 * 1024**2)

    def told() -> int:
        members = {"esimTranNoList": [key]}
        rows = buyer.esim_access("esim/usage/query", members)["obj"]["esimUsageList"]
        return int(rows[0]["dataUsage"])

    assert told() == 0
    clock.now += 3 * 3600
    assert told() == 600 * 1024**2


def test_it_tells_of_half_the_data_and_of_what_a_device_did(buyer: Buyer, ear: Ear) -> None:
    esim = delivered(buyer, "T-1")
    key, eid = esim["esimTranNo"], "8904903200000000000000000000001"
    buyer.control("esim_access", "profile", key=key, profile="installed", eid=eid)
    buyer.control("esim_access", "use", key=key, bytes=600 * 1024**2)
    told = ear.wait_for(5)
    kinds = sorted(one["notifyType"] for one in told)
    assert kinds == ["DATA_USAGE", "ESIM_STATUS", "ORDER_STATUS", "SMDP_EVENT", "SMDP_EVENT"]
    (low,) = [one["content"] for one in told if one["notifyType"] == "DATA_USAGE"]
    assert low["remainThreshold"] == 0.5
    assert low["remain"] == 424 * 1024**2


def test_an_expired_esim_takes_no_top_up(buyer: Buyer) -> None:
    key = delivered(buyer, "T-1")["esimTranNo"]
    buyer.control("esim_access", "use", key=key, bytes=1024)
    buyer.control("esim_access", "clock", key=key, seconds=8 * 86_400)
    members = {"esimTranNo": key, "packageCode": TOP_UP, "transactionId": "T-2"}
    assert buyer.esim_access("esim/topup", members)["errorCode"] == "200002"


def test_a_webhook_has_to_answer_before_it_is_kept(buyer: Buyer, ear: Ear) -> None:
    url = ear.url.replace("{code}", "esim_access")
    ear.answers.append(Reply(500))
    assert buyer.esim_access("webhook/save", {"webhook": url})["success"] is False
    assert buyer.esim_access("webhook/save", {"webhook": url})["success"] is True
    assert ear.wait_for(2)[1]["notifyType"] == "CHECK_HEALTH"


def test_the_list_has_base_plans_and_the_top_ups_of_an_esim(buyer: Buyer) -> None:
    plans = buyer.esim_access("package/list", {"locationCode": "JP", "type": "BASE"})
    names = {one["packageCode"] for one in plans["obj"]["packageList"]}
    assert "LJP1GB7D" in names
    assert "LAS1GB7D" in names
    assert "LUS1GB7D" not in names
    iccid = delivered(buyer, "T-1")["iccid"]
    offers = buyer.esim_access("package/list", {"type": "TOPUP", "iccid": iccid})
    codes = [one["packageCode"] for one in offers["obj"]["packageList"]]
    assert codes
    assert all(one.startswith("TOPUP_LUS") for one in codes)
