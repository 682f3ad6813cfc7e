"""A merchant of the simulated Stripe: the real SDK, and raw HTTP where the SDK would not do it."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import stripe

from limosa.simulators.clock import wall_clock
from limosa.simulators.payment_gateway.command import GatewayServer
from tests.contract.payment_gateway.merchant_side import Shop

Params = dict[str, Any]
AUTHENTICATION = "4000002760003184"


class Hands:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return wall_clock() + self.ahead


@dataclass
class StripeMerchant:
    """The SDK set up for the account, and the strings behind the stage."""

    server: GatewayServer

    @property
    def url(self) -> str:
        return self.server.server.url

    @property
    def secret_key(self) -> str:
        return self.server.gateway.settings["LIMOSA_STRIPE_SECRET_KEY"]

    @property
    def webhook_secret(self) -> str:
        return self.server.gateway.settings["LIMOSA_STRIPE_WEBHOOK_SECRET"]

    @property
    def sdk(self) -> Any:
        client = stripe.StripeClient(
            self.secret_key, base_addresses={"api": self.url}, max_network_retries=0
        )
        return client.v1

    def session(self, number: str = "", **more: Any) -> Any:
        """Create a session for 25 dollars."""
        return self.sdk.checkout.sessions.create(session_params(number or new_number(), **more))

    def control(self, name: str, **members: object) -> Any:
        reply = httpx.post(f"{self.url}/control/stripe/{name}", json=members)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def look(self, path: str) -> Any:
        return httpx.get(f"{self.url}/control/stripe/{path}").json()

    def post(self, path: str, body: str, **headers: str) -> httpx.Response:
        sent = {
            "Authorization": f"Bearer {self.secret_key}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return httpx.post(self.url + path, content=body, headers=sent | headers)


def new_number() -> str:
    return "P" + secrets.token_hex(10)


def session_params(number: str, **more: Any) -> Params:
    price = {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "续费 <20> GB"}}
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:8000/orders/7",
        "cancel_url": "http://127.0.0.1:8000/orders/7?cancelled=1",
        "client_reference_id": number,
        "line_items": [{"quantity": 1, "price_data": price}],
        "payment_intent_data": {"metadata": {"payment_number": number}},
    } | more


def pay(merchant: StripeMerchant, number: str, **how: object) -> Any:
    return merchant.control("pay", number=number, **how)


def events(shop: Shop, count: int) -> list[Any]:
    return [json.loads(body) for _, body in shop.wait_for(count)[:count]]


def saved(merchant: StripeMerchant, card: str = "4242424242424242") -> tuple[str, str]:
    """Save a card; return its customer and its id."""
    customer = merchant.sdk.customers.create({})
    number = new_number()
    data = {"setup_future_usage": "off_session", "metadata": {"payment_number": number}}
    merchant.session(number, customer=customer.id, payment_intent_data=data)
    session = pay(merchant, number, card=card)
    intent = merchant.sdk.payment_intents.retrieve(session["payment_intent"])
    return customer.id, intent.payment_method


def by_saved(merchant: StripeMerchant, card: tuple[str, str]) -> Any:
    customer, method = card
    return merchant.sdk.payment_intents.create(
        {
            "amount": 799,
            "currency": "usd",
            "customer": customer,
            "payment_method": method,
            "payment_method_types": ["card"],
        }
    )


def confirm(merchant: StripeMerchant, intent: Any) -> Any:
    options = {"idempotency_key": f"{intent.id}-confirm"}
    return merchant.sdk.payment_intents.confirm(intent.id, {"off_session": True}, options)
