"""The adapter `billionconnect` at a fake of it on loopback."""

import json
from contextlib import ExitStack

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.port import SupplierAdapter
from tests.fakes.billionconnect import (
    RENEWING_SKU,
    SKU,
    BillionConnect,
    billionconnect_at,
    running,
    signed_body,
)
from tests.fakes.loopback import LOST_AFTER, Answer
from tests.fakes.supplier import Message

_ORDERS = (b'"F040"', b'"F007"')


class BillionConnectHarness:
    """It delivers by callbacks alone, and always later."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.fake = BillionConnect()
        self._is_spoiled = False
        self.line = self._running.enter_context(running(self.fake))
        self.line.is_scripted = lambda asked: any(one in asked.body for one in _ORDERS)
        self.adapter: SupplierAdapter = billionconnect_at(self.line.url)

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid="8986001201830009999") if is_renewal else None
        code = RENEWING_SKU if is_renewal else f"{SKU}:5:r"
        return SupplyRequest(number=number, plan_code=code, renewed=renewed)

    def lose_answer(self) -> bool:
        self.line.script.append(LOST_AFTER)
        return True

    def delay(self) -> bool:
        return True

    def deliver(self, number: str) -> None:
        self.fake.deliver(number)

    def message(self, number: str) -> Message | None:
        message = self.fake.message(number)
        if not self._is_spoiled:
            return message
        told = {**json.loads(message.body), "tradeTime": "a moment ago"}
        return signed_body(json.dumps(told).encode())

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        self.line.script.append(Answer(status, b"<html>", "text/html", wait))
        return True

    def spoil(self) -> bool:
        self._is_spoiled = True
        return True

    def made(self, number: str) -> int | None:
        return self.fake.made.count(number)

    def close(self) -> None:
        """Stop it."""
        self._running.close()
