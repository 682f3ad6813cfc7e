"""The wire: tokens, signatures, routes, and webhooks."""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Mapping

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.wholesale.airalo.catalogue import Catalogue
from limosa.simulators.wholesale.airalo.purchases import Purchases
from limosa.simulators.wholesale.airalo.queries import Queries
from limosa.simulators.wholesale.airalo.rows import async_content, members_of, succeeded
from limosa.simulators.wholesale.airalo.tables import (
    PAUSES,
    REFUSALS,
    TOKEN_SECONDS,
    code_of,
    sign,
    texts_to_sign,
)
from limosa.simulators.wholesale.callbacks import Answer, Callback, Message
from limosa.simulators.wholesale.esims import Bundle, Esim, esims_of_order
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError
from limosa.simulators.wholesale.plans import Plan, price_list
from limosa.simulators.wholesale.wire import Desk, Wire, Work, as_json, text_of

NAME = "airalo"


class Airalo(Wire):
    """Airalo, below /airalo/v2/."""

    name = NAME
    title = "Airalo"
    currency = "USD"
    pauses = PAUSES
    warn_levels = (75, 90)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._parts = (Catalogue(self), Purchases(self), Queries(self))

    def price_list(self) -> dict[str, Plan]:
        return price_list(code_of, uses=("new", "renewal"))

    @classmethod
    def settings(cls, base_url: str, account: Mapping[str, str]) -> dict[str, str]:
        return {
            "URL": f"{base_url}/airalo",
            "CLIENT_ID": account["client_id"],
            "CLIENT_SECRET": account["client_secret"],
        }

    def add_routes(self, routes: Routes, base: str) -> None:
        routes.add("POST", f"{base}/v2/token", self.call("token", self._token))
        for part in self._parts:
            for (method, path), (operation, work) in part.calls().items():
                handler = self._authorized(operation, work)
                routes.add(method, f"{base}/v2/{path}", handler)

    def _authorized(self, operation: str, work: Work) -> Handler:
        def checked(request: Request, words: dict[str, str]) -> Reply:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            with self.desk.store.transaction() as db:
                row = db.execute(
                    "SELECT expires_at FROM tokens WHERE token = ? AND wire = ?", (token, NAME)
                ).fetchone()
            is_valid = row is not None and row["expires_at"] > self.desk.clock()
            if kind.lower() != "bearer" or not is_valid:
                raise RefusedError(Reason.TOKEN_INVALID)
            if request.method == "POST":
                self._check_signature(request)
            return work(request, words)

        return self.call(operation, checked)

    def _check_signature(self, request: Request) -> None:
        """Refuse a wrong signature. There need be none."""
        given = request.headers.get("airalo-signature", "").lower()
        if not given:
            return
        secret = self.desk.account["client_secret"]
        own = [sign(secret, text) for text in texts_to_sign(members_of(request))]
        if not any(hmac.compare_digest(one, given) for one in own):
            raise RefusedError(Reason.SIGNATURE)

    def _token(self, request: Request, _words: dict[str, str]) -> Reply:
        members, account = members_of(request), self.desk.account
        self._check_signature(request)
        is_known = text_of(members, "client_id") == account["client_id"]
        given = text_of(members, "client_secret")
        if not hmac.compare_digest(given.encode(), account["client_secret"].encode()):
            is_known = False
        if not is_known or members.get("grant_type") != "client_credentials":
            raise RefusedError(Reason.TOKEN_INVALID)
        token = secrets.token_urlsafe(48)
        with self.desk.store.transaction() as db:
            expires_at = self.desk.clock() + TOKEN_SECONDS
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, NAME, expires_at))
        data = {"token_type": "Bearer", "expires_in": TOKEN_SECONDS, "access_token": token}
        return succeeded(data)

    def refusal(self, error: RefusedError) -> Reply:
        if error.reason is Reason.TOKEN_INVALID:
            meta = {"message": "This action is unauthorized."}
            return as_json({"data": [], "meta": meta}, status=401)
        if error.reason is Reason.BUSY:
            return as_json({"message": "Too Many Attempts."}, status=429)
        if error.reason in (Reason.ORDER, Reason.ESIM):
            meta = {"message": "The requested resource was not found."}
            return as_json({"data": [], "meta": meta}, status=404)
        if error.reason in REFUSALS:
            status, code, said = REFUSALS[error.reason]
            return as_json({"code": code, "reason": said}, status=status)
        data = {error.field or "body": f"The {error.field or 'body'} field is invalid."}
        meta = {"message": "the parameter is invalid"}
        return as_json({"data": data, "meta": meta}, status=422)

    def key_of_esim(self, esim: Esim, now: float) -> str:
        del now
        return str(11_000 + esim.id)

    def as_of(self, db: sqlite3.Connection, now: float) -> float:
        """How old its use is, it does not say: it is told as it is."""
        del db
        return now

    # Its webhooks.

    def message(self, callback: Callback) -> Message:
        content = callback.contents
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        # Both forms that its own clients verify occur.
        text = list(texts_to_sign(content))[callback.id % 2]
        headers = {
            "Content-Type": "application/json",
            "airalo-signature": sign(self.desk.account["client_secret"], text),
        }
        return Message(body, headers)

    def is_acknowledged(self, answer: Answer) -> bool:
        return answer.status == 200

    def on_delivered(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        if request_id := order.details.get("request_id"):
            content = async_content(self, order, esims_of_order(db, order.id), request_id)
            url = str(order.details.get("webhook_url") or "")
            self.tell(db, "async_orders", content, order_id=order.id, url=url)

    def on_failed(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        if request_id := order.details.get("request_id"):
            content = {"request_id": request_id, "data": [], "meta": {"message": "failed"}}
            url = str(order.details.get("webhook_url") or "")
            self.tell(db, "async_orders", content, order_id=order.id, url=url)

    def on_warning(
        self, db: sqlite3.Connection, esim: Esim, bundle: Bundle, percent: int, now: float
    ) -> None:
        del now
        plan = self.listed[bundle.plan]
        left = 100 - bundle.used * 100 // (bundle.volume or 1)
        content = {
            "level": f"{percent}%",
            "package_name": plan.name,
            "remaining_percentage": left,
            "iccid": esim.iccid,
        }
        self.tell(db, "low_data", content, order_id=bundle.order_id)
