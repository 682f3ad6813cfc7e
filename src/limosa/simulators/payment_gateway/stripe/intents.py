"""Payments: a PaymentIntent, its charge, and its card.

Source: docs.stripe.com/api/payment_intents, docs.stripe.com/payments/paymentintents/lifecycle.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from limosa.simulators.payment_gateway.stripe import balance, objects
from limosa.simulators.payment_gateway.stripe.cards import AUTHENTICATION, Card
from limosa.simulators.payment_gateway.stripe.disputes import Disputes
from limosa.simulators.payment_gateway.stripe.events import Events
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, new_id
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError, declined, parameter

CANCELABLE = (
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "requires_capture",
    "processing",
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to charge a card: its behaviour, and whether its holder is absent."""

    card: Card
    method: Body
    off_session: bool = False

    @property
    def decline(self) -> str:
        return self.card.off_session if self.off_session else self.card.decline


def new_intent(db: sqlite3.Connection, members: Mapping[str, Any], *, now: float) -> Body:
    """Store a new PaymentIntent."""
    intent: Body = {
        "id": new_id("pi"),
        "object": "payment_intent",
        "amount": members["amount"],
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": new_id("pi", 24) + "_secret",
        "confirmation_method": "automatic",
        "created": int(now),
        "currency": members["currency"],
        "customer": members.get("customer"),
        "description": members.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": members.get("metadata") or {},
        "next_action": None,
        "payment_method": members.get("payment_method"),
        "payment_method_types": ["card"],
        "setup_future_usage": members.get("setup_future_usage"),
        "status": "requires_confirmation"
        if members.get("payment_method")
        else "requires_payment_method",
    }
    return objects.add(db, intent, Kept(number=number_of(intent)), now=now)


def number_of(intent: Body) -> str:
    """Return the merchant's number of a payment."""
    return str(intent["metadata"].get("payment_number") or intent["id"])


def new_method(db: sqlite3.Connection, card: Card, *, customer: str | None, now: float) -> Body:
    """Store a card, without its number."""
    method: Body = {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited" if customer else "unspecified",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "card": {
            "brand": card.brand,
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "funding": "credit",
            "last4": card.last4,
        },
        "created": int(now),
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_off_session": card.off_session,
        "_dispute": card.dispute,
    }
    return objects.add(db, method, Kept(parent=customer or ""), now=now)


def card_behind(method: Body) -> Card:
    """Return a saved card's behaviour."""
    card = method["card"]
    return Card(
        card["brand"],
        card["last4"],
        off_session=method["_off_session"],
        dispute=method["_dispute"],
    )


class Intents:
    """Charges cards, and notifies."""

    def __init__(self, events: Events, disputes: Disputes) -> None:
        self._events, self._disputes = events, disputes

    def charge(self, db: sqlite3.Connection, intent: Body, attempt: Attempt, *, now: float) -> Body:
        """Take the money; return the paid intent. Raises RefusalError: a decline, which is
        stored."""
        intent["payment_method"] = attempt.method["id"]
        if attempt.decline:
            raise self._decline(db, intent, attempt, now=now)
        charge = _new_charge(intent, attempt.method, now=now)
        number = number_of(intent)
        charge["balance_transaction"] = balance.book(
            db, charge, "charge", amount=charge["amount"],
            fee=balance.charge_fee(charge["amount"]), now=now,
        )  # fmt: skip
        objects.add(db, charge, Kept(number=number, parent=intent["id"]), now=now)
        intent.update(
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            last_payment_error=None,
            next_action=None,
        )
        objects.save(db, intent)
        return intent

    def tell_charged(self, db: sqlite3.Connection, intent: Body, *, now: float) -> None:
        """Report a payment that was made, and dispute it if its card is one for that."""
        number = number_of(intent)
        charge = objects.get(db, "charge", intent["latest_charge"])
        self._events.tell(db, "payment_intent.succeeded", intent, number=number, now=now)
        self._events.tell(db, "charge.succeeded", charge, number=number, now=now)
        reason = objects.get(db, "payment_method", intent["payment_method"])["_dispute"]
        if reason:
            self._disputes.open(db, charge, reason, now=now)

    def _decline(
        self, db: sqlite3.Connection, intent: Body, attempt: Attempt, *, now: float
    ) -> RefusalError:
        wants_payer = attempt.decline == AUTHENTICATION
        code = AUTHENTICATION if wants_payer else "card_declined"
        intent.update(
            status="requires_payment_method",
            payment_method=None,
            last_payment_error={
                "type": "card_error",
                "code": code,
                "decline_code": attempt.decline,
                "message": "Your card was declined.",
            },
        )
        objects.save(db, intent)
        number = number_of(intent)
        self._events.tell(db, "payment_intent.payment_failed", intent, number=number, now=now)
        return declined(code, attempt.decline, objects.shown(intent))

    def confirm(self, db: sqlite3.Connection, id_: str, *, off_session: bool, now: float) -> Body:
        """Charge the intent's card. Raises RefusalError."""
        intent = objects.get(db, "payment_intent", id_)
        if intent["status"] != "requires_confirmation":
            raise _unexpected(intent, "confirm")
        method = objects.get(db, "payment_method", intent["payment_method"])
        if method["customer"] != intent["customer"]:
            raise parameter(
                "payment_method",
                "The provided PaymentMethod was detached from its Customer.",
                "payment_method_invalid",
            )
        attempt = Attempt(card_behind(method), method, off_session=off_session)
        paid = self.charge(db, intent, attempt, now=now)
        self.tell_charged(db, paid, now=now)
        return paid

    def cancel(self, db: sqlite3.Connection, id_: str, *, now: float) -> Body:
        """Cancel a payment that has not been made. Raises RefusalError."""
        intent = objects.get(db, "payment_intent", id_)
        if intent["status"] not in CANCELABLE:
            raise _unexpected(intent, "cancel")
        intent.update(status="canceled", canceled_at=int(now))
        objects.save(db, intent)
        self._events.tell(db, "payment_intent.canceled", intent, number=number_of(intent), now=now)
        return intent


def _unexpected(intent: Body, deed: str) -> RefusalError:
    return RefusalError(
        400,
        f"You cannot {deed} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=objects.shown(intent),
    )


def _new_charge(intent: Body, method: Body, *, now: float) -> Body:
    card = {name: method["card"][name] for name in ("brand", "country", "funding", "last4")}
    return {
        "id": new_id("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": True,
        "created": int(now),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_code": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": {"network_status": "approved_by_network", "type": "authorized"},
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": "card", "card": card},
        "refunded": False,
        "status": "succeeded",
    }
