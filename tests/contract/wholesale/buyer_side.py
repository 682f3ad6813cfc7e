"""A buyer at the four wholesalers: its calls, signed by its own hands, and what it is told."""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from limosa.simulators.wholesale.command import WholesaleServer

SECONDS_MAX = 10.0
ACKNOWLEDGEMENTS = {
    "esim_access": Reply(200, b""),
    "tgt": Reply(200, b'{"code":"0000","msg":"success"}'),
    "billionconnect": Reply(200, b'{"tradeCode":"1000","tradeMsg":"\xe6\x88\x90\xe5\x8a\x9f"}'),
    "airalo": Reply(200, b""),
}


@dataclass
class Hands:
    """A clock that is moved by hand."""

    now: float = 1_796_000_000.0

    def __call__(self) -> float:
        return self.now


class Ear:
    """Receives callbacks; `answers` are given first, then the acknowledgement of the wholesaler."""

    def __init__(self) -> None:
        routes = Routes()
        routes.add("POST", "/told/{code}", self._take)
        routes.add("GET", "/told/{code}", lambda _request, _words: Reply(200))
        self.server = LoopbackServer(routes, port=0)
        self.received: list[Request] = []
        self.answers: list[Reply] = []
        self.server.start()

    @property
    def url(self) -> str:
        return f"{self.server.url}/told/{{code}}"

    def _take(self, request: Request, words: dict[str, str]) -> Reply:
        self.received.append(request)
        return self.answers.pop(0) if self.answers else ACKNOWLEDGEMENTS[words["code"]]

    def wait_for(self, count: int) -> list[Any]:
        """Return the contents of the first `count`."""
        wait_until(lambda: len(self.received) >= count)
        return [json.loads(one.body) for one in self.received[:count]]

    def received_json(self, place: int) -> Any:
        return json.loads(self.received[place].body)

    def stop(self) -> None:
        self.server.stop()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS_MAX
    while not is_so():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.01)


@dataclass
class Buyer:
    """Calls of a buyer. `settings` are what the simulator says that the product needs."""

    url: str
    settings: dict[str, str]
    clock: Callable[[], float]
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, server: WholesaleServer) -> "Buyer":
        wholesaler = server.wholesaler
        return cls(server.server.url, wholesaler.settings, wholesaler.clock)

    def control(self, wire: str, act: str = "", **members: Any) -> Any:
        """Make a control call; without an act, return the state."""
        path = f"{self.url}/control/{wire}" + (f"/{act}" if act else "")
        reply = httpx.post(path, json=members) if act else httpx.get(path)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def shown(self, wire: str, what: str) -> Any:
        return httpx.get(f"{self.url}/control/{wire}/{what}").json()

    # eSIM Access

    def esim_access(self, path: str, members: Any, *, secret: str = "", stamp: int = 0) -> Any:
        body = json.dumps(members)
        code = self.settings["LIMOSA_ESIM_ACCESS_ACCESS_CODE"]
        secret = secret or self.settings["LIMOSA_ESIM_ACCESS_SECRET"]
        timestamp, request_id = str(stamp or int(self.clock() * 1000)), str(uuid.uuid4())
        text = f"{timestamp}{request_id}{code}{body}"
        headers = {
            "RT-AccessCode": code,
            "RT-Timestamp": timestamp,
            "RT-RequestID": request_id,
            "RT-Signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
        }
        url = f"{self.url}/esim_access/api/v1/open/{path}"
        return httpx.post(url, content=body, headers=headers).json()

    # TGT

    def tgt(self, path: str, members: Any, *, token: str = "") -> Any:
        base = f"{self.url}/tgt/openapi"
        if not token and "tgt" not in self.tokens:
            account = {
                "accountId": self.settings["LIMOSA_TGT_ACCOUNT_ID"],
                "secret": self.settings["LIMOSA_TGT_SECRET"],
            }
            answer = httpx.post(f"{base}/oauth/token", json=account).json()
            self.tokens["tgt"] = answer["data"]["accessToken"]
        headers = {"Authorization": f"Bearer {token or self.tokens['tgt']}"}
        return httpx.post(f"{base}/eSIMApi/v2/{path}", json=members, headers=headers).json()

    # BillionConnect

    def billionconnect(self, kind: str, data: Any, *, secret: str = "") -> Any:
        members = {"tradeType": kind, "tradeTime": "2026-11-30 12:00:00", "tradeData": data}
        body = json.dumps(members, ensure_ascii=False)
        secret = secret or self.settings["LIMOSA_BILLIONCONNECT_APP_SECRET"]
        headers = {
            "Content-Type": "application/json;charset=UTF-8",
            "x-channel-id": self.settings["LIMOSA_BILLIONCONNECT_APP_KEY"],
            "x-sign-method": "md5",
            "x-sign-value": hashlib.md5(f"{secret}{body}".encode()).hexdigest(),  # noqa: S324
        }
        url = f"{self.url}/billionconnect/Flow/saler/2.0/invoke"
        return httpx.post(url, content=body.encode(), headers=headers).json()

    # Airalo

    def airalo(self, method: str, path: str, members: Any = None, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._airalo_token()}"}
        content = None
        if members is not None:
            content = json.dumps(members)
            headers |= {
                "Content-Type": "application/json",
                "airalo-signature": self.airalo_signature(members),
            }
        url = f"{self.url}/airalo/v2/{path}"
        return httpx.request(method, url, content=content, headers=headers, params=query)

    def airalo_signature(self, members: Any) -> str:
        text = json.dumps(members, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        secret = self.settings["LIMOSA_AIRALO_CLIENT_SECRET"]
        return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()

    def _airalo_token(self) -> str:
        if "airalo" not in self.tokens:
            members = {
                "client_id": self.settings["LIMOSA_AIRALO_CLIENT_ID"],
                "client_secret": self.settings["LIMOSA_AIRALO_CLIENT_SECRET"],
                "grant_type": "client_credentials",
            }
            headers = {"airalo-signature": self.airalo_signature(members)}
            url = f"{self.url}/airalo/v2/token"
            reply = httpx.post(url, data=members, headers=headers)
            self.tokens["airalo"] = reply.json()["data"]["access_token"]
        return self.tokens["airalo"]
