"""Checkout Sessions: created by the merchant, paid on the gateway's page, or expired.

Source: docs.stripe.com/api/checkout/sessions, docs.stripe.com/payments/checkout.
"""

import sqlite3
from dataclasses import dataclass
from typing import Any

from limosa.simulators.payment_gateway.stripe import intents, objects
from limosa.simulators.payment_gateway.stripe.cards import Card
from limosa.simulators.payment_gateway.stripe.events import Events
from limosa.simulators.payment_gateway.stripe.intents import Attempt, Intents
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, new_id
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError, parameter
from limosa.simulators.payment_gateway.wire import Desk, NotPayableError, Payment

SESSION = "checkout.session"
EXPIRY_SECONDS_MIN, EXPIRY_SECONDS_MAX = 30 * 60, 24 * 3600
# Minimum charges, where documented and useful for a test.
LEAST = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "hkd": 400, "aud": 50, "cad": 50, "sgd": 50}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A session's validated parameters."""

    members: Body
    amount: int
    currency: str
    description: str


class Sessions:
    """Creates sessions, takes payments, and notifies."""

    def __init__(self, desk: Desk, events: Events, intents_: Intents) -> None:
        self._desk, self._events, self._intents = desk, events, intents_

    def create(self, db: sqlite3.Connection, wanted: Wanted, *, now: float) -> Body:
        """Store a new session. Raises RefusalError."""
        members = wanted.members
        expires_at = members.get("expires_at", int(now) + EXPIRY_SECONDS_MAX)
        if not EXPIRY_SECONDS_MIN <= expires_at - int(now) <= EXPIRY_SECONDS_MAX:
            raise parameter(
                "expires_at",
                "The `expires_at` timestamp must be 30 minutes to 24 hours from now.",
                "parameter_invalid_integer",
            )
        if members.get("customer"):
            objects.get(db, "customer", members["customer"])
        id_ = new_id("cs_test", 58)
        session: Body = {
            "id": id_,
            "object": SESSION,
            "adaptive_pricing": members.get("adaptive_pricing"),
            "amount_subtotal": wanted.amount,
            "amount_total": wanted.amount,
            "cancel_url": members.get("cancel_url"),
            "client_reference_id": members.get("client_reference_id"),
            "created": int(now),
            "currency": wanted.currency,
            "customer": members.get("customer"),
            "expires_at": expires_at,
            "livemode": False,
            "locale": members.get("locale"),
            "metadata": members.get("metadata") or {},
            "mode": "payment",
            "payment_intent": None,
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "status": "open",
            "success_url": members["success_url"],
            "url": f"{self._desk.base_url}/stripe/checkout/{id_}",
            "_description": wanted.description,
            "_intent": members.get("payment_intent_data") or {},
        }
        number = str(session["client_reference_id"] or id_)
        return objects.add(db, session, Kept(number, due_at=float(expires_at)), now=now)

    def expire(self, db: sqlite3.Connection, session: Body, *, now: float) -> Body:
        """Expire an open session. Raises RefusalError."""
        if session["status"] != "open":
            raise RefusalError(
                400,
                'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
                f" Session has a status of `{session['status']}`.",
            )
        session.update(status="expired", url=None)
        objects.save(db, session)
        self._tell("checkout.session.expired", db, session, now=now)
        return session

    def pay(
        self, db: sqlite3.Connection, session: Body, payment: Payment, card: Card, *, now: float
    ) -> Body:
        """Charge a card; return the paid session.

        Raises NotPayableError if it is paid or expired; RefusalError for a decline, which leaves
        the session open and the payment with its error, both stored.
        """
        check_payable(session, payment)
        intent = self._intent_of(db, session, now=now)
        intent.update(
            amount=payment.total or session["amount_total"],
            currency=(payment.currency or session["currency"]).lower(),
        )
        is_saved = bool(session["customer"] and intent["setup_future_usage"])
        customer = session["customer"] if is_saved else None
        method = intents.new_method(db, card, customer=customer, now=now)
        paid = self._intents.charge(db, intent, Attempt(card, method), now=now)
        session.update(
            amount_total=paid["amount"],
            currency=paid["currency"],
            payment_status="paid",
            status="complete",
            url=None,
        )
        objects.save(db, session)
        self._tell("checkout.session.completed", db, session, now=now)
        self._intents.tell_charged(db, paid, now=now)
        return session

    def _intent_of(self, db: sqlite3.Connection, session: Body, *, now: float) -> Body:
        """Return the session's payment, which is created at the payer's first attempt."""
        if session["payment_intent"]:
            return objects.get(db, "payment_intent", session["payment_intent"])
        members: dict[str, Any] = {
            **session["_intent"],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": session["customer"],
        }
        intent = intents.new_intent(db, members, now=now)
        session["payment_intent"] = intent["id"]
        objects.save(db, session, due_at=float(session["expires_at"]))
        return intent

    def _tell(self, kind: str, db: sqlite3.Connection, session: Body, *, now: float) -> None:
        number = str(session["client_reference_id"] or session["id"])
        self._events.tell(db, kind, session, number=number, now=now)


def check_payable(session: Body, payment: Payment) -> None:
    """Raise NotPayableError if the session is paid or expired."""
    if session["status"] == "complete":
        raise NotPayableError("the session has been paid")
    if session["status"] == "expired" and not payment.even_if_closed:
        raise NotPayableError("the session has expired")


def wanted_of(params: Body) -> Wanted:
    """Validate a session's parameters. Raises RefusalError."""
    if params.get("mode") != "payment":
        raise parameter("mode", "Only payments are simulated.", "parameter_unknown")
    if not params.get("success_url"):
        raise parameter("success_url", "Missing required param: success_url.", "parameter_missing")
    items = params.get("line_items")
    if not isinstance(items, list) or not items:
        raise parameter("line_items", "At least one item is needed.", "parameter_missing")
    prices = [(item["price_data"], whole(item, "quantity")) for item in items]
    currency = str(prices[0][0]["currency"])
    if currency != currency.lower() or any(one["currency"] != currency for one, _ in prices):
        raise parameter("currency", f"Invalid currency: {currency}", "parameter_invalid_string")
    amount = sum(whole(price, "unit_amount") * count for price, count in prices)
    if amount < LEAST.get(currency, 1):
        raise parameter("unit_amount", "The total amount is too small.", "amount_too_small")
    members = dict(params)
    if "expires_at" in params:
        members["expires_at"] = whole(params, "expires_at")
    return Wanted(members, amount, currency, str(prices[0][0]["product_data"]["name"]))


def whole(params: Body, name: str) -> int:
    """Return a whole-number parameter. Raises RefusalError."""
    text = str(params.get(name, ""))
    if not (text.isascii() and text.isdecimal()):
        raise parameter(name, f"Invalid integer: {text}", "parameter_invalid_integer")
    return int(text)
