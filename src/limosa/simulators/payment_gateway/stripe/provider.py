"""Stripe as a wire of the gateway."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date

from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway.control_calls import (
    Members,
    optional_whole,
    posted,
    text,
)
from limosa.simulators.payment_gateway.notifications import Notification
from limosa.simulators.payment_gateway.stripe import balance, objects
from limosa.simulators.payment_gateway.stripe.account import open_account
from limosa.simulators.payment_gateway.stripe.api import Api
from limosa.simulators.payment_gateway.stripe.cards import USUAL, card_of
from limosa.simulators.payment_gateway.stripe.checkout import SESSION, Sessions
from limosa.simulators.payment_gateway.stripe.disputes import Disputes
from limosa.simulators.payment_gateway.stripe.events import CORRUPTIONS, RETRY_SECONDS, Events
from limosa.simulators.payment_gateway.stripe.intents import Intents
from limosa.simulators.payment_gateway.stripe.merchant_api import MerchantApi
from limosa.simulators.payment_gateway.stripe.objects import Body
from limosa.simulators.payment_gateway.stripe.pay_pages import PayPages
from limosa.simulators.payment_gateway.stripe.refunds import OUTCOMES, Refunds
from limosa.simulators.payment_gateway.stripe.refusals import RefusalError
from limosa.simulators.payment_gateway.wire import (
    Books,
    Desk,
    Entry,
    Json,
    NotPayableError,
    Outgoing,
    Payment,
    Recent,
    SettlementFile,
)

NAME = "stripe"
_PAID_BACK = {"needs_response", "under_review", "lost"}


class Stripe:
    """See `wire.Wire`. Parameters of `pay`: `card`, the number of a test card; the payer always
    confirms to the bank. Parameters of `dispute`: `reason`, which may be `inquiry`; `amount`,
    `currency`: what the bank takes, if it differs from what is left of the charge."""

    name = NAME
    title = "银行卡 · Stripe"
    delays: Sequence[float] = RETRY_SECONDS
    answer_seconds_max = 10.0
    operations: Sequence[str] = (
        "create", "query", "close", "capture", "refund", "query_refund", "query_dispute",
        "customer", "forget", "settlement",
    )  # fmt: skip
    reply_faults: Sequence[str] = ()
    corruptions: Sequence[str] = CORRUPTIONS
    refund_outcomes: Sequence[str] = OUTCOMES
    has_webhook = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.account = open_account(desk.folder, base_url=desk.base_url)
        self.settings: Mapping[str, str] = self.account.settings
        self._events = Events(desk, self.account)
        self._disputes = Disputes(self._events)
        self._intents = Intents(self._events, self._disputes)
        self._sessions = Sessions(desk, self._events, self._intents)
        self._refunds = Refunds(desk, self._events)

    def add_routes(self, routes: Routes) -> None:
        calls = MerchantApi(self._sessions, self._intents, self._refunds)
        calls.add_to(routes, Api(self._desk, self.account))
        PayPages(self._desk, pay=self.pay).add_to(routes)
        routes.add("POST", f"/control/{NAME}/refund-by-hand", posted(self._refund_by_hand))

    def _refund_by_hand(self, members: Members) -> Json:
        """{"number": "…", "amount"?: in Stripe's units}: as from the Dashboard, unannounced."""
        desk, now = self._desk, self._desk.clock()
        amount = optional_whole(members, "amount")
        with desk.store.transaction() as db:
            intent = objects.of_number(db, "payment_intent", text(members, "number"))
            if intent is None:
                raise LookupError("there is no such payment")
            wanted = {"payment_intent": intent["id"], "amount": amount}
            refund = self._refunds.request(db, wanted, now=now)
        desk.wake()
        return objects.shown(refund)

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        return self._events.outgoing(notification, corruption, now=now)

    def is_acknowledged(self, status: int, body: bytes) -> bool:  # noqa: ARG002  (the status does)
        return 200 <= status < 300

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """End the refunds and expire the sessions that are due."""
        for body in objects.due(db, now=now):
            if body["object"] == SESSION:
                self._sessions.expire(db, body, now=now)
            else:
                refund = self._refunds.end(db, body, now=now)
                self._desk.note(db, now, "refund", refund["id"], state=refund["status"])
        return objects.next_due_at(db)

    def pay(self, number: str, payment: Payment) -> Json:
        """A declined card is not payable either (its cause: a RefusalError); it is reported to the
        merchant all the same."""
        desk, now = self._desk, self._desk.clock()
        card = card_of(str(payment.words.get("card", USUAL)))
        if card is None:
            raise ValueError("card: not the number of a test card")
        refusal: RefusalError | None = None
        with desk.store.transaction() as db:
            session = objects.of_number(db, SESSION, number)
            if session is None:
                raise NotPayableError("there is no such session")
            try:
                session = self._sessions.pay(db, session, payment, card, now=now)
            except RefusalError as raised:
                refusal = raised
            desk.note(
                db, now, "payment", number, payment_intent=session["payment_intent"],
                status=session["status"], amount=session["amount_total"],
            )  # fmt: skip
        desk.wake()
        if refusal is not None:
            raise NotPayableError(str(refusal)) from refusal
        return objects.shown(session)

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        """Return the session, or the payment by a saved card."""
        found = objects.of_number(db, SESSION, number)
        if found is not None:
            return objects.shown(found) | {"pay_url": found["url"]}
        intent = objects.of_number(db, "payment_intent", number)
        if intent is None:
            raise LookupError("there is no such payment")
        return objects.shown(intent) | {"pay_url": ""}

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:
        desk, now = self._desk, self._desk.clock()
        reason = str(words.get("reason", "fraudulent"))
        amount, currency = optional_whole(dict(words), "amount"), words.get("currency")
        with desk.store.transaction() as db:
            charge = objects.of_number(db, "charge", number)
            if charge is None:
                raise LookupError("there is no such payment")
            held = (amount or charge["amount"], str(currency or charge["currency"]).lower())
            is_other = amount is not None or currency is not None
            dispute = self._disputes.open(
                db, charge, reason, now=now, held=held if is_other else None
            )
            desk.note(db, now, "dispute", number, id=dispute["id"], reason=reason)
        desk.wake()
        return objects.shown(dispute)

    def end_dispute(self, number: str, outcome: str) -> Json:
        desk, now = self._desk, self._desk.clock()
        with desk.store.transaction() as db:
            dispute = objects.of_number(db, "dispute", number)
            if dispute is None:
                raise LookupError("there is no such dispute")
            ended = self._disputes.end(db, dispute, outcome, now=now)
            desk.note(db, now, "dispute", number, id=ended["id"], state=ended["status"])
        desk.wake()
        return objects.shown(ended)

    def books(self, db: sqlite3.Connection) -> Books:
        payments = objects.all_of(db, "charge")
        refunds = [one for one in objects.all_of(db, "refund") if one["status"] == "succeeded"]
        disputes = [one for one in objects.all_of(db, "dispute") if one["status"] in _PAID_BACK]
        numbers = {one["payment_intent"]: one["_number"] for one in payments}
        return Books(
            [_entry(one, one["payment_intent"], one["_number"]) for one in payments],
            [_entry(one, one["id"], numbers[one["payment_intent"]]) for one in refunds],
            [_entry(one, one["id"], numbers[one["payment_intent"]]) for one in disputes],
        )

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        """Return the balance transactions of a UTC day, as JSON lines."""
        lines = [json.dumps(objects.shown(one)) + "\n" for one in balance.of_day(db, day)]
        name = f"{self.account.id}-{day.isoformat()}.jsonl"
        return SettlementFile(name, "application/jsonl", "".join(lines).encode())

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        return [
            Recent(
                number=str(one["client_reference_id"] or one["id"]),
                description=one["_description"],
                amount_minor=one["amount_total"],
                currency=one["currency"].upper(),
                state=one["status"],
                created_at=float(one["created"]),
                path=f"/stripe/checkout/{one['id']}",
            )
            for one in objects.latest(db, SESSION, count=count)
        ]


def _entry(body: Body, provider_id: str, payment_number: str) -> Entry:
    return Entry(
        number=body["_number"],
        provider_id=provider_id,
        payment_number=payment_number,
        amount_minor=body["amount"],
        currency=body["currency"].upper(),
        at=body["_at"],
    )
