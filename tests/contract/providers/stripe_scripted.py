"""A Stripe that says exactly what a test tells it to."""

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from django.test import override_settings

from limosa.domain.payments.providers.stripe.provider import StripeProvider
from limosa.simulators.loopback_http import LoopbackServer, Reply, Request, Routes
from tests.contract.providers.harness_stripe import connection_of
from tests.contract.providers.stripe_signer import ACCOUNT, SECRET
from tests.provider_settings import given_to

SECRET_KEY = "sk_test_51ScriptedSecret"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class ScriptedStripe:
    """Answers by the script, then hangs up; keeps what it was asked."""

    script: deque[Callable[[Request], Reply | None]] = field(default_factory=deque)
    asked: list[Request] = field(default_factory=list)

    def says(self, status: int, body: Any, headers: Mapping[str, str] = NOTHING) -> None:
        """Send a reply; a body that is no text is sent as JSON."""
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json", "Request-Id": "req_1"}
        self.script.append(lambda _request: Reply(status, text, {**kind, **headers}))

    def refuses(self, status: int, **error: Any) -> None:
        """Send an error."""
        words = {"type": "invalid_request_error", "message": "Secret words"} | error
        self.says(status, {"error": words})

    def hangs_up(self) -> None:
        self.script.append(lambda _request: None)

    def form(self, place: int) -> dict[str, str]:
        """Return the parameters that it was asked with."""
        return dict(parse_qsl(self.asked[place].body.decode()))

    def _answer(self, request: Request, _words: dict[str, str]) -> Reply | None:
        self.asked.append(request)
        return self.script.popleft()(request) if self.script else None


@contextmanager
def open_scripted() -> Iterator[tuple[ScriptedStripe, StripeProvider]]:
    """Run a scripted Stripe with a provider that talks to it."""
    stripe = ScriptedStripe()
    routes = Routes()
    for method in ("GET", "POST"):
        routes.add(method, "/.*", stripe._answer)
    server = LoopbackServer(routes, port=0)
    server.start()
    values = {
        "account": ACCOUNT,
        "secret_key": SECRET_KEY,
        "webhook_secret": SECRET,
        "api_url": server.url,
    }
    try:
        with override_settings(PROVIDER_SETTINGS=given_to("stripe", values)):
            provider = StripeProvider()
            yield stripe, provider
            connection_of(provider).close()
    finally:
        server.stop()
