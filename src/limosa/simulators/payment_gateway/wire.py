"""What a payment provider of the gateway (a "wire") receives, and what it must implement.

A wire is a folder: `wechatpay/`, `stripe/`, … Its `__init__.py` exports KIND, which is listed in
`gateway.py`. Everything that a merchant or a payer sees of the provider belongs to the wire: API,
signatures, pages, settlement file. What all have in common is shared: the store, the clock, the
queue of notifications, the faults, the control calls. A wire imports nothing from another wire.

The merchant's *number* is the number that the merchant gave the payment (`out_trade_no`,
`client_reference_id`, `invoice_id`): all control calls use it, and their amounts are in minor
units, whatever the wire itself uses.
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

# Every wire can corrupt its notifications in these ways, and may support more.
CORRUPTIONS = ("signature", "body", "amount", "currency", "merchant", "unknown_order")


class NotPayableError(Exception):
    """The payment can't be made: it is paid, closed, or too old. The text says which."""


class NotOfferedError(Exception):
    """The provider does not support this; the text says so."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the gateway provides to a wire.

    folder: the wire's own, for keys and numbers. base_url: where the gateway is reached.
    faults: of this wire alone. refund_seconds: how long a refund takes.
    wake: makes the notifier check the queue and `pass_time` now; call it after a transaction that
    changed either. keep_silent: waits so long, or until the server is to stop.
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
        """Queue an event's notification, in the transaction in which the event happens.

        It gets the next planned fault. None if there is no URL to send it to.
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
        """Append a line to the event log."""
        memory.note(db, now, memory.Happening(self.wire, what, subject), **detail)

    def webhook_url(self, db: sqlite3.Connection) -> str:
        """Return the merchant's webhook URL for all notifications; empty if none was set."""
        return memory.webhook_of(db, self.wire)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notification as sent: signed at the moment of sending. It is sent by POST."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Payment:
    """What the payer does; by default, pay the requested amount. The rest is rare, but happens.

    total: minor units. words: parameters known to only one wire, such as `"card": "declined"`.
    """

    total: int | None = None
    currency: str | None = None
    even_if_closed: bool = False
    words: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in the provider's books: money taken, refunded, or taken back by a dispute.

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
    """Payments taken, successful refunds, and disputed money that the provider withholds or has
    returned to the payer (disputes that were won are not included)."""

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
    """A payment on the gateway's home page. `state` is in words, `path` leads to its page."""

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
    delays: seconds between attempts at a notification, as documented.
    answer_seconds_max: how long the merchant may take to acknowledge.
    operations: the calls that reply faults can apply to; the same names on all wires where they
    fit: create, query, close, refund, query_refund.
    reply_faults: those it supports beyond the shared ones (`faults.ReplyFaultKind`).
    corruptions: those of CORRUPTIONS, and its own.
    refund_outcomes: how a refund may end, in the provider's terms; the first is the default.
    has_webhook: it notifies one URL per account (`Desk.webhook_url`), not one per order.
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
        """Add its API and its payment pages, the latter under `/{name}/`."""

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        """Encrypt and sign the notification as of now; corrupted if requested."""

    def is_acknowledged(self, status: int, body: bytes) -> bool:
        """Return whether the merchant's answer ends the attempts."""

    def pass_time(self, db: sqlite3.Connection, *, now: float) -> float | None:
        """Do what the passing of time causes (settle refunds, …); return when there is more to
        do."""

    def pay(self, number: str, payment: Payment) -> Json:
        """Pay as the payer would; return the payment as `order` shows it.

        `number` is the merchant's, or the id that the provider gave it. Opens its own transaction,
        which contains both payment and notification. Raises NotPayableError, also for an unknown
        number; nothing changed.
        """

    def order(self, db: sqlite3.Connection, number: str) -> Json:
        """Return a payment as the provider shows it, with the `pay_url` where the payer pays.

        Raises LookupError if there is none.
        """

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:
        """Have the payer dispute a payment. Raises NotOfferedError, LookupError, ValueError."""

    def end_dispute(self, number: str, outcome: str) -> Json:
        """Decide a payment's dispute. Raises NotOfferedError, LookupError, ValueError."""

    def books(self, db: sqlite3.Connection) -> Books:
        """Return everything that the provider has taken and refunded, oldest first."""

    def settlement(self, db: sqlite3.Connection, day: date) -> SettlementFile:
        """Return the provider's own file for one of its own days, in its own format."""

    def recent(self, db: sqlite3.Connection, *, count: int) -> Sequence[Recent]:
        """Return the latest payments requested, newest first."""


class WithoutDisputes:
    """For a wire whose payers can't dispute a payment."""

    def dispute(self, number: str, words: Mapping[str, object]) -> Json:  # noqa: ARG002
        raise NotOfferedError(f"has none: payments such as {number} cannot be disputed")

    def end_dispute(self, number: str, outcome: str) -> Json:  # noqa: ARG002
        raise NotOfferedError(f"has none: payments such as {number} cannot be disputed")


@dataclass(frozen=True, slots=True)
class WireKind:
    """A wire before the gateway exists.

    schema: its tables, each named `{name}_…`, as statements that may be run repeatedly. prepare:
    creates the account in a folder if it does not exist (`(folder, base_url)`), and returns the
    settings. open: creates the wire, and the account too if it does not exist.
    """

    name: str
    schema: str
    prepare: Callable[[Path, str], Mapping[str, str]]
    open: Callable[[Desk], Wire]
