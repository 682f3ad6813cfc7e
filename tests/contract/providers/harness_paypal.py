"""PayPal against the payment gateway's simulator, over loopback HTTP."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from django.test import override_settings
from django.utils import timezone

from limosa.domain.payments.port import Provider
from limosa.domain.payments.providers.paypal import connection
from limosa.domain.payments.providers.paypal.provider import PayPalProvider
from limosa.domain.payments.status_reports import ProviderState
from limosa.simulators.loopback_http import Request
from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.paypal.merchant import CERTIFICATES_PATH, Merchant
from limosa.simulators.payment_gateway.paypal.provider import PayPal
from tests.contract.providers.receiver import Receiver, open_receiver
from tests.provider_settings import given_to

PREFIX = "LIMOSA_PAYPAL_"


class PayPalHarness:
    """PayPal tells twice of one payment: when the payer agrees, and when the money has come.

    The suite's notifications are those of money; `next_approval` has the others.
    """

    currency = "USD"
    methods: tuple[str, ...] = ("checkout",)
    needs_capture = True
    payer_reference = ""
    tells_refunds = True
    refund_can_fail = True
    closed_state = ProviderState.PENDING
    refuses_to_close_paid = False
    attempts = 2
    reply_faults: tuple[str, ...] = (
        "server_error",
        "server_error_after",
        "malformed",
        "timeout",
        "timeout_after",
    )
    fresh_seconds = 3 * 86_400 + 3600
    refusals: Mapping[str, str] = {
        "signature": "signature_wrong",
        "body": "signature_wrong",
        "webhook": "signature_wrong",
        "algorithm": "signature_type_unknown",
        "timestamp_stale": "timestamp_too_old",
        "timestamp_future": "timestamp_in_future",
        "certificate": "certificate_unknown",
        "certificate_address": "certificate_address_wrong",
    }
    altered: tuple[str, ...] = ("amount", "currency", "merchant", "unknown_order")

    def __init__(self, gateway_url: str, receiver: Receiver) -> None:
        self.paypal = PayPalProvider()
        self.provider: Provider = self.paypal
        self.base_url = receiver.url
        self._gateway_url = gateway_url
        self._receiver = receiver
        self._next_fault = ""

    def unpaid_state(self, method: str) -> ProviderState:
        return ProviderState.PENDING

    def pay(self, number: str, **how: Any) -> None:
        """Agree, as the payer does; a fault that waits is for the news of the money."""
        self.control("pay", number=number, **how)
        if self._next_fault:
            fault = {"corrupt": self._next_fault, "corrupt_times": 1}
            self.control("notification-faults", fault=fault, count=1)
            self._next_fault = ""

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        self.control("reply-faults", kind=kind, operation=call, count=count, seconds=5)

    def spoil_next_notification(self, kind: str) -> None:
        self._next_fault = kind

    def end_next_refund(self) -> None:
        self.control("refund-outcomes", outcome="FAILED")

    def next_notification(self) -> Request:
        while is_approval(sent := self._receiver.next()):
            continue
        return sent

    def next_approval(self) -> Request:
        """Return the next notification of a payer who agrees; others are passed over."""
        while not is_approval(sent := self._receiver.next()):
            continue
        return sent

    def drain(self) -> None:
        self._receiver.drain()

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "READ_SECONDS", 0.2)

    def reset(self) -> None:
        self._next_fault = ""
        self._post("/control/reset")

    def refund_by_hand(self, number: str, *, amount_minor: int) -> None:
        self.control("refund-by-hand", number=number, amount=amount_minor)

    def control(self, name: str, **members: Any) -> None:
        self._post(f"/control/paypal/{name}", **members)

    def _post(self, path: str, **members: Any) -> None:
        request = HttpRequest(
            self._gateway_url + path,
            data=json.dumps(members).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10):
            pass


def is_approval(sent: Request) -> bool:
    return b'"CHECKOUT.ORDER.APPROVED"' in sent.body


def merchant_of(server: GatewayServer) -> Merchant:
    wire = server.gateway.wires["paypal"]
    assert isinstance(wire, PayPal)
    return wire.merchant


def settings_of(merchant: Merchant) -> dict[str, str]:
    """Return the settings with which the product reaches this account."""
    return {name.removeprefix(PREFIX).lower(): word for name, word in merchant.settings.items()}


@contextmanager
def open_paypal(folder: Path) -> Iterator[PayPalHarness]:
    """Run the simulator and a receiver, with settings that lead to them.

    The signing certificate is there as it is after a first notification.
    """
    server = GatewayServer(folder, time_scale=0.001, refund_seconds=0.1)
    merchant = merchant_of(server)
    server.start()
    try:
        with (
            open_receiver() as receiver,
            override_settings(
                PROVIDER_SETTINGS=given_to("paypal", settings_of(merchant)), BASE_URL=receiver.url
            ),
        ):
            harness = PayPalHarness(server.server.url, receiver)
            harness.control("webhook", url=f"{receiver.url}/payments/paypal/notify")
            later = timezone.now() + timedelta(days=3)  # Its reports know of these days already.
            harness.control("reported-until", at=later.isoformat())
            url = server.server.url + CERTIFICATES_PATH + merchant.certificate_id
            harness.paypal.certificates.fetch(url, now=timezone.now())
            yield harness
            harness.paypal.certificates.stop()
            harness.paypal.connection.session.close()
    finally:
        server.stop()
