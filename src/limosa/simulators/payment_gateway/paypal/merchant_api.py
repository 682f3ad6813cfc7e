"""The merchant's calls: orders, payments, vault, reports.

Every call except the token's carries a token. If a fault was requested, the answer fails, before or
after the work was done. A call that repeats a PayPal-Request-Id within six hours is answered with
the current state of what the first one created, whatever it says now.
"""

import hashlib
import hmac
import json
import sqlite3
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.payment_gateway.faulty_replies import Style, with_reply_faults
from limosa.simulators.payment_gateway.paypal.events import Teller
from limosa.simulators.payment_gateway.paypal.merchant import CERTIFICATES_PATH, Merchant
from limosa.simulators.payment_gateway.paypal.orders import (
    Order,
    capture_order,
    find_order,
    find_token,
    place_order,
)
from limosa.simulators.payment_gateway.paypal.refunds import (
    OUTCOMES,
    find_refund,
    refunds_of,
    request_refund,
)
from limosa.simulators.payment_gateway.paypal.refusals import (
    PayPalRefusalError,
    not_found,
    parameter_refusal,
    server_error,
    unprocessable,
)
from limosa.simulators.payment_gateway.paypal.reports import search
from limosa.simulators.payment_gateway.wire import Desk, Json

REQUEST_ID_SECONDS = 6 * 3600
TOKEN_SECONDS = 9 * 3600
_REFUSED = "refused "
_JSON = {"Content-Type": "application/json;charset=UTF-8"}


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated call, inside the transaction of its work."""

    db: sqlite3.Connection
    request: Request
    words: dict[str, str]
    now: float

    @property
    def body(self) -> Json:
        """Return the JSON object in the body. Raises PayPalRefusalError."""
        try:
            value = json.loads(self.request.body or b"{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise PayPalRefusalError("INVALID_REQUEST", "MALFORMED_REQUEST_JSON")
        return value


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Json | None = None
    refusal: PayPalRefusalError | None = None  # returned although something was changed


Operation = Callable[[Call], Answer]


class MerchantApi:
    """Answers the merchant's calls."""

    def __init__(self, desk: Desk, merchant: Merchant, teller: Teller) -> None:
        self._desk, self._merchant, self._teller = desk, merchant, teller
        self._viewer = teller.viewer

    def add_to(self, routes: Routes) -> None:
        orders, payments = "/v2/checkout/orders", "/v2/payments"
        token = "/v3/vault/payment-tokens/{id}"  # noqa: S105  (a path)
        for method, path, name, work in (
            ("POST", orders, "create", self._create),
            ("GET", f"{orders}/{{id}}", "query", self._show_order),
            ("POST", f"{orders}/{{id}}/capture", "capture", self._capture),
            ("GET", f"{payments}/captures/{{id}}", "query", self._show_capture),
            ("POST", f"{payments}/captures/{{id}}/refund", "refund", self._refund),
            ("GET", f"{payments}/refunds/{{id}}", "query_refund", self._show_refund),
            ("GET", token, "saved_method", self._show_token),
            ("DELETE", token, "forget", self._delete_token),
            ("GET", "/v1/reporting/transactions", "settlement", self._search),
        ):
            handler = with_reply_faults(self._desk, name, self._framed(work), _STYLE)
            routes.add(method, path, handler)
        routes.add("POST", "/v1/oauth2/token", self._token)
        routes.add("GET", CERTIFICATES_PATH + "{name}", self._certificate)

    # The frame around every operation.

    def _framed(self, work: Operation) -> Callable[[Request, dict[str, str]], Reply]:
        def handle(request: Request, words: dict[str, str]) -> Reply:
            try:
                self._authenticate(request)
                now = self._desk.clock()
                with self._desk.store.transaction() as db:
                    answer = work(Call(db, request, words, now))
            except PayPalRefusalError as refusal:
                return refusal.reply()
            self._desk.wake()
            if answer.refusal is not None:
                return answer.refusal.reply()
            body = b"" if answer.body is None else json.dumps(answer.body).encode()
            return Reply(answer.status, body, _JSON if body else {})

        return handle

    def _authenticate(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        until = token.partition(".")[0]
        is_ours = hmac.compare_digest(token.encode(), self._sign(until).encode())
        if not is_ours or float(until) < self._desk.clock():
            raise PayPalRefusalError("AUTHENTICATION_FAILURE", "INVALID_TOKEN")

    def _sign(self, until: str) -> str:
        secret = self._merchant.client_secret.encode()
        return f"{until}.{hmac.new(secret, until.encode(), hashlib.sha256).hexdigest()}"

    def _token(self, request: Request, _words: dict[str, str]) -> Reply:
        pair = f"{self._merchant.client_id}:{self._merchant.client_secret}"
        expected = "Basic " + b64encode(pair.encode()).decode()
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            error = {"error": "invalid_client", "error_description": "Client Authentication failed"}
            return Reply(401, json.dumps(error).encode(), _JSON)
        until = str(int(self._desk.clock()) + TOKEN_SECONDS)
        body = {
            "access_token": self._sign(until),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "app_id": "APP-80W284485P519543T",
            "scope": "https://uri.paypal.com/services/payments/payment/authcapture",
        }
        return Reply(200, json.dumps(body).encode(), _JSON)

    def _certificate(self, _request: Request, words: dict[str, str]) -> Reply:
        if words["name"] != self._merchant.certificate_id:
            return not_found().reply()
        return Reply(200, self._merchant.certificate_chain, {"Content-Type": "text/plain"})

    # Calls that are idempotent by their request id.

    def _made_before(self, call: Call, name: str) -> str:
        """Return what the request id has created; empty if it is new, or too old."""
        row = call.db.execute(
            "SELECT resource_id FROM paypal_requests WHERE id = ? AND made_at > ?",
            (f"{name} {_request_id(call)}", call.now - REQUEST_ID_SECONDS),
        ).fetchone()
        return str(row["resource_id"]) if row and _request_id(call) else ""

    def _keep_made(self, call: Call, name: str, resource_id: str) -> None:
        call.db.execute(
            "INSERT OR REPLACE INTO paypal_requests VALUES (?, ?, ?)",
            (f"{name} {_request_id(call)}", resource_id, call.now),
        )

    # The operations.

    def _create(self, call: Call) -> Answer:
        if made := self._made_before(call, "create"):
            return Answer(200, self._order_view(call, self._order(call, made)))
        if "payment_source" in call.body and not _request_id(call):
            raise parameter_refusal("PayPal-Request-Id", "PAYPAL_REQUEST_ID_REQUIRED", "")
        order = place_order(call.db, call.body, now=call.now)
        self._keep_made(call, "create", order.id)
        self._desk.note(call.db, call.now, "order", order.invoice_id, id=order.id)
        return Answer(201, self._order_view(call, order))

    def _show_order(self, call: Call) -> Answer:
        order = self._order(call, call.words["id"])
        return Answer(200, self._viewer.order(order, refunds_of(call.db, order.id)))

    def _capture(self, call: Call) -> Answer:
        before = self._order(call, call.words["id"])
        made = self._made_before(call, "capture")
        if made.startswith(_REFUSED):
            raise unprocessable(made.removeprefix(_REFUSED))
        if made:
            return Answer(200, self._order_view(call, before))
        order, refusal = capture_order(call.db, before, call.body, now=call.now)
        if refusal is not None:
            # A decline is stored too: the same id never takes the money afterwards.
            if refusal.issue == "INSTRUMENT_DECLINED":
                self._keep_made(call, "capture", _REFUSED + refusal.issue)
            return Answer(422, refusal=refusal)
        self._keep_made(call, "capture", order.id)
        self._teller.captured(call.db, order, now=call.now)
        return Answer(201, self._order_view(call, order))

    def _show_capture(self, call: Call) -> Answer:
        order = self._captured(call)
        return Answer(200, self._viewer.capture(order, refunds_of(call.db, order.id)))

    def _refund(self, call: Call) -> Answer:
        order = self._captured(call)
        if made := self._made_before(call, "refund"):
            known = find_refund(call.db, made)
            return Answer(200, self._viewer.refund(known, order) if known else None)
        outcome = self._desk.faults.take_refund_outcome() or OUTCOMES[0]
        ends = (outcome, call.now + self._desk.refund_seconds)
        refund = request_refund(call.db, order, call.body, ends=ends, now=call.now)
        self._keep_made(call, "refund", refund.id)
        self._teller.refunded(call.db, refund, order, now=call.now)
        return Answer(201, self._viewer.refund(refund, order))

    def _show_refund(self, call: Call) -> Answer:
        refund = find_refund(call.db, call.words["id"])
        order = None if refund is None else find_order(call.db, refund.order_id)
        if refund is None or order is None:
            raise not_found()
        return Answer(200, self._viewer.refund(refund, order))

    def _show_token(self, call: Call) -> Answer:
        token = find_token(call.db, call.words["id"])
        if token is None:
            raise not_found()
        wallet = {"email_address": token.email, "usage_type": "MERCHANT"}
        customer = {"id": token.customer}
        view: Json = {"id": token.id, "customer": customer, "payment_source": {"paypal": wallet}}
        return Answer(200, view)

    def _delete_token(self, call: Call) -> Answer:
        token = find_token(call.db, call.words["id"])
        if token is None:
            raise not_found()
        call.db.execute("DELETE FROM paypal_tokens WHERE id = ?", (token.id,))
        self._desk.note(call.db, call.now, "token_deleted", token.customer, id=token.id)
        return Answer(204)

    def _search(self, call: Call) -> Answer:
        return Answer(200, search(call.db, call.request.query, self._merchant, now=call.now))

    def _order(self, call: Call, order_id: str) -> Order:
        order = find_order(call.db, order_id)
        if order is None or order.id != order_id:
            raise not_found()
        return order

    def _captured(self, call: Call) -> Order:
        row = call.db.execute(
            "SELECT id FROM paypal_orders WHERE capture_id = ?", (call.words["id"],)
        ).fetchone()
        if row is None:
            raise not_found()
        return self._order(call, row["id"])

    def _order_view(self, call: Call, order: Order) -> Json:
        view = self._viewer.order(order, refunds_of(call.db, order.id))
        if "representation" in call.request.headers.get("prefer", ""):
            return view
        return {name: view[name] for name in ("id", "status", "links")}


def _request_id(call: Call) -> str:
    return call.request.headers.get("paypal-request-id", "")


_STYLE = Style(server_error=server_error, finish=lambda reply, _kind: reply)
