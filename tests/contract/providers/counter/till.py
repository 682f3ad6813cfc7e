"""The till service of the example: its sandbox on loopback. Shares no code with the provider."""

import hashlib
import hmac
import json
import secrets
import time
from collections import defaultdict
from functools import partial
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from limosa.simulators.clock import utc_time, wall_clock
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes

SECRET = secrets.token_hex(16)
SHOP = "shop-7"
SILENCE_SECONDS = 0.6
# What a notification can be spoiled to say, properly signed.
ALTERED: dict[str, dict[str, Any]] = {
    "amount": {"amount_minor": 1},
    "currency": {"currency": "USD"},
    "merchant": {"shop": "shop-8"},
    "unknown_order": {"number": "P0"},
}
SHIFTS = {"timestamp_stale": -600, "timestamp_future": 600}
Words = dict[str, str]


class Till:
    """Slips, what was paid for them, and what went back. `faults`: by call, what goes wrong next.

    `notice_fault`: how the next notification is spoiled.
    """

    def __init__(self) -> None:
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.notice_fault = ""
        self._slips: dict[str, dict[str, Any]] = {}
        self._refunds: dict[tuple[str, str], dict[str, Any]] = {}
        self._movements: list[tuple[float, str]] = []
        routes = Routes()
        for call, method, path in (
            ("create", "PUT", "/slips/{number}"),
            ("query", "GET", "/slips/{number}"),
            ("close", "POST", "/slips/{number}/close"),
            ("refund", "PUT", "/slips/{number}/refunds/{refund}"),
            ("query_refund", "GET", "/slips/{number}/refunds/{refund}"),
            ("day", "GET", "/days/{day}"),
        ):
            routes.add(method, path, partial(self._answer, call))
        self.server = LoopbackServer(routes, port=0)

    def pay(
        self, number: str, *, total: int = 0, currency: str = "", even_if_closed: bool = False
    ) -> None:
        """Take the cash, and tell the merchant."""
        slip = self._slips[number]
        assert slip["state"] == "open" or even_if_closed
        slip |= {"state": "paid", "receipt": secrets.token_hex(8), "paid_at": int(wall_clock())}
        slip["amount_minor"] = total or slip["amount_minor"]
        slip["currency"] = currency or slip["currency"]
        self._move("payment", slip["receipt"], number, "", slip)
        self._tell(slip)

    def _answer(self, call: str, request: Request, words: Words) -> Reply | None:
        fault = self.faults[call].pop(0) if self.faults[call] else ""
        if fault == "timeout":
            time.sleep(SILENCE_SECONDS)
        if fault in {"timeout", "server_error"}:
            return None if fault == "timeout" else Reply(500)
        about = f"{request.method} {request.target}"
        if sign(about, request.body, at=stated(request.headers)) != request.headers.get(
            "till-signature"
        ):
            return Reply(401)
        status, content = getattr(self, f"_{call}")(words, json.loads(request.body or b"{}"))
        if fault == "timeout_after":
            time.sleep(SILENCE_SECONDS)
        if fault in {"timeout_after", "server_error_after"}:
            return None if fault == "timeout_after" else Reply(500)
        body = b"[" if fault == "malformed" else json.dumps(content).encode()
        signature = sign(f"{status} {about}", body, at=int(wall_clock()))
        if fault == "bad_signature":
            signature = f"{signature[:-1]}{'1' if signature[-1] == '0' else '0'}"
        return Reply(status, body, {} if fault == "unsigned" else {"Till-Signature": signature})

    def _create(self, words: Words, asked: dict[str, Any]) -> tuple[int, Any]:
        number = words["number"]
        new = asked | {"number": number, "state": "open", "shop": SHOP, "text": f"TILL:{number}"}
        slip = self._slips.setdefault(number, new | {"asked": asked})
        return (200, slip) if slip["asked"] == asked else (409, {})

    def _query(self, words: Words, _asked: dict[str, Any]) -> tuple[int, Any]:
        slip = self._slips.get(words["number"])
        return (200, slip) if slip else (404, {})

    def _close(self, words: Words, _asked: dict[str, Any]) -> tuple[int, Any]:
        slip = self._slips[words["number"]]
        if slip["state"] == "paid":
            return 409, {}
        slip["state"] = "closed"
        return 200, slip

    def _refund(self, words: Words, asked: dict[str, Any]) -> tuple[int, Any]:
        slip, key = self._slips[words["number"]], (words["number"], words["refund"])
        amount = asked["amount_minor"]
        if key not in self._refunds:
            given = sum(
                one["amount_minor"]
                for (number, _), one in self._refunds.items()
                if number == words["number"]
            )
            if slip["state"] != "paid" or given + amount > slip["amount_minor"]:
                return 409, {}
            self._refunds[key] = {
                "number": words["refund"],
                "slip": words["number"],
                "receipt": secrets.token_hex(8),
                "amount_minor": amount,
                "currency": slip["currency"],
                "state": "waiting",
            }
            self._move("refund", slip["receipt"], *key, self._refunds[key])
        refund = self._refunds[key]
        return (200, dict(refund)) if refund["amount_minor"] == amount else (409, {})

    def _query_refund(self, words: Words, _asked: dict[str, Any]) -> tuple[int, Any]:
        refund = self._refunds.get((words["number"], words["refund"]))
        if refund is None:
            return 404, {}
        refund["state"] = "given"  # Somebody came for it meanwhile.
        return 200, refund

    def _day(self, words: Words, _asked: dict[str, Any]) -> tuple[int, Any]:
        if words["day"] > utc_time(wall_clock())[:10]:
            return 503, {}
        lines = [line for at, line in self._movements if utc_time(at)[:10] == words["day"]]
        return 200, {"list": "".join([*lines, f"end,{len(lines)}\n"])}

    def _move(
        self, kind: str, receipt: str, number: str, refund: str, money: dict[str, Any]
    ) -> None:
        at = wall_clock()
        amount, currency = money["amount_minor"], money["currency"]
        line = f"{kind},{receipt},{number},{refund},{amount},{currency},{int(at)}\n"
        self._movements.append((at, line))

    def _tell(self, slip: dict[str, Any]) -> None:
        fault, self.notice_fault = self.notice_fault, ""
        body = json.dumps(
            {"id": secrets.token_hex(8), "slip": slip | ALTERED.get(fault, {})}
        ).encode()
        signature = sign("notice", body, at=int(wall_clock()) + SHIFTS.get(fault, 0))
        if fault == "signature":
            signature = signature[:-4] + "beef"
        headers = {"Till-Signature": signature, "Content-Type": "application/json"}
        sent = body.replace(SHOP.encode(), b"shop-9") if fault == "body" else body
        with urlopen(HttpRequest(slip["notify_url"], data=sent, headers=headers), timeout=10):
            pass


def sign(about: str, body: bytes, *, at: int) -> str:
    mac = hmac.new(SECRET.encode(), f"{at}\n{about}\n".encode() + body, hashlib.sha256)
    return f"{at}.{mac.hexdigest()}"


def stated(headers: dict[str, str]) -> int:
    """Return the time that a signature names; 0: none that fits."""
    word = headers.get("till-signature", "").partition(".")[0]
    return int(word) if word.isdecimal() else 0
