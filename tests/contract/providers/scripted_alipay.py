"""A gateway of Alipay that says exactly what a test tells it to, signed by the tests' signer."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.test import override_settings

from limosa.domain.payments.providers.alipay.provider import AlipayProvider
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.contract.providers.alipay_signer import AlipaySigner, text_of
from tests.contract.providers.harness_alipay import client_of
from tests.provider_settings import given_to

Answer = Callable[[Request], Reply | None]
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass
class ScriptedAlipay:
    """Answers by the script, then hangs up; keeps what it was asked, verified."""

    url: str = ""
    signer: AlipaySigner = field(default_factory=AlipaySigner)
    script: deque[Answer] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def says(self, answer: Mapping[str, Any] | str, *, sign: str | None = None) -> None:
        """Sign and send an answer to whatever is asked."""
        text = answer if isinstance(answer, str) else text_of(answer)

        def reply(_request: Request) -> Reply:
            return Reply(200, self.signer.reply(self.asked[-1]["method"], text, sign=sign))

        self.script.append(reply)

    def says_plainly(
        self, status: int, body: bytes, headers: Mapping[str, str] = NO_HEADERS
    ) -> None:
        """Send a reply as it is."""
        self.script.append(lambda _request: Reply(status, body, dict(headers)))

    def _answer(self, request: Request, _words: dict[str, str]) -> Reply | None:
        self.requests.append(request)
        if request.method == "POST":
            query = request.target.partition("?")[2] + "&" + request.body.decode()
            self.asked.append(self.signer.check_request(query))
        return self.script.popleft()(request) if self.script else None


@contextmanager
def open_scripted_alipay(folder: Path) -> Iterator[tuple[ScriptedAlipay, AlipayProvider]]:
    """Run a scripted gateway with a provider that talks to it."""
    gateway = ScriptedAlipay()
    routes = Routes()
    for method in ("GET", "POST"):
        routes.add(method, "/.*", gateway._answer)
    server = LoopbackServer(routes, port=0)
    server.start()
    gateway.url = server.url
    values = gateway.signer.settings(folder, gateway_url=server.url + "/gateway.do")
    try:
        with override_settings(PROVIDER_SETTINGS=given_to("alipay", values)):
            provider = AlipayProvider()
            yield gateway, provider
            client_of(provider)._session.close()
    finally:
        server.stop()
