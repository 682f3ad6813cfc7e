"""TGT on loopback, by what is public of its OpenAPI v2. Shares no code with the adapter."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import override_settings

from limosa.domain.connectivity.suppliers.tgt.adapter import TgtSupplier
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.fakes.scripted_api import ScriptedApi, reply

ACCOUNT, SECRET, CALLBACK_SECRET = "channel-1", "secret-1", "callback-secret-1"
API = "/openapi/eSIMApi/v2/"
OLD_M1, OLD_C4 = "8999240100000009991", "8999240100000009992"


def product(code: str, **changed: Any) -> dict[str, Any]:
    """Return a product as the list has it."""
    return {
        "productCode": code,
        "productName": "【eSIM】Israel 3GB/30 Days (M1)",
        "productType": "DATA_PACK",
        "countryCodeList": ["IL"],
        "mccList": ["425"],
        "netPrice": "1.10",
        "periodType": 0,
        "usagePeriod": 30,
        "validityPeriod": 180,
        "dataLimited": "Y",
        "dataTotal": 3,
        "dataUnit": "GB",
        "activeType": "AUTO_ACTIVATE",
        "cardType": "M1",
        **changed,
    }


def granted(content: Any) -> dict[str, Any]:
    """Return the envelope of what was done."""
    return {"code": "0000", "msg": "success", "data": content}


def refused(code: str, sub_code: str = "") -> dict[str, Any]:
    """Return the envelope of a refusal."""
    return {"code": code, "msg": "no", "subCode": sub_code, "subMsg": "no"}


@dataclass
class Tgt(ScriptedApi):
    """The other side. `delays`: it issues only when told. `spoils`: what it delivers has a time
    that can't be read."""

    prefix = API
    products: list[dict[str, Any]] = field(
        default_factory=lambda: [product("M1-3GB"), product("C4-1GB", cardType="C4")]
    )
    orders: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    topped_up: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    delays: bool = False
    spoils: bool = False
    used: str = "450.50"

    def __post_init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "products/list": self._products,
            "products/detail": self._product,
            "order/create": self._create,
            "order/renew": self._renew,
            "order/topup/create": self._top_up,
            "order/orders": self._orders,
            "order/usage": self._usage,
            "order/terminate": self._terminate,
            "account/balance": lambda _asked: granted(
                {
                    "currency": "USD",
                    "accountList": [{"type": "BASIC", "status": "ENABLE", "balance": "154.80"}],
                }
            ),
        }
        for iccid, code in ((OLD_M1, "M1-3GB"), (OLD_C4, "C4-1GB")):
            order = self._order({"productCode": code, "channelOrderNo": f"before-{code}"}, iccid)
            self._issue(order)

    def issue(self) -> None:
        """Issue what was ordered."""
        for order in self.orders:
            self._issue(order)

    def order_of(self, number: str) -> dict[str, Any]:
        """Return the order with a number of the other side's customer."""
        (order,) = [one for one in self.orders if one["channelOrderNo"] == number]
        return order

    def answer_token(self, request: Request) -> Reply | None:
        """Answer with a token, or do as the script says."""
        self.heard.append("token")
        if self.script.get("token"):
            return self.script["token"].popleft()(request)
        if json.loads(request.body) != {"accountId": ACCOUNT, "secret": SECRET}:
            return reply(refused("2001"))
        self.tokens.append(f"token-{len(self.tokens)}")
        return reply(granted({"accessToken": self.tokens[-1], "expires": 86400}))

    def order_taken(self, **more: Any) -> dict[str, Any]:
        """Return what it answers to an order that it takes."""
        return granted({"orderNo": "SE1", **more})

    def done(self, path: str, request: Request) -> Reply:
        """Do what a call asks for, if it may."""
        if request.headers.get("authorization") not in {f"Bearer {one}" for one in self.tokens}:
            return reply(refused("2004"))
        return reply(self.answers[path](json.loads(request.body)))

    def _products(self, asked: dict[str, Any]) -> dict[str, Any]:
        first = (asked["pageNum"] - 1) * asked["pageSize"]
        rows = self.products[first : first + asked["pageSize"]]
        return granted({"total": len(self.products), "list": rows})

    def _product(self, asked: dict[str, Any]) -> dict[str, Any]:
        for one in self.products:
            if one["productCode"] == asked["productCode"]:
                return granted(one)
        return refused("5000", "4012")

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._taken(asked, f"89992401000000{len(self.orders):05}")

    def _renew(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self._taken(asked, asked["iccid"])

    def _taken(self, asked: dict[str, Any], iccid: str) -> dict[str, Any]:
        key = asked["idempotencyKey"]
        if key not in self.keys:
            self.keys[key] = self._order(asked, iccid)
            if not self.delays:
                self._issue(self.keys[key])
        return granted({"orderNo": self.keys[key]["orderNo"]})

    def _order(self, asked: dict[str, Any], iccid: str) -> dict[str, Any]:
        order = {
            "orderNo": f"SE{len(self.orders):014}",
            "channelOrderNo": asked["channelOrderNo"],
            "productCode": asked["productCode"],
            "createdTime": "2026-11-29T12:00:00Z",
            "orderStatus": "NOTACTIVE",
            "profileStatus": "ungenerated",
            "qrCode": "",
            "cardInfo": {"imsi": ""},
            "coming": iccid,
        }
        self.orders.append(order)
        return order

    def _issue(self, order: dict[str, Any]) -> None:
        iccid = order.pop("coming", "")
        if iccid:
            order["cardInfo"] = {"iccid": iccid, "imsi": "310260000000001"}
            order["qrCode"] = f"LPA:1$esiminfra.toprsp.com$CODE{order['orderNo']}"
            order["profileStatus"] = "nodownload"
        if self.spoils:
            order["activatedEndTime"] = "soon"

    def _top_up(self, asked: dict[str, Any]) -> dict[str, Any]:
        key = asked["idempotencyKey"]
        self.topped_up.setdefault(key, asked)
        return granted({"topupNumber": f"TN{list(self.topped_up).index(key)}"})

    def _orders(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = [
            {name: value for name, value in one.items() if name != "coming"}
            for one in self.orders
            if asked.get("orderNo", one["orderNo"]) == one["orderNo"]
            and asked.get("channelOrderNo", one["channelOrderNo"]) == one["channelOrderNo"]
            and asked.get("iccid", one["cardInfo"].get("iccid")) == one["cardInfo"].get("iccid")
        ]
        return granted({"list": found}) if found else refused("5000", "5032")

    def _usage(self, asked: dict[str, Any]) -> dict[str, Any]:
        return granted({"dataTotal": "3072", "dataUsage": self.used, "dataResidual": "1"})

    def _terminate(self, asked: dict[str, Any]) -> dict[str, Any]:
        (order,) = [one for one in self.orders if one["orderNo"] == asked["orderNo"]]
        if order["cardInfo"]["iccid"] != asked["iccid"]:
            return refused("5000", "4013")
        order["orderStatus"] = "TERMINATION"
        return granted({})


def callback_of(order: dict[str, Any], kind: int, **changed: Any) -> dict[str, Any]:
    """Return a callback about an order, not yet signed. That of a renewal has an array."""
    info = {
        "orderNo": order["orderNo"],
        "channelOrderNo": order["channelOrderNo"],
        "iccid": order["cardInfo"].get("iccid", ""),
        "qrCode": order["qrCode"],
        "imsi": "310260000000001",
        "msisdn": None,
        "orderType": "MULTIPLEMONTHS",
        **changed,
    }
    data = {
        "eventType": kind,
        "businessType": "ESIM",
        "orderInfo": [info] if kind == 2 else info,
    }
    return {"code": "0000", "msg": "success", "timestamp": "2026-11-29T12:00:05Z", "data": data}


def signed(payload: dict[str, Any], *, secret: str = CALLBACK_SECRET, json_arrays: bool) -> bytes:
    """Return the bytes of a callback with its signature."""
    pairs: list[str] = []

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, one in value.items():
                walk(f"{path}.{name}".lstrip("."), one)
        elif isinstance(value, list) and json_arrays:
            pairs.append(path + json.dumps(value, separators=(",", ":"), ensure_ascii=False))
        elif isinstance(value, list):
            for index, one in enumerate(value):
                walk(f"{path}.{index}", one)
        elif value not in (None, ""):
            pairs.append(f"{path}{value}")

    walk("", payload)
    text = secret + "".join(sorted(pairs)) + secret
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return json.dumps({**payload, "sign": digest}, ensure_ascii=False).encode()


def tgt_at(url: str, **changed: str) -> TgtSupplier:
    """Return the adapter, led to an address."""
    values = {
        "url": f"{url}/openapi",
        "account_id": ACCOUNT,
        "secret": SECRET,
        "callback_secret": CALLBACK_SECRET,
        **changed,
    }
    with override_settings(SUPPLIER_SETTINGS={"tgt": values}):
        return TgtSupplier()


@contextmanager
def running(other: Tgt) -> Iterator[Tgt]:
    """Let it listen at a free port."""
    routes = Routes()
    routes.add("POST", "/openapi/oauth/token", lambda request, _words: other.answer_token(request))
    routes.add("POST", API + ".*", lambda request, _words: other.answer(request))
    server = LoopbackServer(routes, port=0)
    server.start()
    other.url = server.url
    try:
        yield other
    finally:
        server.stop()
