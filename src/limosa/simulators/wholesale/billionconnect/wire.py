"""The wire: one address, its signature, and the callbacks."""

import hmac
import json
import sqlite3
from collections.abc import Mapping

from limosa.simulators.loopback_http import Reply, Request, Routes
from limosa.simulators.wholesale.billionconnect.catalogue import Catalogue
from limosa.simulators.wholesale.billionconnect.purchases import Purchases
from limosa.simulators.wholesale.billionconnect.queries import Queries
from limosa.simulators.wholesale.billionconnect.tables import (
    CODES,
    NO_STRATEGY,
    OK,
    PAUSES,
    code_of,
    expiry_of,
    profile_of,
    sign,
    time_text,
)
from limosa.simulators.wholesale.bundles import Change, told_end, told_start
from limosa.simulators.wholesale.callbacks import Answer, Callback, Message
from limosa.simulators.wholesale.esims import RUNNING, Esim, esims_of_order
from limosa.simulators.wholesale.orders import Order, Reason, RefusedError, order_of
from limosa.simulators.wholesale.plans import Plan, price_list
from limosa.simulators.wholesale.wire import Desk, Wire, as_json, read_object, text_of

NAME = "billionconnect"
PATH = "/Flow/saler/2.0/invoke"
CALLS_OF_PURCHASE = {"F040": "order", "F007": "renew"}


class BillionConnect(Wire):
    """BillionConnect, at /billionconnect/Flow/saler/2.0/invoke."""

    name = NAME
    title = "BillionConnect 亿点"
    currency = "CNY"
    pauses = PAUSES

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        parts = (Catalogue(self), Purchases(self), Queries(self))
        self._calls = {kind: work for part in parts for kind, work in part.calls().items()}

    def price_list(self) -> dict[str, Plan]:
        return price_list(code_of, uses=("either",), rate=720)

    @classmethod
    def settings(cls, base_url: str, account: Mapping[str, str]) -> dict[str, str]:
        return {
            "URL": f"{base_url}/billionconnect{PATH}",
            "APP_KEY": account["app_key"],
            "APP_SECRET": account["app_secret"],
            "SALES_METHOD": "3",
            "CURRENCY": cls.currency,
            "EMAIL": "esim@limosa.example",
            "REFUND_REASON": "20",
            "UNKNOWN_ORDER_CODE": CODES[Reason.ORDER][0],
        }

    def add_routes(self, routes: Routes, base: str) -> None:
        routes.add("POST", f"{base}{PATH}", self._invoke)

    def _invoke(self, request: Request, words: dict[str, str]) -> Reply | None:
        """Answer whatever the body names; a fault is of what it names, too."""
        try:
            kind = str(json.loads(request.body)["tradeType"])
        except (ValueError, KeyError, TypeError):
            kind = ""
        operation = CALLS_OF_PURCHASE.get(kind, kind)
        return self.answer(operation, self._work, request, words)

    def _work(self, request: Request, _words: dict[str, str]) -> Reply:
        headers, account = request.headers, self.desk.account
        own = sign(account["app_secret"], request.body)
        is_ours = headers.get("x-channel-id") == account["app_key"]
        is_md5 = headers.get("x-sign-method", "").lower() == "md5"
        given = headers.get("x-sign-value", "").lower()
        if not (is_ours and is_md5 and hmac.compare_digest(own, given)):
            raise RefusedError(Reason.SIGNATURE)
        members = read_object(request.body)
        text_of(members, "tradeTime")
        data = members.get("tradeData") or {}
        work = self._calls.get(text_of(members, "tradeType"))
        if work is None or not isinstance(data, dict):
            raise RefusedError(Reason.PARAMETER, "tradeType")
        return as_json({"tradeCode": OK, "tradeMsg": "成功", "tradeData": work(data)})

    def refusal(self, error: RefusedError) -> Reply:
        code, said = CODES.get(error.reason, CODES[Reason.PARAMETER])
        if error.field == "salesMethod":
            code, said = NO_STRATEGY, "销售方式没有配置销售策略"
        return as_json({"tradeCode": code, "tradeMsg": said})

    def key_of_esim(self, esim: Esim, now: float) -> str:
        del now
        return f"U{esim.id:012}"

    def as_of(self, db: sqlite3.Connection, now: float) -> float:
        """How old its use is, it does not say: it is told as it is."""
        del db
        return now

    # Its callbacks.

    def message(self, callback: Callback) -> Message:
        content = {
            "tradeType": callback.kind,
            "tradeTime": time_text(self.desk.clock()),
            "tradeData": callback.contents,
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "x-channel-id": self.desk.account["app_key"],
            "x-sign-method": "md5",
            "x-sign-value": sign(self.desk.account["app_secret"], body),
        }
        return Message(body, headers)

    def is_acknowledged(self, answer: Answer) -> bool:
        try:
            return answer.status == 200 and json.loads(answer.body).get("tradeCode") == OK
        except (ValueError, AttributeError):
            return False

    def on_delivered(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        if order.esim_id is not None:
            self._tell_renewal(db, order, status="0")
            return
        rows: list[dict[str, object]] = [
            {
                "iccid": esim.iccid,
                "uid": esim.key,
                "qrCodeContent": esim.code,
                "confirmationCode": "",
                "apn": "internet",
                "pin": "1234",
                "puk": f"{esim.id:08}",
                "msisdn": "",
                "validTime": time_text(expiry_of(esim)),
                "rechargeableESIM": "1" if order.details["is_rechargeable"] else "0",
            }
            for esim in esims_of_order(db, order.id)
        ]
        # It may come in parts.
        for part in (rows[:3], rows[3:]):
            if part:
                content = self._named(order) | {"subOrderList": part}
                self.tell(db, "N009", content, order_id=order.id)

    def on_failed(self, db: sqlite3.Connection, order: Order, now: float) -> None:
        del now
        if order.esim_id is not None:
            self._tell_renewal(db, order, status="1")

    def _tell_renewal(self, db: sqlite3.Connection, order: Order, *, status: str) -> None:
        self.tell(db, "N013", self._named(order) | {"status": status}, order_id=order.id)

    def on_profile(self, db: sqlite3.Connection, esim: Esim, now: float) -> None:
        del now
        order = order_of(db, esim.order_id)
        row = {
            "iccid": esim.iccid,
            "uid": esim.key,
            "profileStatus": int(profile_of(esim.profile)),
        }
        content = self._named(order) | {"subOrderList": [row]}
        self.tell(db, "N012", content, order_id=order.id)

    def on_bundle(self, db: sqlite3.Connection, change: Change, now: float) -> None:
        esim, bundle = change.esim, change.bundle
        order = order_of(db, bundle.order_id)
        row: dict[str, object] = {"subOrderId": sub_order(order), "iccid": esim.iccid}
        if bundle.state == RUNNING:
            region = self.listed[order.plan].region
            row |= {
                "channelSubOrderId": order.details.get("sub_number", ""),
                "startTime": time_text(told_start(esim, bundle)),
                "endTime": time_text(told_end(esim, bundle)),
                "countryRegion": region.countries[0],
                "apn": "internet",
                "apnUsername": "",
                "apnPassword": "",
            }
        else:
            # The document's own slip: it is the number of the sub-order.
            row |= {
                "channelOrderId": order.details.get("sub_number", ""),
                "endTime": time_text(now),
            }
        kind = "N002" if bundle.state == RUNNING else "N003"
        self.tell(db, kind, [row], order_id=order.id)

    def _named(self, order: Order) -> dict[str, object]:
        return {"orderId": order.reference, "channelOrderId": order.number}


def sub_order(order: Order) -> str:
    """Return the number of an order's only part."""
    return f"{int(order.reference) + 1}" if order.reference else ""
