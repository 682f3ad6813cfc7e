"""The adapters at the simulated wholesalers, which were written from the same facts by other hands.

The simulator issues nothing by itself here: a test says when, or that an answer is lost.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.test import override_settings

from limosa.domain.connectivity.answers import (
    Delivered,
    Pending,
    SupplierCallback,
    SupplierEsim,
    SupplyAnswer,
    SupplyHandle,
    SupplyRequest,
)
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.domain.connectivity.suppliers.airalo.adapter import AiraloSupplier
from limosa.domain.connectivity.suppliers.billionconnect.adapter import BillionConnectSupplier
from limosa.domain.connectivity.suppliers.esim_access.adapter import EsimAccessSupplier
from limosa.domain.connectivity.suppliers.tgt.adapter import TgtSupplier
from limosa.foundation.money import Money
from limosa.simulators.wholesale.acts import Acts
from limosa.simulators.wholesale.billionconnect.tables import code_of as sku_of
from limosa.simulators.wholesale.callbacks import callbacks_of
from limosa.simulators.wholesale.command import WholesaleServer
from limosa.simulators.wholesale.faults import Fault, FaultKind
from limosa.simulators.wholesale.orders import order_by, orders_by
from limosa.simulators.wholesale.plans import REGIONS, SIZES
from limosa.simulators.wholesale.wholesaler import Options
from tests.factories import MOMENT
from tests.fakes.supplier import Message

_NEVER_SECONDS = 3600.0
_AT_ONCE_SECONDS = 0.5  # In which the simulator delivers, before it leaves a call unanswered.
_NOWHERE = "http://127.0.0.1:1/{code}"
_FIRST = "L-FIRST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A wholesaler there. `new`: a plan for a new eSIM; `renewed`: one whose eSIM is renewed by
    `renewal`. `given`: settings that the simulator does not tell. `answers_at_once`: an order is
    answered with what it delivers, and no callback tells of it."""

    code: str
    adapter: Callable[[], SupplierAdapter]
    new: str
    renewed: str
    renewal: str
    given: Mapping[str, str]
    currency: str = "USD"
    answers_at_once: bool = False


(_SKU,) = [sku_of(one, SIZES[0], "either") for one in REGIONS if one.code == "JP"]
SIMULATED = {
    f"{one.code}, simulated": one
    for one in (
        Simulated(
            code="esim_access",
            adapter=EsimAccessSupplier,
            new="LJP1GB7D",
            renewed="LJP1GB7D",
            renewal="TOPUP_LJP1GB7D",
            given={},
        ),
        Simulated(
            code="tgt",
            adapter=TgtSupplier,
            # The simulator's cards for the United States are of type C4, which can be ended early.
            new="A-002-ES-US-T-7D/180D-1GB(A)",
            renewed="A-002-ES-JP-T-7D/180D-1GB(A)",
            renewal="A-002-ES-JP-T-15D/180D-3GB(A)",
            given={"callback_secret": ""},
        ),
        Simulated(
            code="billionconnect",
            adapter=BillionConnectSupplier,
            new=f"{_SKU}:r",
            renewed=f"{_SKU}:r",
            renewal=_SKU,
            given={},
            currency="CNY",
        ),
        Simulated(
            code="airalo",
            adapter=AiraloSupplier,
            new="japan-mobile-7days-1gb",
            renewed="japan-mobile-7days-1gb",
            renewal="japan-mobile-7days-1gb-topup",
            given={},
            answers_at_once=True,
        ),
    )
}


class SimulatedHarness:
    """One wholesaler of the simulator, and its adapter."""

    def __init__(self, one: Simulated) -> None:
        self._one = one
        self.code = one.code
        self._running = ExitStack()
        folder = self._running.enter_context(TemporaryDirectory())
        options = Options(
            callbacks=_NOWHERE, order_seconds=_NEVER_SECONDS, time_scale=10_000.0, age_scale=0.0
        )
        self._server = WholesaleServer(Path(folder), options=options)
        self._running.callback(self._server.stop)
        self._server.start()
        self._wire = self._server.wholesaler.wires[one.code]
        self.adapter: SupplierAdapter = self._adapter()

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        code = self._one.renewal if is_renewal else self._one.new
        renewed = self._first() if is_renewal else None
        return SupplyRequest(number=number, plan_code=code, renewed=renewed, cost=self._cost(code))

    def lose_answer(self) -> bool:
        self._wire.desk = replace(self._wire.desk, order_seconds=0.0)
        self.fail(Fault(FaultKind.TIMEOUT_AFTER, seconds=_AT_ONCE_SECONDS))
        return True

    def fail(self, fault: Fault) -> None:
        """Have something go wrong once."""
        self._wire.desk.faults.add(fault, count=1)

    def delay(self) -> bool:
        return not self._one.answers_at_once

    def deliver(self, number: str) -> None:
        with self._wire.desk.store.transaction() as db:
            order = order_by(db, self._one.code, number=number)
        assert order is not None
        self._wire.desk.fulfil(order.id)

    def bought(self, request: SupplyRequest) -> SupplyAnswer:
        """Order something, and return what is told of it once it is delivered."""
        answer = self.adapter.order(request)
        if not isinstance(answer, Pending):
            return answer
        self.deliver(request.number)
        handle = SupplyHandle(
            number=request.number, reference=answer.reference, renewed=request.renewed
        )
        return self.told(handle)

    def told(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return what is told of an order: what a look-up leaves open, by a callback."""
        found = self.adapter.look_up(handle)
        message = self.message(handle.number) if isinstance(found, Pending) else None
        if message is None:
            return found
        read = self.adapter.read_callback(headers=message.headers, body=message.body, now=MOMENT)
        return read.news[0].answer

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        del status, wait
        return False

    def spoil(self) -> bool:
        return False

    def use(self, iccid: str, volume_bytes: int) -> None:
        """Have an eSIM use something; the first use starts its plan."""
        acts = Acts(self._server.wholesaler, self._wire)
        acts.use(acts.esim(iccid=iccid), volume_bytes)

    def told_of(self, kind: str) -> SupplierCallback:
        """Return the newest callback of a kind, as it is read."""
        with self._wire.desk.store.transaction() as db:
            queued = callbacks_of(db, self._one.code, count=100)
        made = self._wire.message(next(one for one in queued if one.kind == kind))
        headers = {name.lower(): value for name, value in made.headers.items()}
        return self.adapter.read_callback(headers=headers, body=made.body, now=MOMENT)

    def message(self, number: str) -> Message | None:
        """Return the newest callback about an order; a top-up has none but that of its eSIM."""
        if self._one.answers_at_once:
            return None
        with self._wire.desk.store.transaction() as db:
            queued = callbacks_of(db, self._one.code, count=100)
            orders = orders_by(db, self._one.code, number=number)
            found = [one for one in queued if one.order_id in {order.id for order in orders}]
        made = self._wire.message((found or queued)[0])
        headers = {name.lower(): value for name, value in made.headers.items()}
        try:
            said = json.loads(made.body)
            said.pop("sign", None)
        except ValueError:
            return Message(headers, made.body)
        return Message(headers, made.body, unsigned=json.dumps(said).encode())

    def made(self, number: str) -> int | None:
        with self._wire.desk.store.transaction() as db:
            return len(orders_by(db, self._one.code, number=number))

    def close(self) -> None:
        """Stop it."""
        self._running.close()

    def _adapter(self) -> SupplierAdapter:
        code = self._one.code
        told = self._server.wholesaler.settings
        prefix = f"LIMOSA_{code.upper()}_"
        given = {
            name.removeprefix(prefix).lower(): value
            for name, value in told.items()
            if name.startswith(prefix)
        }
        values = {**settings.SUPPLIER_SETTINGS[code], **self._one.given, **given}
        with override_settings(SUPPLIER_SETTINGS={code: values}):
            return self._one.adapter()

    def _cost(self, code: str) -> Money:
        """Return what a plan costs: the simulator counts ten-thousandths."""
        with self._wire.desk.store.transaction() as db:
            price = self._wire.plans(db)[code.removesuffix(":r")].price
        return Money(price // 100, self._one.currency)

    def _first(self) -> SupplierEsim:
        """Buy an eSIM, and return it as it is known there."""
        request = SupplyRequest(number=_FIRST, plan_code=self._one.renewed)
        found = self.bought(request)
        assert isinstance(found, Delivered)
        assert found.profile is not None
        return SupplierEsim(
            iccid=found.profile.iccid,
            reference=found.profile.reference,
            order_reference=found.reference,
        )
