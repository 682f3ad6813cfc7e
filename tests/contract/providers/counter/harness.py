"""The strings of the till's sandbox, for the suite: see `harness.Harness`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from limosa.domain.payments.port import Provider
from limosa.domain.payments.status_reports import ProviderState
from limosa.simulators.loopback_http import Request
from tests.contract.providers.counter import provider
from tests.contract.providers.counter.till import SECRET, SHOP, Till
from tests.contract.providers.receiver import Receiver, open_receiver
from tests.provider_settings import given_to


class CounterHarness:
    """Cash at the counter, over loopback HTTP."""

    currency = "EUR"
    methods: tuple[str, ...] = ("slip",)
    needs_capture = False
    payer_reference = ""
    tells_refunds = False
    refund_can_fail = False
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
    }
    altered: tuple[str, ...] = ("amount", "currency", "merchant", "unknown_order")

    def __init__(self, till: Till, receiver: Receiver) -> None:
        self.provider: Provider = provider.CounterProvider()
        self.base_url = receiver.url
        self._till = till
        self._receiver = receiver

    def unpaid_state(self, method: str) -> ProviderState:
        del method
        return ProviderState.PENDING

    def pay(self, number: str, **how: Any) -> None:
        self._till.pay(number, **how)

    def spoil_next_reply(self, kind: str, *, call: str, count: int) -> None:
        self._till.faults[call] = [kind] * count

    def spoil_next_notification(self, kind: str) -> None:
        self._till.notice_fault = kind

    def end_next_refund(self) -> None:
        raise AssertionError("a refund at the counter does not fail")

    def next_notification(self) -> Request:
        return self._receiver.next()

    def drain(self) -> None:
        self._receiver.drain()

    def shorten_timeouts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(provider, "READ_SECONDS", 0.2)

    def reset(self) -> None:
        self._till.faults.clear()
        self._till.notice_fault = ""


@contextmanager
def open_counter(_folder: Path) -> Iterator[CounterHarness]:
    """Run the till and a receiver, with settings that lead to them."""
    till = Till()
    till.server.start()
    values = {"shop": SHOP, "secret": SECRET, "url": till.server.url}
    try:
        with (
            open_receiver() as receiver,
            override_settings(PROVIDER_SETTINGS=given_to("counter", values)),
        ):
            yield CounterHarness(till, receiver)
    finally:
        till.server.stop()
