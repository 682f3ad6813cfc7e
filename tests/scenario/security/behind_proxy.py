"""The product as a process behind a proxy that it trusts, for attacks from many addresses.

The proxy is whoever connects from this machine; whom it speaks for stands in X-Forwarded-For.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

from tests.processes import artefacts, free_ports
from tests.scenario.stack import Stack, open_folder

_DROPPED = {"host", "content-length", "transfer-encoding", "connection"}


PASSWORD = "tidal-godwit-7"
PEOPLE = ("owner@example.com", "neighbour@example.com", "phone@example.com")


class Proxied:
    """The running product. `esims`: by the e-mail address of each of PEOPLE, who can renew theirs.

    `told_wechat`: what the product has sent to WeChat Pay, newest last. `clients`: to be closed.
    """

    def __init__(self, stack: Stack, told_wechat: list[dict[str, Any]]) -> None:
        self.stack = stack
        self.url = stack.url("web")
        self.told_wechat = told_wechat
        self.clients: list[httpx.Client] = []
        self.esims: dict[str, str] = self._make_people()

    def _make_people(self) -> Any:
        return json.loads(
            self.stack.run_module("tests.scenario.security.world", "people", PASSWORD, *PEOPLE)
        )


@contextmanager
def product_behind_a_proxy() -> Iterator[Proxied]:
    """Start it; stop it at the end."""
    told: list[dict[str, Any]] = []
    (port,) = free_ports(1)
    environment = {
        "DJANGO_SETTINGS_MODULE": "limosa.config.settings",
        "LIMOSA_SECRET_KEY": "for attacks only; long enough for no warning",
        "LIMOSA_TRUSTED_PROXIES": "127.0.0.1",
        "LIMOSA_WEB_WORKERS": "2",
    }
    with (
        open_folder("proxied") as folder,
        Stack(folder, logs=artefacts("proxied"), environment=environment) as stack,
    ):
        gateway = stack.environment["LIMOSA_WECHATPAY_GATEWAY_URL"]
        stack.environment["LIMOSA_WECHATPAY_GATEWAY_URL"] = f"http://127.0.0.1:{port}"
        with ThreadingHTTPServer(("127.0.0.1", port), _listener(gateway, told)) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            stack.start("web")
            proxied = Proxied(stack, told)
            yield proxied
            for client in proxied.clients:
                client.close()
            server.shutdown()


def _listener(gateway: str, told: list[dict[str, Any]]) -> type[BaseHTTPRequestHandler]:
    """Return what passes requests on to a gateway, and keeps what they say."""

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            told.append(json.loads(body or b"{}"))
            self._pass_on(body)

        def do_GET(self) -> None:
            self._pass_on(b"")

        def _pass_on(self, body: bytes) -> None:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _DROPPED}
            answer = httpx.request(
                self.command, gateway + self.path, headers=headers, content=body, timeout=20
            )
            self.send_response(answer.status_code)
            for key, value in answer.headers.items():
                if key.lower() not in _DROPPED:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Listener
