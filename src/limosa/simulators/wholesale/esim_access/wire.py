"""The wire: who calls, and what the vendor says of its own accord."""

import hashlib
import hmac
import sqlite3
from collections.abc import Mapping

from limosa.simulators.loopback_http import Handler, Reply, Request, Routes
from limosa.simulators.wholesale.bundles import Change, main_bundle
from limosa.simulators.wholesale.callbacks import Answer, Callback, Message
from limosa.simulators.wholesale.esim_access.catalogue import Catalogue
from limosa.simulators.wholesale.esim_access.purchases import Purchases
from limosa.simulators.wholesale.esim_access.queries import Queries
from limosa.simulators.wholesale.esim_access.tables import (
    CODES,
    PAUSES,
    PROFILE_STATES,
    code_of,
    expired_time,
    state_of,
    time_text,
)
from limosa.simulators.wholesale.esims import Bundle, Esim, esims_of_order
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError, order_of
from limosa.simulators.wholesale.plans import Plan, price_list
from limosa.simulators.wholesale.wire import Desk, Wire, Work, as_json

NAME = "esim_access"
HOUR = 3600.0
CLOCK_SECONDS_MAX = 300.0


class EsimAccess(Wire):
    """eSIM Access, below /esim_access/api/v1/open/."""

    name = NAME
    title = "eSIM Access"
    currency = "USD"
    pauses = PAUSES
    adds_renewals = True
    warn_levels = (50, 80, 90)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._parts = (Catalogue(self), Purchases(self), Queries(self))

    def price_list(self) -> dict[str, Plan]:
        return price_list(code_of, uses=("new", "renewal"))

    @classmethod
    def settings(cls, base_url: str, account: Mapping[str, str]) -> dict[str, str]:
        return {
            "URL": f"{base_url}/esim_access",
            "ACCESS_CODE": account["access_code"],
            "SECRET": account["secret"],
        }

    def add_routes(self, routes: Routes, base: str) -> None:
        for part in self._parts:
            for path, (operation, work) in part.calls().items():
                routes.add("POST", f"{base}/api/v1/open/{path}", self._signed(operation, work))

    def _signed(self, operation: str, work: Work) -> Handler:
        def checked(request: Request, words: dict[str, str]) -> Reply:
            self._check(request)
            return work(request, words)

        return self.call(operation, checked)

    def _check(self, request: Request) -> None:
        """Refuse a call of another account, or with a wrong signature. It need not have one."""
        headers, account = request.headers, self.desk.account
        if "rt-accesscode" not in headers:
            raise RefusedError(Reason.HEADER, "RT-AccessCode")
        if headers["rt-accesscode"] != account["access_code"]:
            raise RefusedError(Reason.TOKEN_INVALID, "RT-AccessCode")
        signature = headers.get("rt-signature", "")
        if not signature:
            return
        stamp, request_id = headers.get("rt-timestamp", ""), headers.get("rt-requestid", "")
        own = sign(account, stamp=stamp, request_id=request_id, body=request.body)
        if not hmac.compare_digest(own, signature.lower()):
            raise RefusedError(Reason.SIGNATURE)
        # The vendor's example has seconds; its clients send milliseconds.
        given = int(stamp) if stamp.isascii() and stamp.isdecimal() else 0
        seconds = given / 1000 if given > 10**11 else float(given)
        if abs(self.desk.clock() - seconds) > CLOCK_SECONDS_MAX:
            raise RefusedError(Reason.TIMESTAMP)

    def refusal(self, error: RefusedError) -> Reply:
        code, said = CODES.get(error.reason, CODES[Reason.PARAMETER])
        answer = {"success": False, "errorCode": code, "errorMsg": said, "obj": None}
        return as_json(answer)

    def key_of_esim(self, esim: Esim, now: float) -> str:
        return f"{time_text(now)[2:10].replace('-', '')}{esim.id:08}"

    def as_of(self, db: sqlite3.Connection, now: float) -> float:
        """Use is settled by the hour, and two hours late."""
        row = db.execute("SELECT settled_at FROM accounts WHERE wire = ?", (NAME,)).fetchone()
        scale = self.desk.age_scale
        age, step = 2 * HOUR * scale, HOUR * scale
        late = now - age if not step else (now - age) // step * step
        return max(float(row["settled_at"]), late)

    # Its callbacks.

    def message(self, callback: Callback) -> Message:
        return Message(callback.content.encode(), {"Content-Type": "application/json"})

    def is_acknowledged(self, answer: Answer) -> bool:
        return answer.status == 200

    def on_delivered(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        if order.esim_id is None:
            content: dict[str, object] = {
                "orderNo": order.reference,
                "transactionId": order.number,
                "orderStatus": "GOT_RESOURCE",
            }
            self._notify(db, "ORDER_STATUS", content, order)

    def on_profile(self, db: sqlite3.Connection, esim: Esim, now: float) -> None:
        del now
        content = self._named(db, esim)
        content |= {"eid": esim.eid, "smdpStatus": PROFILE_STATES[esim.profile]}
        self._notify(db, "SMDP_EVENT", content, order_of(db, esim.order_id))

    def on_bundle(self, db: sqlite3.Connection, change: Change, now: float) -> None:
        del now
        order = order_of(db, change.esim.order_id)
        self._notify(db, "ESIM_STATUS", self._named(db, change.esim), order)

    def on_warning(
        self, db: sqlite3.Connection, esim: Esim, bundle: Bundle, percent: int, now: float
    ) -> None:
        volume = bundle.volume or 0
        content = self._named(db, esim) | {
            "totalVolume": volume,
            "orderUsage": bundle.used,
            "remain": volume - bundle.used,
            "remainThreshold": (100 - percent) / 100,
            "lastUpdateTime": time_text(now),
            "expiredTime": expired_time(esim, bundle),
        }
        self._notify(db, "DATA_USAGE", content, order_of(db, esim.order_id))

    def _named(self, db: sqlite3.Connection, esim: Esim) -> dict[str, object]:
        order = order_of(db, esim.order_id)
        return {
            "orderNo": order.reference,
            "transactionId": order.number,
            "esimTranNo": esim.key,
            "iccid": esim.iccid,
            "esimStatus": state_of(esim, main_bundle(db, esim)),
            "smdpStatus": PROFILE_STATES[esim.profile],
        }

    def _notify(
        self, db: sqlite3.Connection, kind: str, content: dict[str, object], order: Order
    ) -> None:
        number = db.execute("SELECT coalesce(max(id), 0) + 1 FROM callbacks").fetchone()[0]
        whole = {"notifyType": kind, "notifyId": f"N{number:012}", "content": content}
        self.tell(db, kind, whole, order_id=order.id)

    def esims_of(self, db: sqlite3.Connection, order: Order) -> list[Esim]:
        return esims_of_order(db, order.id)


def sign(account: dict[str, str], *, stamp: str, request_id: str, body: bytes) -> str:
    """Return the signature of a request, in lower-case hex."""
    text = f"{stamp}{request_id}{account['access_code']}".encode() + body
    return hmac.new(account["secret"].encode(), text, hashlib.sha256).hexdigest()
