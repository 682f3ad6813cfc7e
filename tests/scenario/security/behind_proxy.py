"""The product as a process behind a proxy that it trusts, for attacks from many addresses.

The proxy is whoever connects from this machine; whom it speaks for stands in X-Forwarded-For.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from tests.scenario.stack import ROOT, Stack, free_ports

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
        command = [sys.executable, "-m", "tests.scenario.security.world", "people", PASSWORD]
        done = subprocess.run(
            [*command, *PEOPLE],
            env=self.stack.environment | {"DJANGO_SETTINGS_MODULE": "limosa.config.settings"},
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def product_behind_a_proxy() -> Iterator[Proxied]:
    """Start it; stop it at the end."""
    told: list[dict[str, Any]] = []
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="limosa-proxied-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's own user passes through to its own folder.
        with Stack(
            folder,
            logs=ROOT / "artefacts" / "proxied",
            settings="limosa.config.settings",
            environment={
                "LIMOSA_SECRET_KEY": "for attacks only; long enough for no warning",
                "LIMOSA_TRUSTED_PROXIES": "127.0.0.1",
                "LIMOSA_WEB_WORKERS": "2",
            },
        ) as stack:
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
