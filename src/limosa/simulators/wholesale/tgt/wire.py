"""The wire: tokens, routes, and callbacks."""

import hmac
import json
import secrets
import sqlite3
from collections.abc import Mapping

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.wholesale.bundles import bundle_of_order
from limosa.simulators.wholesale.callbacks import Answer, Callback, Message
from limosa.simulators.wholesale.esims import Esim, esim_of, esims_of_order
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError
from limosa.simulators.wholesale.plans import Plan, price_list
from limosa.simulators.wholesale.tgt.calls import Calls, order_row
from limosa.simulators.wholesale.tgt.tables import (
    CODES,
    OK,
    PAUSES,
    TOKEN_SECONDS,
    code_of,
    sign,
)
from limosa.simulators.wholesale.wire import Desk, Wire, Work, as_json, read_object, text_of

NAME = "tgt"


class Tgt(Wire):
    """TGT, below /tgt/openapi/."""

    name = NAME
    title = "TGT 途鸽"
    currency = "USD"
    pauses = PAUSES

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._calls = Calls(self)

    def price_list(self) -> dict[str, Plan]:
        return price_list(code_of, uses=("either",))

    @classmethod
    def settings(cls, base_url: str, account: Mapping[str, str]) -> dict[str, str]:
        return {
            "URL": f"{base_url}/tgt/openapi",
            "ACCOUNT_ID": account["account_id"],
            "SECRET": account["secret"],
        }

    def add_routes(self, routes: Routes, base: str) -> None:
        token = self.call("token", self._token)
        routes.add("POST", f"{base}/openapi/oauth/token", token)
        refresh = self.call("token", self._refresh)
        routes.add("POST", f"{base}/openapi/oauth/refreshToken", refresh)
        for path, (operation, work) in self._calls.calls().items():
            whole = f"{base}/openapi/eSIMApi/v2/{path}"
            routes.add("POST", whole, self._authorized(operation, work))

    def _authorized(self, operation: str, work: Work) -> Handler:
        def checked(request: Request, words: dict[str, str]) -> Reply:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            if kind != "Bearer" or not token:
                raise RefusedError(Reason.TOKEN_INVALID)
            self._check_token(token)
            return work(request, words)

        return self.call(operation, checked)

    def _check_token(self, token: str) -> None:
        with self.desk.store.transaction() as db:
            row = db.execute(
                "SELECT expires_at FROM tokens WHERE token = ? AND wire = ?", (token, NAME)
            ).fetchone()
        if row is None:
            raise RefusedError(Reason.TOKEN_UNKNOWN)
        if row["expires_at"] <= self.desk.clock():
            raise RefusedError(Reason.TOKEN_INVALID)

    def _token(self, request: Request, _words: dict[str, str]) -> Reply:
        members, account = read_object(request.body), self.desk.account
        is_known = text_of(members, "accountId") == account["account_id"]
        if not hmac.compare_digest(text_of(members, "secret"), account["secret"]) or not is_known:
            raise RefusedError(Reason.SIGNATURE)
        token = secrets.token_hex(24)
        with self.desk.store.transaction() as db:
            expires_at = self.desk.clock() + TOKEN_SECONDS
            db.execute("INSERT INTO tokens VALUES (?, ?, ?)", (token, NAME, expires_at))
        return succeeded({"accessToken": token, "expires": TOKEN_SECONDS})

    def _refresh(self, request: Request, _words: dict[str, str]) -> Reply:
        """Let a token be valid for another day; it stays the same."""
        members = read_object(request.body)
        token = text_of(members, "accessToken")
        if text_of(members, "accountId") != self.desk.account["account_id"]:
            raise RefusedError(Reason.SIGNATURE)
        self._check_token(token)
        with self.desk.store.transaction() as db:
            db.execute(
                "UPDATE tokens SET expires_at = ? WHERE token = ?",
                (self.desk.clock() + TOKEN_SECONDS, token),
            )
        return succeeded({"accessToken": token, "expires": TOKEN_SECONDS})

    def refusal(self, error: RefusedError) -> Reply:
        code, said, sub_code, sub_said = CODES.get(error.reason, CODES[Reason.PARAMETER])
        return as_json({"code": code, "msg": said, "subCode": sub_code, "subMsg": sub_said})

    def key_of_esim(self, esim: Esim, now: float) -> str:
        del now
        return f"C{esim.id:010}"

    def as_of(self, db: sqlite3.Connection, now: float) -> float:
        """How old its use is, it does not say: it is told as it is."""
        del db
        return now

    # Its callbacks.

    def message(self, callback: Callback) -> Message:
        payload = dict(callback.contents)
        as_json_text = bool(payload.pop("arraysAsJson", False))
        payload["sign"] = sign(
            payload, self.desk.account["callback_secret"], arrays_as_json=as_json_text
        )
        body = json.dumps(payload, ensure_ascii=False).encode()
        return Message(body, {"Content-Type": "application/json;charset=UTF-8"})

    def is_acknowledged(self, answer: Answer) -> bool:
        try:
            return answer.status == 200 and json.loads(answer.body).get("code") == OK
        except (ValueError, AttributeError):
            return False

    def on_delivered(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        esims = esims_of_order(db, order.id)
        esim = esims[0] if esims else esim_of(db, order.esim_id or 0)
        row = order_row(self, order, esim, bundle_of_order(db, order.id))
        content: dict[str, object] = {"eventType": 1, "data": {"orderInfo": row}}
        if order.esim_id is not None:
            # An array; one public client and the other verify it differently, so both occur.
            content = {"eventType": 2, "data": {"orderInfo": [row]}}
            content["arraysAsJson"] = bool(order.id % 2)
        self.tell(db, str(content["eventType"]), content, order_id=order.id)


def succeeded(data: object) -> Reply:
    """Return the vendor's envelope."""
    return as_json({"code": OK, "msg": "success", "data": data})
