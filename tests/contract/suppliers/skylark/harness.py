"""The strings of Skylark's sandbox, for the suite: see `harness.Harness`."""

from contextlib import ExitStack

from django.test import override_settings

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.foundation.money import Money
from limosa.simulators.loopback_http import Reply
from tests.contract.suppliers.skylark.adapter import SkylarkSupplier
from tests.contract.suppliers.skylark.sandbox import (
    CALLBACK_SECRET,
    KEY,
    RENEWED_ICCID,
    Skylark,
    callback,
    running,
)
from tests.factories import MOMENT
from tests.fakes.supplier import Message


class SkylarkHarness:
    """The other side makes orders at once, unless it is told to delay."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.other = self._running.enter_context(running(Skylark()))
        self.adapter: SupplierAdapter = skylark_at(self.other.url)

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid=RENEWED_ICCID) if is_renewal else None
        cost = Money(180, "USD")
        return SupplyRequest(number=number, plan_code="JP-1", renewed=renewed, cost=cost)

    def lose_answer(self) -> bool:
        self.other.loses = 1
        return True

    def delay(self) -> bool:
        self.other.delays = True
        return True

    def deliver(self, number: str) -> None:
        self.other.make(number)

    def message(self, number: str) -> Message | None:
        order = self.other.orders[number]
        return Message(*callback(order, at_seconds=int(MOMENT.timestamp())))

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        self.other.turns_away.append(Reply(status, b"<html>", {"Retry-After": wait}))
        return True

    def spoil(self) -> bool:
        self.other.price = "1.80 and some"
        return True

    def made(self, number: str) -> int | None:
        return len([1 for order in self.other.orders.values() if order["number"] == number])

    def close(self) -> None:
        """Stop it."""
        self._running.close()


def skylark_at(url: str) -> SkylarkSupplier:
    """Return the adapter, led to an address."""
    values = {"url": url, "key": KEY, "callback_secret": CALLBACK_SECRET}
    with override_settings(SUPPLIER_SETTINGS={"skylark": values}):
        return SkylarkSupplier()
