"""The wire of Airalo's Partner API."""

import hashlib
import hmac
import json

import httpx
import pytest

from tests.contract.wholesale.buyer_side import Buyer, Ear

pytestmark = pytest.mark.enable_socket
PLAN, TOP_UP = "japan-mobile-7days-1gb", "japan-mobile-7days-1gb-topup"
ORDER = {"package_id": PLAN, "quantity": 1, "type": "sim", "description": "A-1"}


def test_a_wrong_secret_gets_no_token(buyer: Buyer) -> None:
    members = {
        "client_id": buyer.settings["LIMOSA_AIRALO_CLIENT_ID"],
        "client_secret": "wrong",
        "grant_type": "client_credentials",
    }
    assert httpx.post(f"{buyer.url}/airalo/v2/token", data=members).status_code == 401
    assert httpx.get(f"{buyer.url}/airalo/v2/packages").status_code == 401


def test_an_order_is_answered_with_its_esim(buyer: Buyer) -> None:
    reply = buyer.airalo("POST", "orders", ORDER)
    assert reply.status_code == 200
    order = reply.json()["data"]
    (sim,) = order["sims"]
    assert sim["qrcode"] == f"LPA:1${sim['lpa']}${sim['matching_id']}"
    assert (order["validity"], order["net_price"]) == (7, 1.12)
    later = buyer.airalo("GET", f"orders/{order['id']}").json()["data"]
    assert (later["validity"], later["net_price"]) == ("7", "1.12")


def test_both_forms_of_a_signature_are_taken_and_a_wrong_one_is_not(buyer: Buyer) -> None:
    members = ORDER | {"description": "a/ß"}
    assert buyer.airalo("POST", "orders", members).status_code == 200
    text = json.dumps(members, separators=(",", ":")).replace("/", "\\/")
    secret = buyer.settings["LIMOSA_AIRALO_CLIENT_SECRET"].encode()
    for signature, status in (
        (hmac.new(secret, text.encode(), hashlib.sha512).hexdigest(), 200),
        ("00" * 64, 422),
    ):
        headers = {
            "Authorization": f"Bearer {buyer.tokens['airalo']}",
            "airalo-signature": signature,
        }
        url = f"{buyer.url}/airalo/v2/orders"
        assert httpx.post(url, json=members, headers=headers).status_code == status


def test_nothing_makes_a_repetition_the_same_order(buyer: Buyer) -> None:
    for _ in range(2):
        buyer.airalo("POST", "orders", ORDER)
    query = {"filter[description]": "A-1"}
    rows = buyer.airalo("GET", "orders", **query).json()["data"]
    assert len({one["code"] for one in rows}) == 2
    other = buyer.airalo("GET", "orders", **{"filter[description]": "A-2"}).json()
    assert (other["data"], other["meta"]["total"]) == ([], 0)


def test_a_top_up_waits_on_the_esim(buyer: Buyer) -> None:
    iccid = buyer.airalo("POST", "orders", ORDER).json()["data"]["sims"][0]["iccid"]
    offers = buyer.airalo("GET", f"sims/{iccid}/topups").json()["data"]
    assert TOP_UP in {one["id"] for one in offers}
    members = {"package_id": TOP_UP, "iccid": iccid, "description": "A-2"}
    row = buyer.airalo("POST", "orders/topups", members).json()["data"]
    assert row["type"] == "topup"
    states = [one["status"] for one in buyer.airalo("GET", f"sims/{iccid}/packages").json()["data"]]
    assert states == ["NOT_ACTIVE", "NOT_ACTIVE"]
    foreign = members | {"package_id": "united-states-mobile-7days-1gb-topup"}
    refused = buyer.airalo("POST", "orders/topups", foreign)
    assert (refused.status_code, refused.json()["code"]) == (422, 23)


def test_use_is_told_in_megabytes_and_low_data_by_a_signed_webhook(buyer: Buyer, ear: Ear) -> None:
    iccid = buyer.airalo("POST", "orders", ORDER).json()["data"]["sims"][0]["iccid"]
    buyer.control("airalo", "use", iccid=iccid, bytes=800 * 1024**2)
    usage = buyer.airalo("GET", f"sims/{iccid}/usage").json()["data"]
    assert (usage["remaining"], usage["total"], usage["status"]) == (224, 1024, "ACTIVE")
    (told,) = ear.wait_for(1)
    assert (told["level"], told["iccid"]) == ("75%", iccid)
    secret = buyer.settings["LIMOSA_AIRALO_CLIENT_SECRET"].encode()
    forms = [
        json.dumps(told, ensure_ascii=is_ascii, separators=(",", ":")).replace("/", "\\/")
        for is_ascii in (False, True)
    ]
    expected = {hmac.new(secret, one.encode(), hashlib.sha512).hexdigest() for one in forms}
    assert ear.received[0].headers["airalo-signature"] in expected


def test_an_order_for_later_is_told_to_its_webhook(buyer: Buyer, ear: Ear) -> None:
    reply = buyer.airalo("POST", "orders-async", ORDER)
    assert reply.status_code == 202
    (told,) = ear.wait_for(1)
    assert told["request_id"] == reply.json()["data"]["request_id"]
    assert told["data"]["sims"][0]["qrcode"].startswith("LPA:1$")


def test_refusals_have_the_vendors_codes(buyer: Buyer) -> None:
    bad = buyer.airalo("POST", "orders", ORDER | {"package_id": "nowhere"})
    assert (bad.status_code, bad.json()["code"]) == (422, 34)
    none = buyer.airalo("POST", "orders", ORDER | {"quantity": 51})
    assert "quantity" in none.json()["data"]
    buyer.control("airalo", "balance", balance=0)
    assert buyer.airalo("POST", "orders", ORDER).json()["code"] == 11
    assert buyer.airalo("GET", "sims/8985000/usage").status_code == 404


def test_an_address_is_kept_if_it_answers_head(buyer: Buyer, ear: Ear) -> None:
    url = ear.url.replace("{code}", "airalo")
    members = {"type": "webhook_low_data", "webhook_url": url}
    assert buyer.airalo("POST", "notifications/opt-in", members).status_code == 200
    members["webhook_url"] = url.replace("/told/", "/nowhere/")
    assert buyer.airalo("POST", "notifications/opt-in", members).status_code == 422


def test_packages_are_paged_by_place(buyer: Buyer) -> None:
    first = buyer.airalo("GET", "packages", limit=10, include="topup").json()
    second = buyer.airalo("GET", "packages", limit=10, page=2).json()
    places = [one["title"] for one in first["data"] + second["data"]]
    assert first["meta"]["last_page"] == 2
    assert len(places) == len(set(places)) == first["meta"]["total"]
    kinds = {
        package["type"]
        for place in first["data"]
        for operator in place["operators"]
        for package in operator["packages"]
    }
    assert kinds == {"sim", "topup"}


def test_a_refunded_esim_is_recycled(buyer: Buyer) -> None:
    iccid = buyer.airalo("POST", "orders", ORDER).json()["data"]["sims"][0]["iccid"]
    members = {"iccids": [iccid], "reason": "OTHERS"}
    assert buyer.airalo("POST", "refund", members).status_code == 200
    assert buyer.airalo("GET", f"sims/{iccid}/usage").json()["data"]["status"] == "RECYCLED"
    balance = buyer.airalo("GET", "balance").json()["data"]["balances"]["availableBalance"]
    assert balance == {"amount": 2000.0, "currency": "USD"}
