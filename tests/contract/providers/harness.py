"""What the contract suite needs of a provider's sandbox, and the sandbox of each provider.

A new provider adds its harness to HARNESSES; the suite then asks of it what it asks of all.
EXAMPLES are asked the same, but are no part of the product.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from django.test import override_settings

from limosa.domain.payments.port import Provider
from limosa.domain.payments.providers.wechatpay import connection
from limosa.domain.payments.providers.wechatpay.provider import WeChatPayProvider
from limosa.domain.payments.status_reports import ProviderState
from limosa.simulators.loopback_http import Request
from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.gateway import prepare
from tests.contract.providers.counter.harness import open_counter
from tests.contract.providers.harness_alipay import open_alipay
from tests.contract.providers.harness_paypal import open_paypal
from tests.contract.providers.harness_stripe import open_stripe
from tests.contract.providers.receiver import Receiver, open_receiver
from tests.provider_settings import changed_for

PREFIX = "LIMOSA_WECHATPAY_"


class Harness(Protocol):
    """A provider with the strings of its sandbox. `currency`: one that it takes.

    `methods`: those that a person chooses. `needs_capture`: the payer only agrees, and the money
    comes with `capture`. `closed_state`: what it says of a closed one. `payer_reference`: a payer,
    for methods that have to name one.
    `tells_refunds`: refunds are notified; `refund_can_fail`: after they were accepted.
    `attempts`: how often one call of the port is tried when it fails fast. `reply_faults`: the
    ways in which its sandbox can spoil an answer. `fresh_seconds`: how old a notification may be.
    `refusals`: each way in which its sandbox can spoil a notification, and the reason that the
    provider must give. `altered`: ways that change only what a genuine notification says.
    """

    provider: Provider
    currency: str
    methods: tuple[str, ...]
    needs_capture: bool
    payer_reference: str
    tells_refunds: bool
    refund_can_fail: bool
    closed_state: ProviderState
    refuses_to_close_paid: bool
    attempts: int
    reply_faults: tuple[str, ...]
    fresh_seconds: int
    refusals: Mapping[str, str]
    altered: tuple[str, ...]
    base_url: str

    def unpaid_state(self, method: str) -> ProviderState:
        """Return what the provider says of a payment by this method that nobody has paid."""

    def pay(self, number: str, **how: Any) -> None:
        """Pay as the payer would: `total`, `currency`, `even_if_closed`."""

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        """Have the next replies to a call go wrong."""

    def spoil_next_notification(self, kind: str) -> None:
        """Have the next notification go wrong."""

    def end_next_refund(self) -> None:
        """Have the next refund end otherwise than well."""

    def next_notification(self) -> Request:
        """Return the next notification as it arrived."""

    def drain(self) -> None:
        """Pass over the notifications that are still to come from what was done before."""

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the provider lose its patience soon, for this test."""

    def reset(self) -> None:
        """Forget the faults that no call has met."""


class WeChatPayHarness:
    """WeChat Pay against the payment gateway's simulator, over loopback HTTP."""

    currency = "CNY"
    methods: tuple[str, ...] = ("native", "h5", "jsapi")
    needs_capture = False
    payer_reference = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
    tells_refunds = True
    refund_can_fail = True
    closed_state = ProviderState.CLOSED
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
    fresh_seconds = 300
    refusals: Mapping[str, str] = {
        "signature": "signature_wrong",
        "body": "signature_wrong",
        "timestamp_stale": "timestamp_too_old",
        "timestamp_future": "timestamp_in_future",
        "signtest": "signature_probe",
        "serial": "serial_unknown",
        "ciphertext": "decryption_failed",
    }
    altered: tuple[str, ...] = ("amount", "currency", "merchant", "unknown_order")

    def __init__(self, gateway_url: str, receiver: Receiver) -> None:
        self.provider: Provider = WeChatPayProvider()
        self.base_url = receiver.url
        self._gateway_url = gateway_url
        self._receiver = receiver

    def unpaid_state(self, method: str) -> ProviderState:
        return ProviderState.PENDING

    def pay(self, number: str, **how: Any) -> None:
        self._control("wechatpay/pay", number=number, **how)

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        self._control("wechatpay/reply-faults", kind=kind, operation=call, count=count, seconds=5)

    def spoil_next_notification(self, kind: str) -> None:
        fault = {"corrupt": kind, "corrupt_times": 1}
        self._control("wechatpay/notification-faults", fault=fault, count=1)

    def end_next_refund(self) -> None:
        self._control("wechatpay/refund-outcomes", outcome="CLOSED")

    def refund_by_hand(self, number: str, *, amount_minor: int) -> None:
        self._control("wechatpay/refund-by-hand", number=number, amount=amount_minor)

    def sign_by(self, key: str) -> None:
        """Have the platform sign by its `public_key` or its `certificate` from now on."""
        self._control("wechatpay/signing", by=key)

    def next_notification(self) -> Request:
        return self._receiver.next()

    def drain(self) -> None:
        self._receiver.drain()

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "READ_SECONDS", 0.2)

    def reset(self) -> None:
        self._control("reset")

    def _control(self, name: str, **members: Any) -> None:
        request = HttpRequest(
            f"{self._gateway_url}/control/{name}",
            data=json.dumps(members).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10):
            pass


@contextmanager
def open_wechatpay(folder: Path) -> Iterator[WeChatPayHarness]:
    """Run the simulator and a receiver, with settings that lead to them."""
    gateway = GatewayServer(folder, time_scale=0.001, refund_seconds=0.1)
    url = gateway.server.url
    said = prepare(folder, base_url=url)
    values = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in said.items()
        if name.startswith(PREFIX)
    }
    gateway.start()
    try:
        with (
            open_receiver() as receiver,
            override_settings(
                PROVIDER_SETTINGS=changed_for("wechatpay", values),
                BASE_URL=receiver.url,
            ),
        ):
            harness = WeChatPayHarness(url, receiver)
            yield harness
            connection_of(harness.provider)._session.close()
    finally:
        gateway.stop()


def connection_of(provider: Any) -> connection.Connection:
    """Return the connection of a WeChat Pay provider."""
    held = provider._client._core
    assert isinstance(held, connection.Connection)
    return held


HARNESSES: Mapping[str, Callable[[Path], AbstractContextManager[Harness]]] = {
    "alipay": open_alipay,
    "paypal": open_paypal,
    "stripe": open_stripe,
    "wechatpay": open_wechatpay,
}
EXAMPLES: Mapping[str, Callable[[Path], AbstractContextManager[Harness]]] = {
    "counter": open_counter,
}
