"""Alipay against the payment gateway's simulator, over loopback HTTP."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from django.test import override_settings

from limosa.domain.payments.port import Provider
from limosa.domain.payments.providers.alipay import client
from limosa.domain.payments.providers.alipay.provider import AlipayProvider
from limosa.domain.payments.requests import PaymentRequest, Shape, Started
from limosa.domain.payments.status_reports import ProviderState
from limosa.simulators.loopback_http import Request
from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.gateway import prepare
from tests.contract.providers.receiver import Receiver, open_receiver
from tests.provider_settings import given_to

PREFIX = "LIMOSA_ALIPAY_"


class ReadAddresses(AlipayProvider):
    """The provider, with a payer looking over its shoulder: they open the address it gives them.

    Of a payment on a page the platform learns from the payer alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.addresses: dict[str, str] = {}

    def create(self, request: PaymentRequest) -> Started:
        started = super().create(request)
        if self.methods[request.method].shape is Shape.OPEN:
            self.addresses[request.number] = started.pay_url
        return started


class AlipayHarness:
    """Implements `harness.Harness`."""

    currency = "CNY"
    methods: tuple[str, ...] = ("qr", "page", "wap")
    needs_capture = False
    payer_reference = ""
    # A notice of a refund names it, and says no more of it than the sum of all: it tells no end.
    tells_refunds = False
    refund_can_fail = False
    # What nobody has scanned yet cannot be closed: there is no trade.
    closed_state = ProviderState.UNKNOWN
    refuses_to_close_paid = True
    attempts = 2
    reply_faults: tuple[str, ...] = (
        "server_error",
        "server_error_after",
        "unsigned",
        "bad_signature",
        "malformed",
        "timeout",
        "timeout_after",
    )
    fresh_seconds = 25 * 3600 + 300
    refusals: Mapping[str, str] = {
        "signature": "signature_wrong",
        "body": "signature_wrong",
        "sign_type": "signature_type_unknown",
        "timestamp_stale": "timestamp_too_old",
        "timestamp_future": "timestamp_in_future",
    }
    altered: tuple[str, ...] = ("amount", "currency", "merchant", "application", "unknown_order")

    def __init__(self, gateway_url: str, receiver: Receiver) -> None:
        self._provider = ReadAddresses()
        self.provider: Provider = self._provider
        self.base_url = receiver.url
        self._gateway_url = gateway_url
        self._receiver = receiver

    def unpaid_state(self, method: str) -> ProviderState:
        return ProviderState.UNKNOWN

    def pay(self, number: str, **how: Any) -> None:
        if address := self._provider.addresses.pop(number, ""):
            with urlopen(address, timeout=10):
                pass
        self._control("pay", number=number, **how)

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        self._control("reply-faults", kind=kind, operation=call, count=count, seconds=5)

    def spoil_next_notification(self, kind: str) -> None:
        self._control("notification-faults", fault={"corrupt": kind, "corrupt_times": 1}, count=1)

    def end_next_refund(self) -> None:
        raise NotImplementedError

    def refund_by_hand(self, number: str, *, amount_minor: int) -> None:
        self._control("refund-by-hand", number=number, amount=amount_minor)

    def next_notification(self) -> Request:
        return self._receiver.next()

    def drain(self) -> None:
        self._receiver.drain()

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(client, "READ_SECONDS", 0.2)

    def reset(self) -> None:
        self._post("/control/reset", {})

    def _control(self, name: str, **members: Any) -> None:
        self._post(f"/control/alipay/{name}", members)

    def _post(self, path: str, members: Mapping[str, Any]) -> None:
        request = HttpRequest(
            self._gateway_url + path,
            data=json.dumps(members).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10):
            pass


@contextmanager
def open_alipay(folder: Path) -> Iterator[AlipayHarness]:
    """Run the simulator and a receiver, with settings that lead to them."""
    gateway = GatewayServer(folder, time_scale=0.001, refund_seconds=0.1)
    url = gateway.server.url
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in prepare(folder, base_url=url).items()
        if name.startswith(PREFIX)
    }
    gateway.start()
    try:
        with (
            open_receiver() as receiver,
            override_settings(PROVIDER_SETTINGS=given_to("alipay", values)),
        ):
            harness = AlipayHarness(url, receiver)
            yield harness
            client_of(harness.provider)._session.close()
    finally:
        gateway.stop()


def client_of(provider: Any) -> client.Client:
    """Return the client of an Alipay provider."""
    held = provider._client
    assert isinstance(held, client.Client)
    return held
