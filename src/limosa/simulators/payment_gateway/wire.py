"""What a payment provider of the gateway (a "wire") is given, and what it must do.

A wire is a folder: `wechatpay/`, `stripe/`, … Its `__init__.py` exports KIND, which is listed in
`gateway.py`. Everything that a merchant or a payer sees of the provider is the wire's own: API,
signatures, pages, file of settlement. What all have alike is shared: the memory, the clock, the
queue of notifications, the faults, the control calls. A wire imports nothing of another wire.

The merchant's *number* is the number that the merchant gave the payment (`out_trade_no`,
`client_reference_id`, `invoice_id`): all control calls go by it, and all wires speak of amounts in
minor units there, whatever is written on the wire itself.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from limosa.simulators.clock import Clock
from limosa.simulators.loopback_http import Routes
from limosa.simulators.payment_gateway import store as memory
from limosa.simulators.payment_gateway.faults import FaultPlan
from limosa.simulators.payment_gateway.notifications import (
    Event,
    Notification,
    insert_notification,
    make_notification,
)
from limosa.simulators.payment_gateway.store import Store

Json = dict[str, object]

# Every wire can spoil its notifications in these ways, and may know more.
CORRUPTIONS = ("signature", "body", "amount", "currency", "merchant", "unknown_order")


class NotPayableError(Exception):
    """The payment cannot be made: it is paid, closed, or too old. The text says which."""


class NotOfferedError(Exception):
    """The provider has no such thing; the text says so."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the gateway gives a wire to work with.

    folder: the wire's own, for keys and numbers. base_url: where the gateway is reached.
    faults: of this wire alone. refund_seconds: how long a refund takes.
    wake: have the notifier look at the queue and at `pass_time` now; call it after a transaction
    that changed either. keep_silent: wait so long, or until the server is to stop.
    """

    wire: str
    folder: Path
    base_url: str
    clock: Clock
    store: Store
    faults: FaultPlan
    refund_seconds: float
    wake: Callable[[], None]
    keep_silent: Callable[[float], object]

    def notify(self, db: sqlite3.Connection, event: Event, *, now: float) -> Notification | None:
        """Queue the notification of an event, in the transaction in which the event happens.

        It gets the next fault of the plan. None when there is no address to send it to.
        """
        if not event.url:
            return None
        fault = self.faults.take_notification_fault()
        notification = make_notification(self.wire, event, fault, now=now)
        insert_notification(db, notification)
        return notification

    def note(
        self, db: sqlite3.Connection, now: float, what: str, subject: str, **detail: object
    ) -> None:
        """Write a line into the record of what happened."""
        memory.note(db, now, memory.Happening(self.wire, what, subject), **detail)

    def webhook_url(self, db: sqlite3.Connection) -> str:
        """Return the address that the merchant has set for all notifications; empty if none."""
        return memory.webhook_of(db, self.wire)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notification as it leaves: signed as of the moment of sending. It goes out by POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Payment:
    """What the payer does; by default, pay what is asked. The rest happens rarely, but happens.

    total: minor units. words: what only one wire knows, such as `"card": "declined"`.
    """

    total: int | None = None
    currency: str | None = None
    even_if_closed: bool = False
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the provider's books: money taken, paid back, or taken back by a dispute.

    number: the merchant's, of the payment or the refund; `provider_id`: the provider's.
    payment_number: the merchant's, of the payment that a refund or a dispute belongs to.
    """

    number: str
    provider_id: str
    payment_number: str
    amount_minor: int
    currency: str
    at: float


@dataclass(frozen=True, slots=True)
class Books:
    """Payments taken, refunds that have succeeded, and disputed money that the provider holds
    or has given back to the payer (a dispute that was won is not among them)."""

    payments: Sequence[Entry]
    refunds: Sequence[Entry]
    disputes: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class SettlementFile:
    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Recent:
    """A payment for the gateway's first page. `state` is in words, `path` leads to its page."""

    number: str
    description: str
    amount_minor: int
    currency: str
    state: str
    created_at: float
    path: str = ""


class Wire(Protocol):
    """A payment provider. Methods that take `db` are called inside a transaction.

    title: for people, in two languages: "微信支付 · WeChat Pay".
    settings: the LIMOSA_… variables by which the product reaches this account.
    delays: seconds between one attempt of a notification and the next, as documented.
    answer_seconds_max: how long the merchant may take to acknowledge.
    operations: the calls that reply faults can be aimed at; the same words on all wires where
    they fit: create, query, close, refund, query_refund.
    reply_faults: those it knows beyond the shared ones (`faults.ReplyFaultKind`).
    corruptions: those of CORRUPTIONS, and its own.
    refund_outcomes: how a refund may end, in the provider's words; the first is how it ends.
    has_webhook: it notifies one address of the account (`Desk.webhook_url`), not one per order.
    """

    name: str
    title: str
    settings: Mapping[str, str]
    delays: Sequence[float]
    answer_seconds_max: float
    operations: Sequence[str]
    reply_faults: Sequence[str]
    corruptions: Sequence[str]
    refund_outcomes: Sequence[str]
    has_webhook: bool

    def add_routes(self, routes: Routes) -> None:
        """Add its API and the pages on which the payer pays, those under `/{name}/`."""

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        """Seal and sign the notification as of now; spoilt where a corruption is asked for."""

    def is_acknowledged(self, status: int, body: bytes) -> bool:
        """Tell whether the merchant's answer ends the attempts."""

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """Do what time alone does (settle refunds, …); returns when there is more to do."""

    def pay(self, number: str, payment: Payment) -> Json:
        """Pay as the payer would; returns the payment as `order` shows it.

        `number` is the merchant's, or the id that the provider gave it. Takes its own transaction:
        payment and notification are in it together.
        Raises NotPayableError, also for an unknown number; nothing changed.
        """

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        """Show a payment as the provider would, with `pay_url` where the payer pays.

        Raises LookupError when there is none.
        """

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:
        """Have the payer dispute a payment. Raises NotOfferedError, LookupError, ValueError."""

    def end_dispute(self, number: str, outcome: str) -> Json:
        """Decide the dispute about a payment. Raises NotOfferedError, LookupError, ValueError."""

    def books(self, db: sqlite3.Connection) -> Books:
        """Return all that the provider has taken and paid back, oldest first."""

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        """Return the provider's own file for a day (its own day), in its own format."""

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        """Return the last payments that were asked for, newest first."""


class WithoutDisputes:
    """The part of a wire whose payers cannot dispute a payment."""

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:  # noqa: ARG002
        raise NotOfferedError(f"has none: payments such as {number} cannot be disputed")

    def end_dispute(self, number: str, outcome: str) -> Json:  # noqa: ARG002
        raise NotOfferedError(f"has none: payments such as {number} cannot be disputed")


@dataclass(frozen=True, slots=True)
class WireKind:
    """A wire before there is a gateway.

    schema: its tables, each named `{name}_…`; statements that may be run again and again.
    prepare: make the account in a folder if it is not there (`(folder, base_url)`); returns the
    settings. open: make the wire; the account is made too when it is not there.
    """

    name: str
    schema: str
    prepare: Callable[[Path, str], Mapping[str, str]]
    open: Callable[[Desk], Wire]
