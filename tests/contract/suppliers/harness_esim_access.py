"""eSIM Access: the adapter, and its other side on loopback."""

import json
from contextlib import ExitStack

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.foundation.money import Money
from tests.fakes.esim_access import (
    RENEWED,
    RENEWED_ICCID,
    EsimAccess,
    esim_access_at,
    running,
)
from tests.fakes.supplier import Message


class EsimAccessHarness:
    """The other side allocates at once, unless it is told to delay."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.other = self._running.enter_context(running(EsimAccess()))
        self.adapter: SupplierAdapter = esim_access_at(self.other.url)

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid=RENEWED_ICCID, reference=RENEWED) if is_renewal else None
        code = "TOPUP_JP1" if is_renewal else "JP1"
        return SupplyRequest(number=number, plan_code=code, renewed=renewed, cost=Money(180, "USD"))

    def lose_answer(self) -> bool:
        self.other.loses("esim/order")
        return True

    def delay(self) -> bool:
        self.other.delays = True
        return True

    def deliver(self, number: str) -> None:
        self.other.allocate()

    def message(self, number: str) -> Message | None:
        content = {
            "orderNo": self.other.numbers.get(number, "B0"),
            "orderStatus": "GOT_RESOURCE",
            "transactionId": number,
        }
        said = {"notifyType": "ORDER_STATUS", "notifyId": f"id-of-{number}", "content": content}
        return Message({}, json.dumps(said).encode())

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        self.other.says("esim/order", b"<html>", status=status, wait=wait)
        return True

    def spoil(self) -> bool:
        self.other.spoils = True
        return True

    def made(self, number: str) -> int | None:
        return len([1 for esim in self.other.esims if esim["transactionId"] == number])

    def close(self) -> None:
        """Stop it."""
        self._running.close()
