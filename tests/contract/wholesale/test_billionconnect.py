"""The wire of BillionConnect, called as its interface document says."""

import hashlib
from typing import Any

import pytest

from limosa.simulators.wholesale.billionconnect.tables import sign
from tests.contract.wholesale.buyer_side import Buyer, Ear

pytestmark = pytest.mark.enable_socket
CALLBACK = (
    '{"tradeType":"N013","tradeData":{"orderId":"13131313131","channelOrderId":"138788765467",'
    '"status":"0"}}'
)
SECRET = "limosa-test-secret-0001"


def sku(buyer: Buyer, *, country: str = "JP", volume: str = "1048576") -> str:
    """Return a product of one country."""
    members = {"salesMethod": "5", "countryCode": country}
    for one in buyer.billionconnect("F002", members)["tradeData"]:
        places = [place["mcc"] for place in one["country"]]
        if (one["capacity"], places) == (volume, [country]):
            return str(one["skuId"])
    raise AssertionError("no such product")


def order(buyer: Buyer, named: str, **more: Any) -> Any:
    part = {
        "channelSubOrderId": f"{named}-1",
        "deviceSkuId": sku(buyer),
        "planSkuCopies": "1",
        "number": "1",
        "rechargeableESIM": "1",
    }
    members = {"channelOrderId": named, "subOrderList": [part | more]}
    return buyer.billionconnect("F040", members)


def delivered(buyer: Buyer, ear: Ear, number: str = "C-1") -> tuple[dict[str, Any], str]:
    """Return the order's N009 and its ICCID."""
    order(buyer, number)
    told = next(one for one in ear.wait_for(1) if one["tradeType"] == "N009")["tradeData"]
    return told, str(told["subOrderList"][0]["iccid"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"tradeType":"F014","tradeTime":"2017-12-12 12:12:12","tradeData":{}}',
         "c7594ef481ca6f139ab602c14451aad0"),
        (CALLBACK, "b32db1773eeec860475edff86ebeca2a"),
    ],
)  # fmt: skip
def test_the_signature_is_that_of_the_exact_body(body: str, expected: str) -> None:
    assert sign(SECRET, body.encode()) == expected


def test_a_wrong_signature_is_refused(buyer: Buyer) -> None:
    assert buyer.billionconnect("F014", {}, secret="wrong")["tradeCode"] != "1000"
    assert buyer.billionconnect("F014", {})["tradeData"]["availableBalance"] == "2000.00"


def test_a_sales_method_without_a_strategy_has_its_own_code(buyer: Buyer) -> None:
    assert buyer.billionconnect("F002", {"salesMethod": "9"})["tradeCode"] == "1047"


def test_an_order_is_looked_up_by_the_buyers_number(buyer: Buyer, ear: Ear) -> None:
    told, iccid = delivered(buyer, ear)
    found = buyer.billionconnect("F011", {"channelOrderId": "C-1"})["tradeData"]
    assert found["orderId"] == told["orderId"]
    assert found["orderStatus"] == "1"
    assert found["subOrderList"][0]["iccid"] == [iccid]
    nobodys = buyer.billionconnect("F011", {"channelOrderId": "C-2"})
    assert nobodys["tradeCode"] == "1021"


def test_a_repeated_number_is_a_second_order(buyer: Buyer) -> None:
    first, second = (order(buyer, "C-1")["tradeData"]["orderId"] for _ in range(2))
    assert first != second
    assert len(buyer.control("billionconnect")["orders"]) == 2


def test_callbacks_are_signed_like_calls(buyer: Buyer, ear: Ear) -> None:
    delivered(buyer, ear)
    request = ear.received[0]
    secret = buyer.settings["LIMOSA_BILLIONCONNECT_APP_SECRET"].encode()
    expected = hashlib.md5(secret + request.body).hexdigest()  # noqa: S324
    assert request.headers["x-sign-value"] == expected


def test_a_recharge_waits_and_starts_when_the_first_is_used(buyer: Buyer, ear: Ear) -> None:
    _told, iccid = delivered(buyer, ear)
    offers = buyer.billionconnect("F052", {"iccid": iccid})["tradeData"]["skuId"]
    recharge = sku(buyer)
    assert recharge in offers
    part = {"channelSubOrderId": "C-2-1", "iccid": [iccid], "skuId": recharge, "copies": "1"}
    buyer.billionconnect("F007", {"channelOrderId": "C-2", "subOrderList": [part]})
    renewed = ear.wait_for(2)[1]
    assert renewed["tradeType"] == "N013"
    assert renewed["tradeData"]["status"] == "0"
    buyer.control("billionconnect", "use", iccid=iccid, bytes=1024**3 + 1024**2)
    rows = buyer.billionconnect("F012", {"iccid": iccid})["tradeData"]
    parts = [one["subOrderList"][0] for one in rows]
    assert [one["planStatus"] for one in parts] == ["2", "1"]
    assert [one["remainingTraffic"] for one in parts] == ["0", str(1024**2 - 1024)]
    kinds = [one["tradeType"] for one in ear.wait_for(6)]
    assert sorted(kinds) == ["N002", "N002", "N003", "N009", "N012", "N013"]


def test_an_esim_that_was_not_ordered_as_rechargeable_is_not_recharged(
    buyer: Buyer, ear: Ear
) -> None:
    order(buyer, "C-1", rechargeableESIM="0")
    (row,) = ear.wait_for(1)[0]["tradeData"]["subOrderList"]
    assert row["rechargeableESIM"] == "0"
    assert buyer.billionconnect("F052", {"iccid": row["iccid"]})["tradeData"]["skuId"] == []
    recharge = sku(buyer)
    part = {"channelSubOrderId": "s", "iccid": [row["iccid"]], "skuId": recharge, "copies": "1"}
    answer = buyer.billionconnect("F007", {"channelOrderId": "C-2", "subOrderList": [part]})
    assert answer["tradeCode"] not in ("1000", "1999")


def test_what_runs_can_be_ended_early_and_what_waits_cannot(buyer: Buyer, ear: Ear) -> None:
    told, iccid = delivered(buyer, ear)
    found = buyer.billionconnect("F011", {"channelOrderId": "C-1"})["tradeData"]
    members = {
        "orderId": told["orderId"],
        "subOrderId": found["subOrderList"][0]["subOrderId"],
        "iccid": iccid,
    }
    assert buyer.billionconnect("F045", members)["tradeCode"] != "1000"
    buyer.control("billionconnect", "use", iccid=iccid, bytes=1024)
    for _ in range(2):
        assert buyer.billionconnect("F045", members)["tradeCode"] == "1000"
    (row,) = buyer.billionconnect("F012", {"iccid": iccid})["tradeData"]
    assert row["subOrderList"][0]["planStatus"] == "2"


def test_people_refund_what_nobody_has_downloaded(buyer: Buyer, ear: Ear) -> None:
    _told, iccid = delivered(buyer, ear)
    members = {
        "channelOrderId": "C-1",
        "channelSubOrderId": "C-1-1",
        "reason": "20",
        "iccid": [iccid],
        "refundType": "0",
    }
    assert buyer.billionconnect("F017", members)["tradeCode"] == "1003"
    number = buyer.billionconnect("F017", members | {"receivingState": "1"})["tradeData"]
    kinds = [one["tradeType"] for one in ear.wait_for(3)]
    assert sorted(kinds) == ["N004", "N005", "N009"]
    shown = buyer.billionconnect("F020", number)["tradeData"]
    assert (shown["auditStatus"], shown["refundStatus"]) == ("2", "1")
    assert buyer.billionconnect("F014", {})["tradeData"]["accountBalance"] == "2000.00"


def test_states_are_told_newest_first(buyer: Buyer, ear: Ear) -> None:
    _told, iccid = delivered(buyer, ear)
    for profile in ("downloaded", "installed", "enabled"):
        buyer.control(
            "billionconnect", "profile", iccid=iccid, profile=profile, eid="89049032" + "0" * 24
        )
    rows = buyer.billionconnect("F042", {"iccid": iccid})["tradeData"]
    assert [one["status"] for one in rows] == ["3", "2", "1", "0"]
    assert rows[-1]["eid"] == ""


def test_a_total_that_is_not_todays_is_refused(buyer: Buyer) -> None:
    part = {
        "channelSubOrderId": "C-1-1",
        "deviceSkuId": sku(buyer),
        "planSkuCopies": "1",
        "number": "1",
    }
    members = {"channelOrderId": "C-1", "totalAmount": "0.01", "subOrderList": [part]}
    assert buyer.billionconnect("F040", members)["tradeCode"] not in ("1000", "1999")
    assert buyer.control("billionconnect")["orders"] == []


def test_more_esims_than_fit_come_in_parts(buyer: Buyer, ear: Ear) -> None:
    order(buyer, "C-1", number="5")
    told = [one["tradeData"]["subOrderList"] for one in ear.wait_for(2)]
    assert sorted(len(one) for one in told) == [2, 3]
