"""Stripe against the payment gateway's simulator, over loopback HTTP."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from django.test import override_settings

from limosa.domain.payments.port import Provider
from limosa.domain.payments.providers.stripe import connection
from limosa.domain.payments.providers.stripe.provider import StripeProvider
from limosa.domain.payments.status_reports import ProviderState
from limosa.simulators.loopback_http import Request
from limosa.simulators.payment_gateway.command import GatewayServer
from limosa.simulators.payment_gateway.stripe.cards import CARDS
from tests.contract.providers.later import Later
from tests.contract.providers.receiver import Receiver, open_receiver
from tests.provider_settings import given_to

PREFIX = "LIMOSA_STRIPE_"
# What an account is told beside the news itself, in no order: see `next_notification`.
CHARGE = re.compile(rb'"type": "charge\.(succeeded|refunded|dispute\.funds_[a-z]+)"')
INTENT = re.compile(rb'"type": "payment_intent\.[a-z_]+"')
LATER = {Later.CHARGED: "4242", Later.DECLINED: "0341", Later.PAYER_NEEDED: "3184"}


class StripeHarness:
    """See `harness.Harness` and `abilities`."""

    currency = "USD"
    methods: tuple[str, ...] = ("checkout",)
    needs_capture = False
    payer_reference = ""
    tells_refunds = True
    refund_can_fail = True
    closed_state = ProviderState.CLOSED
    refuses_to_close_paid = True
    attempts = 2
    # Answers are not signed: TLS says whose they are.
    reply_faults: tuple[str, ...] = (
        "server_error",
        "server_error_after",
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
        "scheme": "signature_type_unknown",
        "livemode": "livemode_wrong",
    }
    altered: tuple[str, ...] = ("amount", "currency", "merchant", "unknown_order")
    saved_label = "Visa •••• 4242"
    later_ends = tuple(LATER)

    def __init__(self, gateway: GatewayServer, receiver: Receiver) -> None:
        self.provider: Provider = StripeProvider()
        self.base_url = receiver.url
        self._control_url = f"{gateway.server.url}/control"
        self._receiver = receiver

    def unpaid_state(self, method: str) -> ProviderState:
        del method
        return ProviderState.PENDING

    def pay(self, number: str, **how: Any) -> None:
        self._control("stripe/pay", number=number, **how)

    def pay_to_save(self, number: str, *, later: Later) -> None:
        self.pay(number, card=card_number(last4=LATER[later]))

    def dispute(self, number: str, **held: Any) -> None:
        self._control("stripe/dispute", number=number, **held)

    def refund_by_hand(self, number: str, *, amount_minor: int) -> None:
        self._control("stripe/refund-by-hand", number=number, amount=amount_minor)

    def decide(self, number: str, *, is_won: bool) -> None:
        outcome = "won" if is_won else "lost"
        self._control("stripe/dispute-outcome", number=number, outcome=outcome)

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        self._control("stripe/reply-faults", kind=kind, operation=call, count=count, seconds=5)

    def spoil_next_notification(self, kind: str) -> None:
        fault = {"corrupt": kind, "corrupt_times": 1}
        self._control("stripe/notification-faults", fault=fault, count=1)

    def end_next_refund(self) -> None:
        self._control("stripe/refund-outcomes", outcome="failed")

    def next_notification(self) -> Request:
        """Return the next that is not about the same thing as another one.

        A payment on Stripe's page is told by its session, its intent and its charge.
        """
        while accompanies((sent := self._receiver.next()).body):
            continue
        return sent

    def drain(self) -> None:
        self._receiver.drain()

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connection, "READ_SECONDS", 0.2)

    def reset(self) -> None:
        self._control("reset")

    def _control(self, name: str, **members: Any) -> None:
        request = HttpRequest(
            f"{self._control_url}/{name}",
            data=json.dumps(members).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10):
            pass


def accompanies(body: bytes) -> bool:
    return bool(CHARGE.search(body) or (INTENT.search(body) and b'"method": "saved"' not in body))


@contextmanager
def open_stripe(folder: Path) -> Iterator[StripeHarness]:
    """Run the simulator and a receiver, with settings that lead to them."""
    gateway = GatewayServer(folder, time_scale=0.001, refund_seconds=0.1)
    said = gateway.gateway.wires["stripe"].settings
    values = {name.removeprefix(PREFIX).lower(): value for name, value in said.items()}
    gateway.start()
    try:
        with (
            open_receiver() as receiver,
            override_settings(
                PROVIDER_SETTINGS=given_to("stripe", values),
                BASE_URL=receiver.url,
            ),
        ):
            harness = StripeHarness(gateway, receiver)
            harness._control("stripe/webhook", url=f"{receiver.url}/payments/stripe/notify")
            yield harness
            connection_of(harness.provider).close()
    finally:
        gateway.stop()


def connection_of(provider: Any) -> connection.Connection:
    """Return the connection of a Stripe provider."""
    held = provider._calls.connection
    assert isinstance(held, connection.Connection)
    return held


def card_number(*, last4: str) -> str:
    """Return the number of a test card."""
    (number,) = (number for number in CARDS if number.endswith(last4))
    return number
