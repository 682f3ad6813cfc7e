"""Events: the content and the signature of the webhook's notifications.

Source: docs.stripe.com/api/events, docs.stripe.com/webhooks.
"""

import hmac
import json
import secrets
import sqlite3
from enum import StrEnum
from hashlib import sha256

from limosa.simulators.payment_gateway.notifications import Event, Notification
from limosa.simulators.payment_gateway.stripe.account import Account
from limosa.simulators.payment_gateway.stripe.objects import Body, new_id, shown
from limosa.simulators.payment_gateway.wire import Desk, Outgoing

API_VERSION = "2026-10-28.endive"
# "Up to three days with an exponential back off"; the steps are not documented, only observed.
RETRY_SECONDS = (300, 1800, 7200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200)
_TEN_DAYS = 10 * 86_400


class Corruption(StrEnum):
    """What is wrong with an event. From AMOUNT on they are properly signed."""

    SIGNATURE = "signature"  # with another secret
    BODY = "body"  # altered after it was signed
    TIMESTAMP_STALE = "timestamp_stale"  # ten days ago, properly signed
    TIMESTAMP_FUTURE = "timestamp_future"  # in ten days, properly signed
    SCHEME = "scheme"  # signed only by v0, the scheme of test events
    AMOUNT = "amount"
    CURRENCY = "currency"
    MERCHANT = "merchant"  # of a connected account
    UNKNOWN_ORDER = "unknown_order"
    LIVEMODE = "livemode"  # of the other mode


CORRUPTIONS = tuple(str(one) for one in Corruption)
_SHIFTS: dict[str, int] = {
    Corruption.TIMESTAMP_STALE: -_TEN_DAYS,
    Corruption.TIMESTAMP_FUTURE: _TEN_DAYS,
}


class Events:
    """Queues events for the account's webhook."""

    def __init__(self, desk: Desk, account: Account) -> None:
        self._desk, self._account = desk, account

    def tell(
        self, db: sqlite3.Connection, kind: str, subject: Body, *, number: str, now: float
    ) -> None:
        """Queue an event; `number` is the merchant's, of the payment concerned."""
        id_ = new_id("evt")
        content: Body = {
            "id": id_,
            "object": "event",
            "api_version": API_VERSION,
            "created": int(now),
            "data": {"object": shown(subject)},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        event = Event(number, kind, self._desk.webhook_url(db), content, id=id_)
        self._desk.notify(db, event, now=now)

    def outgoing(
        self, notification: Notification, corruption: str | None, *, now: float
    ) -> Outgoing:
        """Sign the event as of now; corrupted if requested."""
        event = _altered(json.loads(notification.content), corruption)
        body = json.dumps(event, ensure_ascii=False, indent=2).encode()
        moment = int(now) + _SHIFTS.get(corruption or "", 0)
        secret = self._account.webhook_secret
        if corruption == Corruption.SIGNATURE:
            secret = "whsec_" + secrets.token_hex(16)
        signed = signature(secret, body, moment)
        scheme = "v0" if corruption == Corruption.SCHEME else "v1"
        if corruption == Corruption.BODY:
            body += b" "
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": f"t={moment},{scheme}={signed}",
        }
        return Outgoing(notification.url, headers, body)


def signature(secret: str, body: bytes, moment: int) -> str:
    """Return the signature of a body as of a moment."""
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()


def _altered(event: Body, corruption: str | None) -> Body:
    subject = event["data"]["object"]
    if corruption == Corruption.AMOUNT:
        names = {"amount", "amount_total", "amount_received"} & set(subject)
        subject.update(dict.fromkeys(names, 1))
    elif corruption == Corruption.CURRENCY:
        subject["currency"] = "jpy"
    elif corruption == Corruption.MERCHANT:
        event["account"] = "acct_1" + secrets.token_hex(8)
    elif corruption == Corruption.LIVEMODE:
        event["livemode"] = True
    elif corruption == Corruption.UNKNOWN_ORDER:
        number = "UNKNOWN-" + secrets.token_hex(8)
        if "client_reference_id" in subject:
            subject["client_reference_id"] = number
        subject["metadata"] = {**(subject.get("metadata") or {}), "payment_number": number}
    return event
