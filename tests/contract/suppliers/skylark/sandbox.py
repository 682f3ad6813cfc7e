"""Skylark's other side, on loopback. Shares no code with the adapter."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes

KEY, CALLBACK_SECRET = "key-1", "secret-1"
RENEWED_ICCID = "8910300000000009990"
PLANS = [
    {
        "code": code,
        "name": "Japan 1 GB",
        "for": "either",
        "price": "1.80",
        "currency": "USD",
        "volume_mb": 1000,
        "days": 7,
        "countries": ["JP"],
        "exit": "HK",
    }
    for code in ("JP-1", "JP-2", "JP-3")
]
Words = dict[str, str]


@dataclass
class Skylark:
    """`delays`: it makes orders only when told. `loses`: how many of the next orders it makes and
    does not answer. `refuses`: its word for the next orders, if it refuses them. `turns_away`: what
    the next orders get at the door. `price`: of an order."""

    delays: bool = False
    loses: int = 0
    refuses: str = ""
    turns_away: list[Reply] = field(default_factory=list)
    price: str = "1.80"
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    url: str = ""

    def make(self, number: str) -> None:
        """Make an order that was delayed."""
        self.orders[number]["state"] = "made"

    def order(self, request: Request, words: Words) -> Reply | None:
        if self.turns_away:
            return self.turns_away.pop(0)
        asked, number = json.loads(request.body), words["number"]
        if self.refuses:
            return _reply({"error": self.refuses}, 409)
        if number not in self.orders:
            self.orders[number] = self._new(number, asked)
        if self.loses:
            self.loses -= 1
            return None
        return _reply(self.orders[number])

    def look_up(self, _request: Request, words: Words) -> Reply:
        order = self.orders.get(words["number"])
        return _reply(order) if order else _reply({"error": "no_such_order"}, 404)

    def cancel(self, _request: Request, words: Words) -> Reply:
        order = self.orders[words["number"]]
        order["state"] = "cancelled"
        return _reply(order)

    def usage(self, request: Request, _words: Words) -> Reply:
        rows = [
            {
                "iccid": iccid,
                "used_mb": 250,
                "total_mb": 1000,
                "counted_at": "2026-11-29T18:00:00+00:00",
                "ends_at": None,
            }
            for iccid in json.loads(request.body)["iccids"]
        ]
        return _reply({"esims": rows})

    def plans(self, request: Request, _words: Words) -> Reply:
        page = int(request.query["page"])
        return _reply({"plans": PLANS[2 * page - 2 : 2 * page], "pages": 2})

    def balance(self, _request: Request, _words: Words) -> Reply:
        return _reply({"available": "940.00", "currency": "USD"})

    def _new(self, number: str, asked: dict[str, Any]) -> dict[str, Any]:
        count = len(self.orders) + 1
        iccid = asked.get("iccid") or f"891030000000000{count:04}"
        code = {} if "iccid" in asked else {"code": f"LPA:1$rsp.skylark.example$CODE-{count}"}
        return {
            "id": f"S-{count}",
            "number": number,
            "state": "making" if self.delays else "made",
            "esim": {"iccid": iccid, **code},
            "price": self.price,
            "currency": "USD",
        }


def callback(order: dict[str, Any], *, at_seconds: int) -> tuple[dict[str, str], bytes]:
    """Return the headers, by lower-case names, and the body of a callback that it signs then."""
    body = json.dumps({"id": f"told-{order['number']}", "order": order}).encode()
    signed = f"{at_seconds}.".encode() + body
    proof = hmac.new(CALLBACK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    return {"skylark-signature": f"{at_seconds}.{proof}"}, body


@contextmanager
def running(skylark: Skylark) -> Iterator[Skylark]:
    """Let it listen at a free port."""
    routes = Routes()
    for method, path, answer in (
        ("PUT", "/orders/{number}", skylark.order),
        ("GET", "/orders/{number}", skylark.look_up),
        ("DELETE", "/orders/{number}", skylark.cancel),
        ("POST", "/usage", skylark.usage),
        ("GET", "/plans", skylark.plans),
        ("GET", "/balance", skylark.balance),
    ):
        routes.add(method, path, _for_us(answer))
    server = LoopbackServer(routes, port=0)
    server.start()
    skylark.url = server.url
    try:
        yield skylark
    finally:
        server.stop()


def _for_us(answer: Any) -> Any:
    """Return a handler that answers whoever has our key, and nobody else."""

    def checked(request: Request, words: Words) -> Reply | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Reply(401)
        found: Reply | None = answer(request, words)
        return found

    return checked


def _reply(content: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json"})
