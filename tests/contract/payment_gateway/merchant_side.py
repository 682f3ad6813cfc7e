"""The merchant's side of the wire: a shop that receives notifications, and the real SDK."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from wechatpayv3 import WeChatPay, WeChatPayType

WHOLE_GATEWAY = {
    "health", "happenings", "pause-notifications", "resume-notifications", "time-scale", "reset",
}  # fmt: skip


class Shop:
    """Receives notifications at `url` and answers with `answers` in turn, then with 204."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answers: deque[int] = deque()
        self._news = threading.Condition()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with shop._news:
                    shop.received.append((dict(self.headers), body))
                    status = shop.answers.popleft() if shop.answers else 204
                    shop._news.notify_all()
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/payments/notify"

    def wait_for(self, count: int, *, seconds: float = 10.0) -> list[tuple[dict[str, str], bytes]]:
        with self._news:
            arrived = self._news.wait_for(lambda: len(self.received) >= count, seconds)
        assert arrived, f"{len(self.received)} of {count} notifications came"
        return list(self.received)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass
class Merchant:
    """The SDK as a merchant sets it up, and a handle on what goes on behind the scenes."""

    sdk: Any
    settings: dict[str, str]
    shop: Shop

    @property
    def gateway_url(self) -> str:
        return self.settings["GATEWAY_URL"]

    def order(self, number: str, total: int = 2500, **more: object) -> tuple[int, dict[str, Any]]:
        order = {"description": "续费 20 GB", "out_trade_no": number, "amount": {"total": total}}
        return answer(self.sdk.pay(**(order | more)))

    def state_of(self, number: str) -> str:
        status, body = answer(self.sdk.query(out_trade_no=number))
        assert status == 200
        return str(body["trade_state"])

    def control(self, name: str, **members: object) -> dict[str, Any]:
        reply = httpx.post(_control_url(self.gateway_url, name), json=members)
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def look(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(_control_url(self.gateway_url, path)).json()
        return found

    def decrypt(self, notification: tuple[dict[str, str], bytes]) -> dict[str, Any] | None:
        headers, body = notification
        found: dict[str, Any] | None = self.sdk.callback(headers, body)
        return found


def _control_url(gateway_url: str, name: str) -> str:
    """Return the address of a control call: the wire's own, but for those of the whole gateway."""
    wire = "" if name.partition("?")[0] in WHOLE_GATEWAY else "wechatpay/"
    return f"{gateway_url}/control/{wire}{name}"


def answer(reply: tuple[int, Any]) -> tuple[int, dict[str, Any]]:
    status, body = reply
    return status, json.loads(body) if body else {}


def connect(settings: dict[str, str], shop: Shop) -> Merchant:
    prefix = "LIMOSA_WECHATPAY_"
    plain = {
        name.removeprefix(prefix): value
        for name, value in settings.items()
        if name.startswith(prefix)
    }
    sdk = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=plain["MCHID"],
        private_key=Path(plain["PRIVATE_KEY_FILE"]).read_text(),
        cert_serial_no=plain["CERT_SERIAL"],
        apiv3_key=plain["APIV3_KEY"],
        appid=plain["APPID"],
        notify_url=shop.url,
        public_key=Path(plain["PUBLIC_KEY_FILE"]).read_text(),
        public_key_id=plain["PUBLIC_KEY_ID"],
        timeout=5,
    )
    sdk._core._gate_way = plain["GATEWAY_URL"]
    return Merchant(sdk, plain, shop)
