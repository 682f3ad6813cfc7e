"""The adapter `airalo` at a fake of it on loopback."""

from contextlib import ExitStack

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.port import SupplierAdapter
from tests.fakes.airalo import PACKAGE, TOP_UP, Airalo, airalo_at, running
from tests.fakes.loopback import LOST_AFTER, Answer
from tests.fakes.supplier import Message


class AiraloHarness:
    """It delivers at once."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.fake = Airalo()
        self.line = self._running.enter_context(running(self.fake))
        self.line.is_scripted = lambda asked: asked.target.startswith("/v2/orders")
        self.adapter: SupplierAdapter = airalo_at(self.line.url)

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid="891000000000999999") if is_renewal else None
        code = TOP_UP if is_renewal else PACKAGE
        return SupplyRequest(number=number, plan_code=code, renewed=renewed)

    def lose_answer(self) -> bool:
        self.line.script.append(LOST_AFTER)
        return True

    def delay(self) -> bool:
        return False

    def deliver(self, number: str) -> None:
        """Nothing is ever delayed."""

    def message(self, number: str) -> Message | None:
        return self.fake.message(number)

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        away = Answer(status, b"<html>", "text/html", wait)
        self.line.script += [away, away]  # After 401 it is asked once more, with a new token.
        return True

    def spoil(self) -> bool:
        self.fake.net_price = "6.20 or so"
        return True

    def made(self, number: str) -> int | None:
        return self.fake.made(number)

    def close(self) -> None:
        """Stop it."""
        self._running.close()
