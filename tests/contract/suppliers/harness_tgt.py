"""TGT: the adapter, and its other side on loopback."""

import json
from contextlib import ExitStack

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.foundation.money import Money
from tests.fakes.supplier import Message
from tests.fakes.tgt import OLD_M1, Tgt, callback_of, running, signed, tgt_at


class TgtHarness:
    """The other side issues at once, unless it is told to delay. New eSIMs are on cards of type C4,
    which alone can be ended early; what is renewed is on one of type M1."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.other = self._running.enter_context(running(Tgt(used="450")))
        self.adapter: SupplierAdapter = tgt_at(self.other.url)
        self._renewals: set[str] = set()

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid=OLD_M1) if is_renewal else None
        if is_renewal:
            self._renewals.add(number)
        code = "M1-3GB" if is_renewal else "C4-1GB"
        return SupplyRequest(number=number, plan_code=code, renewed=renewed, cost=Money(110, "USD"))

    def lose_answer(self) -> bool:
        self.other.loses("order/create")
        return True

    def delay(self) -> bool:
        self.other.delays = True
        return True

    def deliver(self, number: str) -> None:
        self.other.issue()

    def message(self, number: str) -> Message | None:
        kind = 2 if number in self._renewals else 1
        payload = callback_of(self.other.order_of(number), kind)
        body = signed(payload, json_arrays=False)
        return Message({}, body, unsigned=json.dumps(payload).encode())

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        self.other.says("order/create", b"<html>", status=status, wait=wait)
        return True

    def spoil(self) -> bool:
        self.other.spoils = True
        return True

    def made(self, number: str) -> int | None:
        return len([1 for order in self.other.orders if order["channelOrderNo"] == number])

    def close(self) -> None:
        """Stop it."""
        self._running.close()
