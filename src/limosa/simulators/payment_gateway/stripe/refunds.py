"""Refunds: accepted at once, ended a moment later; one may fail even after it succeeded.

Source: docs.stripe.com/api/refunds, docs.stripe.com/refunds.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any

from limosa.simulators.payment_gateway.stripe import balance, objects
from limosa.simulators.payment_gateway.stripe.events import Events
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, new_id
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError, parameter
from limosa.simulators.payment_gateway.wire import Desk

COMES_BACK = "succeeded_then_failed"
OUTCOMES = ("succeeded", "failed", "canceled", COMES_BACK)
_GIVEN = {"pending", "succeeded"}


class Refunds:
    """Refunds payments, and notifies."""

    def __init__(self, desk: Desk, events: Events) -> None:
        self._desk, self._events = desk, events

    def request(self, db: sqlite3.Connection, wanted: Mapping[str, Any], *, now: float) -> Body:
        """Accept a full or partial refund of a payment. Raises RefusalError."""
        intent = objects.get(db, "payment_intent", str(wanted["payment_intent"]))
        if not intent["latest_charge"]:
            raise RefusalError(
                400,
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
            )
        charge = objects.get(db, "charge", intent["latest_charge"])
        amount = _checked_amount(charge, wanted.get("amount"))
        refund: Body = {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": int(now),
            "currency": charge["currency"],
            "destination_details": {"type": "card", "card": {"type": "refund"}},
            "failure_balance_transaction": None,
            "metadata": wanted.get("metadata") or {},
            "payment_intent": intent["id"],
            "reason": wanted.get("reason"),
            "status": "pending",
            "_outcome": self._desk.faults.take_refund_outcome() or OUTCOMES[0],
        }
        number = str(refund["metadata"].get("refund_number") or refund["id"])
        due_at = now + self._desk.refund_seconds
        objects.add(db, refund, Kept(number, intent["id"], due_at), now=now)
        _count(db, charge, amount)
        self._tell(db, "refund.created", refund, now=now)
        self._tell(db, "charge.refunded", charge, now=now)
        return refund

    def end(self, db: sqlite3.Connection, refund: Body, *, now: float) -> Body:
        """End a refund as planned, and notify; or bring its money back."""
        charge = objects.get(db, "charge", refund["charge"])
        if refund["_outcome"] == COMES_BACK:
            refund["status"], refund["_outcome"] = "succeeded", "failed"
            due_at: float | None = now + self._desk.refund_seconds
        else:
            was_given = refund["status"] == "succeeded"
            refund["status"], due_at = refund["_outcome"], None
            if was_given:
                refund["failure_balance_transaction"] = balance.book(
                    db, refund, "refund_failure", amount=refund["amount"], fee=0, now=now
                )
        if refund["status"] == "succeeded":
            refund["balance_transaction"] = balance.book(
                db, refund, "refund", amount=-refund["amount"], fee=0, now=now
            )
        else:
            refund["failure_reason"] = "expired_or_canceled_card"
            _count(db, charge, -refund["amount"])
        objects.save(db, refund, due_at=due_at)
        if refund["status"] == "failed":
            self._tell(db, "refund.failed", refund, now=now)
        self._tell(db, "refund.updated", refund, now=now)
        if refund["failure_balance_transaction"]:
            self._tell(db, "charge.refund.updated", refund, now=now)
        return refund

    def _tell(self, db: sqlite3.Connection, kind: str, subject: Body, *, now: float) -> None:
        number = str(subject["metadata"].get("payment_number") or subject["payment_intent"])
        self._events.tell(db, kind, subject, number=number, now=now)


def is_given(refund: Body) -> bool:
    """Return whether a refund's money is, or may soon be, with the payer."""
    return refund["status"] in _GIVEN


def _checked_amount(charge: Body, wanted: Any) -> int:
    if charge["disputed"] and not charge["_is_refundable"]:
        raise RefusalError(
            400, f"Charge {charge['id']} has been charged back.", code="charge_disputed"
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise RefusalError(
            400,
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
        )
    amount = left if wanted is None else wanted
    if not 1 <= amount <= left:
        raise parameter(
            "amount",
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            "amount_too_large",
        )
    return int(amount)


def _count(db: sqlite3.Connection, charge: Body, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    objects.save(db, charge)
