"""BillionConnect as its documents describe it, as far as a shop needs it. Keeps orders in memory.

Written from the specification; shares no code with the adapter.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import override_settings

from limosa.domain.connectivity.suppliers.billionconnect.adapter import BillionConnectSupplier
from tests.fakes.loopback import Answer, Asked, Loopback, listening
from tests.fakes.supplier import Message

APP_KEY, SECRET = "channel-1", "limosa-test-secret-0001"
MAILBOX = "shop@limosa.example"
SKU, RENEWING_SKU = "1535444366670209", "132342909036"
GIVEN: dict[str, Any] = {
    "app_key": APP_KEY,
    "app_secret": SECRET,
    "sales_method": "5",
    "currency": "CNY",
    "email": f"Limosa <{MAILBOX}>",
    "refund_reason": "20",
    "unknown_order_code": "",
}
PLACED, SHIPPED, CANCELLED = "0", "1", "2"
UNUSED, RUNNING, ENDED, GIVEN_BACK = "0", "1", "2", "3"


@dataclass
class Order:
    """An order of one eSIM, or for one. `plan`: how its plan stands."""

    number: str
    reference: str
    iccid: str
    is_renewal: bool
    copies: str
    state: str = PLACED
    plan: str = UNUSED
    used_kb: int = 0


@dataclass
class BillionConnect:
    """`codes`: with which code a kind of call is refused. `renewable`: whether eSIMs are."""

    orders: dict[str, Order] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    renewable: bool = True
    total_kb: str = "1048576"

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request, having done what was asked."""
        signed = hashlib.md5(SECRET.encode() + asked.body, usedforsecurity=False).hexdigest()
        if asked.headers.get("x-sign-value") != signed:
            return _told("1002", None)
        message = json.loads(asked.body)
        trade = message["tradeType"]
        if trade in self.codes:
            return _told(self.codes[trade], None)
        calls: dict[str, Callable[[Any], Any]] = {
            "F002": lambda _: PRODUCTS,
            "F003": lambda _: PRICES,
            "F007": self._renew,
            "F008": self._cancel,
            "F011": self._order,
            "F012": self._usage,
            "F013": self._check,
            "F014": lambda _: BALANCE,
            "F017": self._give_back,
            "F040": self._buy,
            "F045": self._end,
            "F046": self._days,
            "F052": lambda _: {"skuId": [RENEWING_SKU] if self.renewable else []},
        }
        try:
            return _told("1000", calls[trade](message["tradeData"]))
        except _RefusedError as refused:
            return _told(str(refused), None)

    def deliver(self, number: str) -> None:
        """Ship an order."""
        self.orders[number].state = SHIPPED

    def message(self, number: str) -> Message:
        """Return the callback of an order that was shipped, signed."""
        order = self.orders[number]
        ids = {"orderId": order.reference, "channelOrderId": number}
        if order.is_renewal:
            return signed_message("N013", {**ids, "status": "0"})
        code = f"LPA:1$rsp.supplier.example$M-{order.reference}"
        part = {"iccid": order.iccid, "qrCodeContent": code, "apn": "3gnet", "pin": "1234"}
        return signed_message("N009", {**ids, "subOrderList": [part]})

    def _buy(self, data: Any) -> Any:
        (part,) = data["subOrderList"]
        if data["email"] != MAILBOX or part["number"] != "1":
            raise _RefusedError("1003")
        iccid = f"8986001201830000{len(self.made):04d}"
        return self._make(data, iccid, is_renewal=False, copies=part["planSkuCopies"])

    def _renew(self, data: Any) -> Any:
        (part,) = data["subOrderList"]
        (iccid,) = part["iccid"]
        return self._make(data, iccid, is_renewal=True, copies=part["copies"])

    def _make(self, data: Any, iccid: str, *, is_renewal: bool, copies: str) -> Any:
        number = data["channelOrderId"]
        self.made.append(number)
        reference = f"1313131{len(self.made):04d}"
        self.orders[number] = Order(number, reference, iccid, is_renewal, copies)
        (part,) = data["subOrderList"]
        part_id = {"channelSubOrderId": part["channelSubOrderId"], "subOrderId": f"{reference}1"}
        return {"orderId": reference, "channelOrderId": number, "subOrderList": [part_id]}

    def _order(self, data: Any) -> Any:
        order = self.orders.get(data["channelOrderId"])
        if order is None:
            return None
        part = {
            "subOrderId": f"{order.reference}1",
            "channelSubOrderId": f"{order.number}-1",
            "iccid": [order.iccid] if order.state == SHIPPED else [],
        }
        return {
            "orderId": order.reference,
            "channelOrderId": order.number,
            "orderStatus": order.state,
            "createTime": "2026-11-22 18:00:00",
            "totalAmount": "128",
            "subOrderList": [part],
        }

    def _usage(self, data: Any) -> Any:
        return [
            {
                "orderId": order.reference,
                "channelOrderId": order.number,
                "subOrderList": [self._plan(order)],
            }
            for order in self.orders.values()
            if order.iccid == data["iccid"]
        ]

    def _plan(self, order: Order) -> Any:
        left = {}
        if self.total_kb != "-1":
            left["remainingTraffic"] = str(int(self.total_kb) - order.used_kb)
        begun = {"planStartTime": "2026-11-20 09:20:35", "planEndTime": "2026-11-25 09:20:35"}
        return {
            "subOrderId": f"{order.reference}1",
            "skuId": SKU,
            "copies": order.copies,
            "planStatus": order.plan,
            "totalDays": "5",
            "totalTraffic": self.total_kb,
            **(begun if order.plan in (RUNNING, ENDED) else {}),
            **left,
        }

    def _days(self, data: Any) -> Any:
        (order,) = [one for one in self.orders.values() if one.reference == data["orderId"]]
        day = {"useDate": "20261120", "useageAmt": str(order.used_kb)}
        plan = {**self._plan(order), "usageInfoList": [day] if order.used_kb else []}
        return {"orderId": order.reference, "channelOrderId": order.number, "subOrderList": [plan]}

    def _check(self, data: Any) -> Any:
        result = "成功" if self.renewable else "失败"
        return [{"iccid": iccid, "result": result} for iccid in data["iccid"]]

    def _cancel(self, data: Any) -> Any:
        (order,) = [one for one in self.orders.values() if one.reference == data["orderId"]]
        order.state = CANCELLED

    def _give_back(self, data: Any) -> Any:
        order = self.orders[data["channelOrderId"]]
        if order.plan != UNUSED or data.get("receivingState") != "1":
            raise _RefusedError("1003")
        order.plan = GIVEN_BACK
        return {"afterSaleId": "1517370598118598"}

    def _end(self, data: Any) -> Any:
        (order,) = [one for one in self.orders.values() if one.reference == data["orderId"]]
        if order.plan != RUNNING or data["subOrderId"] != f"{order.reference}1":
            raise _RefusedError("1003")
        order.plan = ENDED


class _RefusedError(Exception):
    """A call that it refuses, with its code."""


def signed_message(trade: str, data: Any, *, secret: str = SECRET) -> Message:
    """Return a callback with its signature."""
    body = json.dumps({"tradeType": trade, "tradeData": data}, ensure_ascii=False).encode()
    return signed_body(body, secret=secret)


def signed_body(body: bytes, *, secret: str = SECRET) -> Message:
    """Return these bytes with their signature."""
    signature = hashlib.md5(secret.encode() + body, usedforsecurity=False).hexdigest()
    return Message({"x-sign-method": "md5", "x-sign-value": signature}, body)


def billionconnect_at(url: str, **given: Any) -> BillionConnectSupplier:
    """Return the adapter with these settings."""
    values = {"billionconnect": {**GIVEN, "url": url, **given}}
    with override_settings(SUPPLIER_SETTINGS=values):
        return BillionConnectSupplier()


@contextmanager
def running(fake: BillionConnect) -> Iterator[Loopback]:
    """Let it listen."""
    with listening(Loopback(fake.answer)) as loopback:
        yield loopback


def _told(code: str, data: Any) -> Answer:
    message = {"tradeCode": code, "tradeMsg": "成功" if code == "1000" else "失败"}
    if data is not None:
        message["tradeData"] = data
    return Answer(200, json.dumps(message, ensure_ascii=False).encode())


BALANCE = {
    "accountBalance": "10000.00",
    "currency": "CNY",
    "availableBalance": "8500.00",
    "frozenBalance": "1500.00",
    "creditLimit": "50000.00",
}
PRICES = [
    {
        "skuId": SKU,
        "price": [
            {"copies": "1", "retailPrice": "9", "settlementPrice": "6"},
            {"copies": "5", "retailPrice": "35", "settlementPrice": "23.5"},
        ],
    },
    {
        "skuId": RENEWING_SKU,
        "price": [{"copies": "1", "retailPrice": "35", "settlementPrice": "20.00"}],
    },
]
_JAPAN = [{"mcc": "JP", "name": "Japan", "apn": "3gnet", "apnType": "0", "operatorInfo": []}]
PRODUCTS = [
    {
        "skuId": SKU,
        "name": "Japan-4G-300MB/day",
        "type": "3105",
        "days": "1",
        "capacity": "-1",
        "highFlowSize": "307200",
        "limitFlowSpeed": "128",
        "hotspotSupport": "1",
        "planType": "1",
        "pointContactType": "1",
        "timeZone": "UTC+9",
        "rechargeableProduct": "1",
        "country": _JAPAN,
    },
    {
        "skuId": RENEWING_SKU,
        "name": "Japan-4G-1GB",
        "type": "111",
        "days": "30",
        "capacity": "1048576",
        "highFlowSize": "",
        "limitFlowSpeed": "0",
        "planType": "0",
        "country": _JAPAN,
    },
]
