"""A gateway that says exactly what a test tells it to, signed by the tests' own signer."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.test import override_settings
from django.utils import timezone

from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.contract.providers.harness import connection_of
from tests.contract.providers.signer import PlatformSigner
from tests.provider_settings import given_to

Answer = Callable[[Request], Reply | None]
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class ScriptedGateway:
    """Answers by the script, then hangs up; keeps what it was asked."""

    signer: PlatformSigner = field(default_factory=PlatformSigner)
    script: deque[Answer] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)
    connections: int = 0

    def says(
        self,
        status: int,
        body: Any = b"",
        *,
        more: Mapping[str, str] = NOTHING,
        **changed: str,
    ) -> None:
        """Sign and send a reply, with `more` headers; `changed` replaces words of the signature."""
        text = body if isinstance(body, bytes) else json.dumps(body).encode()

        def answer(_request: Request) -> Reply:
            headers = self.signer.headers(text, at=timezone.now(), **changed)
            return Reply(status, text, {"Content-Type": "application/json", **headers, **more})

        self.script.append(answer)

    def says_plainly(self, status: int, body: Any = b"", **headers: str) -> None:
        """Send a reply without a signature."""
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.script.append(lambda _request: Reply(status, text, headers))

    def says_late(self, status: int, body: Any, *, minutes: int) -> None:
        """Send a reply whose signature is so many minutes old."""
        text = json.dumps(body).encode()

        def answer(_request: Request) -> Reply:
            at: datetime = timezone.now() - timedelta(minutes=minutes)
            return Reply(status, text, self.signer.headers(text, at=at))

        self.script.append(answer)

    def _answer(self, request: Request, _words: dict[str, str]) -> Reply | None:
        self.asked.append(request)
        return self.script.popleft()(request) if self.script else None


class _CountingServer(LoopbackServer):
    def __init__(self, gateway: ScriptedGateway, routes: Routes) -> None:
        self._gateway = gateway
        super().__init__(routes, port=0)

    def get_request(self) -> tuple[Any, Any]:
        self._gateway.connections += 1
        return super().get_request()


@contextmanager
def open_scripted(folder: Path) -> Iterator[tuple[ScriptedGateway, WeChatPayProvider]]:
    """Run a scripted gateway with a provider that talks to it."""
    gateway = ScriptedGateway()
    routes = Routes()
    for method in ("GET", "POST"):
        routes.add(method, "/.*", gateway._answer)
    server = _CountingServer(gateway, routes)
    server.start()
    values = gateway.signer.settings(folder, gateway_url=server.url + "/")
    try:
        with override_settings(PROVIDER_SETTINGS=given_to("wechatpay", values)):
            provider = WeChatPayProvider()
            yield gateway, provider
            connection_of(provider)._session.close()
    finally:
        server.stop()
