"""Disputes: the payer's bank takes the money back, and somebody decides.

Source: docs.stripe.com/api/disputes, docs.stripe.com/disputes/how-disputes-work.
"""

import sqlite3

from limosa.simulators.payment_gateway.stripe import balance, objects
from limosa.simulators.payment_gateway.stripe.events import Events
from limosa.simulators.payment_gateway.stripe.objects import Body, Kept, new_id

INQUIRY = "inquiry"  # The bank only asks; no money moves.
OUTCOMES = ("won", "lost")
_ENDED = {"won", "lost", "warning_closed"}


class Disputes:
    """Opens and decides disputes, and notifies."""

    def __init__(self, events: Events) -> None:
        self._events = events

    def open(
        self,
        db: sqlite3.Connection,
        charge: Body,
        reason: str,
        *,
        now: float,
        held: tuple[int, str] | None = None,
    ) -> Body:
        """Take a charge's money back. Raises ValueError if it is already disputed.

        `held`: an amount and a currency, if they differ from what is left of the charge. "Usually
        the amount of the charge, but it can differ, usually because of currency fluctuation."
        """
        if charge["disputed"]:
            raise ValueError("the payment is disputed already")
        is_inquiry = reason == INQUIRY
        dispute: Body = {
            "id": new_id("du"),
            "object": "dispute",
            "amount": held[0] if held else charge["amount"] - charge["amount_refunded"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": int(now),
            "currency": held[1] if held else charge["currency"],
            "evidence_details": {"due_by": int(now) + 7 * 86_400, "has_evidence": False},
            "is_charge_refundable": is_inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": "general" if is_inquiry else reason,
            "status": "warning_needs_response" if is_inquiry else "needs_response",
        }
        number = _number_of(charge)
        charge.update(disputed=True, _is_refundable=is_inquiry)
        objects.save(db, charge)
        objects.add(db, dispute, Kept(number=number, parent=charge["payment_intent"]), now=now)
        if not is_inquiry:
            self._move(db, dispute, "dispute", now=now)
        self._events.tell(db, "charge.dispute.created", dispute, number=number, now=now)
        if not is_inquiry:
            self._events.tell(db, "charge.dispute.funds_withdrawn", dispute, number=number, now=now)
        return dispute

    def end(self, db: sqlite3.Connection, dispute: Body, outcome: str, *, now: float) -> Body:
        """Decide a dispute. Raises ValueError if it is decided, or for another outcome."""
        if outcome not in OUTCOMES:
            raise ValueError(f"outcome: one of {', '.join(OUTCOMES)}")
        if dispute["status"] in _ENDED:
            raise ValueError("the dispute is decided already")
        is_inquiry = dispute["status"].startswith("warning_")
        charge = objects.get(db, "charge", dispute["charge"])
        number = _number_of(charge)
        dispute["status"] = "warning_closed" if is_inquiry else outcome
        if outcome == "won" and not is_inquiry:
            self._move(db, dispute, "dispute_reversal", now=now)
        objects.save(db, dispute)
        self._events.tell(db, "charge.dispute.closed", dispute, number=number, now=now)
        if outcome == "won" and not is_inquiry:
            self._events.tell(
                db, "charge.dispute.funds_reinstated", dispute, number=number, now=now
            )
        return dispute

    def _move(self, db: sqlite3.Connection, dispute: Body, category: str, *, now: float) -> None:
        """Take the money, with a fee, or return it; the fee is not returned."""
        is_taken = category == "dispute"
        line = balance.book(
            db,
            dispute,
            category,
            amount=-dispute["amount"] if is_taken else dispute["amount"],
            fee=balance.DISPUTE_FEE if is_taken else 0,
            now=now,
        )
        lines = [*dispute["balance_transactions"], line]
        dispute["balance_transactions"] = lines
        objects.save(db, dispute)


def _number_of(charge: Body) -> str:
    return str(charge["metadata"].get("payment_number") or charge["payment_intent"])
