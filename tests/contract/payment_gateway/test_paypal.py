"""PayPal's simulator, called as a merchant's program and a payer's browser would."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_socket import enable_socket

from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.paypal.merchant import open_account
from limosa.simulators.payment_gateway.paypal.notifications import RETRY_SECONDS
from tests.contract.payment_gateway.merchant_side import Shop
from tests.prepared import copy_account

pytestmark = pytest.mark.enable_socket
NUMBER = "P20261125000001"
RETURN_URL = "http://127.0.0.1:1/orders/L1/?a=b"


class Clock:
    """The simulator's time, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_764_000_000.0

    def __call__(self) -> float:
        return self.now


class Merchant:
    """Calls the API with a token."""

    def __init__(self, server: GatewayServer) -> None:
        self.settings = server.gateway.wires["paypal"].settings
        self.http = httpx.Client(base_url=server.server.url)
        self.http.headers["Authorization"] = f"Bearer {self.token().json()['access_token']}"

    def token(self, secret: str = "") -> httpx.Response:
        pair = (
            self.settings["LIMOSA_PAYPAL_CLIENT_ID"],
            secret or self.settings["LIMOSA_PAYPAL_CLIENT_SECRET"],
        )
        form = {"grant_type": "client_credentials"}
        return self.http.post("/v1/oauth2/token", data=form, auth=pair)

    def create(self, body: Any = None, *, request_id: str = "", **unit: Any) -> httpx.Response:
        headers = {"Prefer": "return=representation"}
        if request_id:
            headers["PayPal-Request-Id"] = request_id
        return self.http.post("/v2/checkout/orders", json=body or order(**unit), headers=headers)

    def created(self, **unit: Any) -> dict[str, Any]:
        reply = self.create(request_id=unit.get("invoice_id", NUMBER), **unit)
        assert reply.status_code == 201, reply.text
        return dict(reply.json())

    def capture(self, order_id: str, body: Any = None, **headers: str) -> httpx.Response:
        path = f"/v2/checkout/orders/{order_id}/capture"
        return self.http.post(path, json=body or {}, headers=headers)

    def paid(self, **unit: Any) -> dict[str, Any]:
        """Create, approve and capture; return the capture."""
        made = self.created(**unit)
        self.control("pay", number=made["id"])
        reply = self.capture(made["id"], Prefer="return=representation")
        [one] = reply.json()["purchase_units"][0]["payments"]["captures"]
        return dict(one)

    def refund(self, capture_id: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/v2/payments/captures/{capture_id}/refund", json=body)

    def control(self, name: str, **members: Any) -> httpx.Response:
        return self.http.post(f"/control/paypal/{name}", json=members)


def order(*, wallet: Any = None, **unit: Any) -> dict[str, Any]:
    words = {
        "invoice_id": NUMBER,
        "custom_id": NUMBER,
        "description": "Japan 30 days",
        "amount": {"currency_code": "USD", "value": "25.99"},
    }
    context = {"return_url": RETURN_URL, "cancel_url": RETURN_URL}
    source = {"paypal": {"experience_context": context} | (wallet or {})}
    return {
        "intent": "CAPTURE",
        "purchase_units": [words | unit],
        "payment_source": source,
    }


VAULT = {
    "attributes": {
        "vault": {"store_in_vault": "ON_SUCCESS"},
        "customer": {"merchant_customer_id": "c0ffee"},
    }
}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(data: Path, clock: Clock) -> Iterator[GatewayServer]:
    one = GatewayServer(data, time_scale=0, refund_seconds=60, clock=clock)
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Merchant]:
    """One for all that changes nothing: making a gateway takes a while."""
    enable_socket()
    folder = tmp_path_factory.mktemp("refusing") / "gateway"
    copy_account(folder)
    one = GatewayServer(folder, clock=Clock())
    one.start()
    merchant = Merchant(one)
    yield merchant
    merchant.http.close()
    one.stop()


@pytest.fixture
def paypal(server: GatewayServer) -> Iterator[Merchant]:
    one = Merchant(server)
    yield one
    one.http.close()


def issue(reply: httpx.Response) -> tuple[int, str, str]:
    error = reply.json()
    assert error["debug_id"]
    assert error["message"]
    return reply.status_code, error["name"], error["details"][0].get("issue", "")


def test_a_token_is_given_for_the_secret_and_lapses(paypal: Merchant, clock: Clock) -> None:
    assert paypal.token("wrong").status_code == 401
    refused = (401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN")
    made = paypal.created()["id"]
    path = f"/v2/checkout/orders/{made}"
    for header in ("", "Bearer x", "Bearer 9.9"):
        reply = paypal.http.get(path, headers={"Authorization": header})
        assert issue(reply) == refused
    assert paypal.http.get(path).status_code == 200
    clock.now += 9 * 3600 + 1
    assert issue(paypal.http.get(path)) == refused


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (order() | {"intent": "AUTHORIZE"}, "NOT_SUPPORTED"),
        (order() | {"purchase_units": []}, "NOT_SUPPORTED"),
        (order(amount=None), "INVALID_CURRENCY_CODE"),
        (order(amount={"currency_code": "XTS", "value": "1.00"}), "INVALID_CURRENCY_CODE"),
        (order(amount={"currency_code": "USD", "value": "1.999"}), "INVALID_PARAMETER_SYNTAX"),
        (order(amount={"currency_code": "USD", "value": 1}), "INVALID_PARAMETER_SYNTAX"),
        (order(amount={"currency_code": "JPY", "value": "1.50"}), "DECIMALS_NOT_SUPPORTED"),
        (order(amount={"currency_code": "USD", "value": "0"}), "CANNOT_BE_ZERO_OR_NEGATIVE"),
        (order(invoice_id=7), "INVALID_PARAMETER_SYNTAX"),
        (order(invoice_id="x" * 128), "INVALID_STRING_LENGTH"),
        (order() | {"payment_source": "x"}, "INVALID_PARAMETER_SYNTAX"),
    ],
)
def test_an_order_of_another_form_is_refused(refusing: Merchant, body: Any, expected: str) -> None:
    assert issue(refusing.create(body, request_id="R1"))[2] == expected


def test_a_source_needs_a_request_id_and_a_body_is_json(refusing: Merchant) -> None:
    assert issue(refusing.create())[2] == "PAYPAL_REQUEST_ID_REQUIRED"
    reply = refusing.http.post("/v2/checkout/orders", content=b"{")
    assert issue(reply) == (400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON")
    assert issue(refusing.http.post("/v2/checkout/orders", content=b"[]"))[0] == 400


def test_a_repeated_request_is_the_first_one_for_six_hours(paypal: Merchant, clock: Clock) -> None:
    first = paypal.created()
    other = paypal.create(request_id=NUMBER, amount={"currency_code": "USD", "value": "1.00"})
    assert (other.status_code, other.json()["id"]) == (200, first["id"])
    assert other.json()["purchase_units"][0]["amount"]["value"] == "25.99"
    clock.now += 6 * 3600
    assert paypal.create(request_id=NUMBER).json()["id"] != first["id"]


def test_without_a_wish_an_answer_is_short(paypal: Merchant) -> None:
    headers = {"PayPal-Request-Id": "R1"}
    reply = paypal.http.post("/v2/checkout/orders", json=order(), headers=headers)
    assert set(reply.json()) == {"id", "status", "links"}


def test_the_payer_goes_back_to_the_shop(paypal: Merchant) -> None:
    made = paypal.created()
    assert made["status"] == "PAYER_ACTION_REQUIRED"
    [url] = [link["href"] for link in made["links"] if link["rel"] == "payer-action"]
    page = httpx.get(url).text
    assert "25.99" in page
    assert NUMBER in page
    assert "charge this PayPal account later" not in page
    cancel = url.replace("/approve?", "/approve/cancel?")
    gone = parse_qs(urlsplit(httpx.post(cancel).headers["Location"]).query)
    assert gone == {"a": ["b"], "token": [made["id"]]}
    confirm = url.replace("/approve?", "/approve/confirm?")
    done = httpx.post(confirm, data={"payer": "li.wei@payer.example"})
    back = parse_qs(urlsplit(done.headers["Location"]).query)
    assert set(back) == {"a", "token", "PayerID"}
    shown = paypal.http.get(f"/v2/checkout/orders/{made['id']}").json()
    assert (shown["status"], shown["payer"]["email_address"]) == (
        "APPROVED",
        "li.wei@payer.example",
    )
    assert "You have agreed" in httpx.post(confirm, data={"payer": "nobody"}).text


def test_an_unknown_link_is_said_to_be_one(refusing: Merchant) -> None:
    for method, path in (("GET", ""), ("POST", "/confirm"), ("POST", "/cancel")):
        reply = refusing.http.request(method, f"/paypal/approve{path}", params={"token": NUMBER})
        assert reply.status_code == 404


def test_a_payer_without_a_shop_to_go_to_stays(paypal: Merchant) -> None:
    context = {"experience_context": {"return_url": "javascript:alert(1)", "cancel_url": ""}}
    made = paypal.created(wallet=context)
    done = paypal.http.post("/paypal/approve/confirm", params={"token": made["id"]}, data={})
    assert done.headers["Location"] == f"/paypal/approve?token={made['id']}"


def test_what_is_agreed_to_is_said_before_an_account_is_kept(paypal: Merchant) -> None:
    made = paypal.created(wallet=VAULT)
    page = paypal.http.get("/paypal/approve", params={"token": made["id"]}).text
    assert "charge this PayPal account later" in page
    paypal.control("pay", number=made["id"])
    whole = paypal.capture(made["id"], Prefer="return=representation").json()
    vault = whole["payment_source"]["paypal"]["attributes"]["vault"]
    assert vault["status"] == "VAULTED"
    path = f"/v3/vault/payment-tokens/{vault['id']}"
    assert paypal.http.get(path).json()["customer"] == {"id": "c0ffee"}
    assert paypal.http.delete(path).status_code == 204
    assert issue(paypal.http.get(path))[0] == 404
    assert issue(paypal.http.delete(path))[0] == 404


def test_money_moves_once_and_only_when_the_payer_agreed(paypal: Merchant) -> None:
    made = paypal.created()
    assert issue(paypal.capture(made["id"]))[2] == "ORDER_NOT_APPROVED"
    paypal.control("pay", number=NUMBER)
    assert paypal.control("pay", number=NUMBER).status_code == 409
    headers = {"PayPal-Request-Id": "C1"}
    assert paypal.capture(made["id"], **headers).status_code == 201
    assert paypal.capture(made["id"], **headers).status_code == 200
    assert issue(paypal.capture(made["id"]))[2] == "ORDER_ALREADY_CAPTURED"
    paypal.control("forget-requests")
    second = paypal.created()
    paypal.control("pay", number=second["id"])
    assert issue(paypal.capture(second["id"]))[2] == "DUPLICATE_INVOICE_ID"
    books = paypal.http.get("/control/paypal/statement").json()
    assert books["currencies"]["USD"]["takings_minor"] == 2599


def test_a_payer_can_only_do_what_there_is(paypal: Merchant) -> None:
    paypal.created()
    assert paypal.control("pay", number=NUMBER, capture="LOST").status_code == 409
    assert paypal.control("pay", number=NUMBER, currency="XTS").status_code == 409


def test_an_echeck_is_completed_after_a_while(
    paypal: Merchant, server: GatewayServer, clock: Clock
) -> None:
    made = paypal.created()
    paypal.control("pay", number=NUMBER, capture="PENDING")
    whole = paypal.capture(made["id"], Prefer="return=representation").json()
    [one] = whole["purchase_units"][0]["payments"]["captures"]
    assert (one["status"], one["status_details"]) == ("PENDING", {"reason": "ECHECK"})
    assert issue(paypal.refund(one["id"]))[2] == "CAPTURE_STATUS_NOT_VALID"
    clock.now += 60
    wire = server.gateway.wires["paypal"]
    with server.gateway.store.transaction() as db:
        wire.pass_time(db, now=clock.now)
    shown = paypal.http.get(f"/v2/payments/captures/{one['id']}").json()
    assert shown["status"] == "COMPLETED"
    assert shown["seller_receivable_breakdown"]["paypal_fee"]["value"] == "1.40"


def test_a_refund_gives_back_what_is_left_and_no_more(
    paypal: Merchant, server: GatewayServer, clock: Clock
) -> None:
    paid = paypal.paid()["id"]
    part = {"currency_code": "USD", "value": "6.00"}
    first = paypal.refund(paid, amount=part, invoice_id="R1", custom_id=NUMBER).json()
    assert (first["status"], first["invoice_id"]) == ("PENDING", "R1")
    other = {"currency_code": "EUR", "value": "1.00"}
    assert issue(paypal.refund(paid, amount=other))[2] == "REFUND_CURRENCY_MISMATCH"
    more = {"currency_code": "USD", "value": "20.00"}
    assert issue(paypal.refund(paid, amount=more))[2] == "REFUND_AMOUNT_EXCEEDED"
    rest = paypal.refund(paid).json()
    assert (rest["amount"]["value"], rest["invoice_id"]) == ("19.99", NUMBER)
    assert issue(paypal.refund(paid))[2] == "CAPTURE_FULLY_REFUNDED"
    clock.now += 61
    with server.gateway.store.transaction() as db:
        server.gateway.wires["paypal"].pass_time(db, now=clock.now)
    assert paypal.http.get(f"/v2/payments/refunds/{first['id']}").json()["status"] == "COMPLETED"
    assert paypal.http.get(f"/v2/payments/captures/{paid}").json()["status"] == "REFUNDED"


def test_an_id_that_nothing_has_is_not_found(paypal: Merchant) -> None:
    for path in ("checkout/orders/X", "payments/captures/X", "payments/refunds/X"):
        assert issue(paypal.http.get(f"/v2/{path}")) == (
            404,
            "RESOURCE_NOT_FOUND",
            "INVALID_RESOURCE_ID",
        )
    paypal.created()
    assert issue(paypal.http.get(f"/v2/checkout/orders/{NUMBER}"))[0] == 404
    assert paypal.http.get("/v1/notifications/certs/CERT-1").status_code == 404


def test_a_saved_account_that_there_is_not_cannot_be_charged(paypal: Merchant) -> None:
    body = order()
    del body["payment_source"]
    made = paypal.create(body).json()
    assert (made["status"], made["links"][1]["rel"]) == ("CREATED", "approve")
    source = {"payment_source": {"paypal": {"vault_id": "x"}}}
    assert issue(paypal.capture(made["id"], source))[2] == "TOKEN_ID_NOT_FOUND"
    assert paypal.control("saved-method", id="x", behaviour="pays").status_code == 404


def test_disputes_are_about_captured_payments_and_end_once(paypal: Merchant) -> None:
    paypal.created()
    assert paypal.control("dispute", number=NUMBER).status_code == 400
    assert paypal.control("dispute-outcome", number=NUMBER, outcome="won").status_code == 404
    paypal.control("pay", number=NUMBER)
    made = paypal.http.get(f"/control/paypal/order/{NUMBER}").json()
    paypal.capture(made["id"])
    assert paypal.control("dispute", number=NUMBER, reason="MOOD").status_code == 400
    assert paypal.control("dispute", number=NUMBER).json()["status"] == "OPEN"
    assert paypal.control("dispute", number=NUMBER).status_code == 400
    assert paypal.control("dispute-outcome", number=NUMBER, outcome="maybe").status_code == 400
    books = paypal.http.get("/control/paypal/statement").json()
    assert books["currencies"]["USD"]["disputes_minor"] == 2599
    ended = paypal.control("dispute-outcome", number=NUMBER, outcome="lost").json()
    assert ended["dispute_outcome"]["outcome_code"] == "RESOLVED_BUYER_FAVOUR"
    assert paypal.control("dispute-outcome", number=NUMBER, outcome="won").status_code == 400


def search(paypal: Merchant, **query: str | int) -> httpx.Response:
    words = {"start_date": "2025-11-24T00:00:00Z", "end_date": "2025-11-24T23:59:59Z"} | query
    return paypal.http.get("/v1/reporting/transactions", params=words)


def test_a_day_is_reported_page_by_page(paypal: Merchant) -> None:
    for number in ("P1000001", "P1000002", "P1000003"):
        paypal.paid(invoice_id=number, custom_id=number)
    first = search(paypal, page_size=2).json()
    second = search(paypal, page_size=2, page=2).json()
    assert (first["total_items"], first["total_pages"]) == (3, 2)
    details = first["transaction_details"] + second["transaction_details"]
    lines = [detail["transaction_info"] for detail in details]
    assert [line["invoice_id"] for line in lines] == ["P1000001", "P1000002", "P1000003"]
    assert {line["fee_amount"]["value"] for line in lines} == {"-1.40"}
    file = paypal.http.get("/control/paypal/settlement", params={"day": "2025-11-24"})
    assert file.text.count("\n") == 3
    assert search(paypal, end_date="2025-11-24T00:00:00+0000").json()["total_items"] == 0


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"start_date": "yesterday"}, "INVALID_DATE"),
        ({"end_date": "2025-12-26T00:00:00Z"}, "INVALID_DATE_RANGE"),
        ({"end_date": "2025-11-23T00:00:00Z"}, "INVALID_DATE_RANGE"),
        ({"page_size": 501}, "INVALID_PAGE_SIZE"),
        ({"page": 0}, "INVALID_PARAMETER_VALUE"),
        ({"page": "x"}, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_a_search_of_another_form_is_refused(
    refusing: Merchant, query: dict[str, str | int], expected: str
) -> None:
    assert issue(search(refusing, **query))[2] == expected


def test_a_webhook_that_is_not_acknowledged_comes_again(paypal: Merchant, shop: Shop) -> None:
    shop.answers.append(500)
    paypal.control("webhook", url=shop.url)
    paypal.created()
    paypal.control("pay", number=NUMBER)
    (first, body), (second, again) = shop.wait_for(2)
    assert json.loads(body)["id"] == json.loads(again)["id"]
    name = "PAYPAL-TRANSMISSION-ID"
    assert first[name] != second[name]


def test_attempts_are_made_for_three_days() -> None:
    assert len(RETRY_SECONDS) == 25
    assert 0 <= 3 * 86_400 - sum(RETRY_SECONDS) < 600


def test_an_account_with_another_kind_of_key_is_not_opened(data: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (data / "paypal" / "signing_key.pem").write_bytes(pem)
    with pytest.raises(TypeError):
        open_account(data / "paypal", base_url="http://127.0.0.1:1")
