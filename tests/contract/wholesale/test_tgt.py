"""The wire of TGT, called as integrators do."""

import hashlib
import json
import uuid
from typing import Any

import httpx
import pytest

from limosa.simulators.loopback_http import Reply
from limosa.simulators.wholesale.tgt.tables import sign
from tests.contract.wholesale.buyer_side import Buyer, Ear, Hands

pytestmark = pytest.mark.enable_socket
PLAN, CARD_C4 = "A-002-ES-JP-T-7D/180D-1GB(A)", "A-002-ES-US-T-7D/180D-1GB(A)"


def order(buyer: Buyer, number: str, *, key: str = "", plan: str = PLAN) -> Any:
    members = {
        "productCode": plan,
        "channelOrderNo": number,
        "idempotencyKey": key or str(uuid.uuid4()),
    }
    return buyer.tgt("order/create", members)


@pytest.mark.parametrize(
    ("payload", "arrays_as_json", "expected"),
    [
        ({"foo": 1, "bar": 2, "foo_bar": 3, "sign": "xxx"}, False,
         "6f48d47ddaa09b01a7e19bde1096584f"),
        ({"eventType": 1, "data": {"orderInfo": {"orderNo": "SE2026", "qrCode": "LPA:1$a.b$C",
                                                 "iccid": "8999"}}},
         False, "676ff5a8be75e485308e9a15b4af9cec"),
        ({"eventType": 2, "data": {"orderInfo": [{"orderNo": "SE2026"}]}}, False,
         "5a77577a864be76ddd1aca1db69226a1"),
        ({"eventType": 2, "data": {"orderInfo": [{"orderNo": "SE2026"}]}}, True,
         "cb769959ccbaaa3f12db1fb1c872aec2"),
    ],
)  # fmt: skip
def test_callbacks_are_signed_as_known(
    payload: dict[str, Any],
    arrays_as_json: bool,  # noqa: FBT001  (a case)
    expected: str,
) -> None:
    assert sign(payload, "S", arrays_as_json=arrays_as_json) == expected


def test_a_token_is_needed_and_ends_after_a_day(buyer: Buyer, clock: Hands) -> None:
    assert buyer.tgt("account/balance", {}, token="nobodys")["code"] == "2004"
    assert buyer.tgt("account/balance", {})["data"]["balance"] == "2000.00"
    clock.now += 86_401
    assert buyer.tgt("account/balance", {})["code"] == "2003"


def test_a_wrong_secret_gets_no_token(buyer: Buyer) -> None:
    account = {"accountId": buyer.settings["LIMOSA_TGT_ACCOUNT_ID"], "secret": "wrong"}
    answer = httpx.post(f"{buyer.url}/tgt/openapi/oauth/token", json=account).json()
    assert answer["code"] not in ("0000", "2003", "2004")


def test_one_key_is_one_order_and_the_callback_brings_the_esim(buyer: Buyer, ear: Ear) -> None:
    key = str(uuid.uuid4())
    first, second = order(buyer, "N-1", key=key), order(buyer, "N-1", key=key)
    assert first == second
    assert first["data"]["orderNo"].startswith("SE")
    (told,) = ear.wait_for(1)
    assert told["eventType"] == 1
    info = told["data"]["orderInfo"]
    assert info["qrCode"].startswith("LPA:1$")
    (row,) = buyer.tgt("order/orders", {"channelOrderNo": "N-1"})["data"]["list"]
    assert row["qrCode"] == info["qrCode"]
    assert (row["orderStatus"], row["profileStatus"]) == ("NOTACTIVE", "nodownload")
    signed = {name: value for name, value in told.items() if name != "sign"}
    secret = buyer.settings["LIMOSA_TGT_SECRET"]
    flat = sorted(
        [f"eventType{signed['eventType']}"]
        + [
            f"data.orderInfo.{name}{value}"
            for name, value in info.items()
            if not isinstance(value, dict) and value not in (None, "")
        ]
        + [f"data.orderInfo.cardInfo.{name}{value}" for name, value in info["cardInfo"].items()]
    )
    text = f"{secret}{''.join(flat)}{secret}"
    assert told["sign"] == hashlib.md5(text.encode()).hexdigest()  # noqa: S324


def test_a_renewal_waits_for_the_bundle_and_is_told_in_an_array(buyer: Buyer, ear: Ear) -> None:
    order(buyer, "N-1")
    iccid = ear.wait_for(1)[0]["data"]["orderInfo"]["iccid"]
    members = {
        "productCode": PLAN,
        "iccid": iccid,
        "channelOrderNo": "N-2",
        "idempotencyKey": str(uuid.uuid4()),
    }
    assert buyer.tgt("order/renew", members)["code"] == "0000"
    told = ear.wait_for(2)[1]
    assert told["eventType"] == 2
    assert told["data"]["orderInfo"][0]["iccid"] == iccid
    buyer.control("tgt", "use", iccid=iccid, bytes=1024**3 + 10 * 1024**2)
    first, second = (
        buyer.tgt("order/usage", {"orderNo": number})["data"]["usage"]
        for number in (_number(buyer, "N-1"), _number(buyer, "N-2"))
    )
    assert (first["dataUsage"], first["dataResidual"]) == ("1024.00", "0.00")
    assert (second["dataUsage"], second["dataTotal"]) == ("10.00", "1024.00")


def test_a_callback_is_repeated_until_it_is_acknowledged_in_words(buyer: Buyer, ear: Ear) -> None:
    ear.answers += [Reply(500), Reply(200, b'{"code":"9999"}')]
    order(buyer, "N-1")
    told = ear.wait_for(3)
    assert json.dumps(told[0]) == json.dumps(told[2])


def test_only_a_c4_card_can_be_topped_up_and_ended(buyer: Buyer, ear: Ear) -> None:
    order(buyer, "N-1", plan=CARD_C4)
    info = ear.wait_for(1)[0]["data"]["orderInfo"]
    buyer.control("tgt", "use", iccid=info["iccid"], bytes=1024)
    ended = {"orderNo": info["orderNo"], "iccid": info["iccid"]}
    assert buyer.tgt("order/terminate", ended)["code"] == "0000"
    (row,) = buyer.tgt("order/orders", {"orderNo": info["orderNo"]})["data"]["list"]
    assert row["orderStatus"] == "USED"
    order(buyer, "N-2")
    other = ear.wait_for(2)[1]["data"]["orderInfo"]
    members = {"orderNo": other["orderNo"], "iccid": other["iccid"]}
    assert buyer.tgt("order/terminate", members)["code"] != "0000"


def test_the_list_is_paged(buyer: Buyer) -> None:
    pages = [
        buyer.tgt("products/list", {"pageNum": page, "pageSize": 50, "lang": "en"})["data"]
        for page in (1, 2)
    ]
    codes = [one["productCode"] for page in pages for one in page["list"]]
    assert pages[0]["total"] == len(codes) == len(set(codes)) > 50
    assert buyer.tgt("products/list", {"pageNum": 1, "pageSize": 101})["code"] != "0000"


def _number(buyer: Buyer, number: str) -> str:
    rows = buyer.tgt("order/orders", {"channelOrderNo": number})["data"]["list"]
    return str(rows[0]["orderNo"])
