"""What the contract suite needs of each supplier beside its adapter: a hand on the other side."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

from limosa.domain.connectivity.answers import SupplierEsim, SupplyRequest
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
    Renewal,
)
from limosa.domain.connectivity.port import SupplierAdapter
from limosa.domain.connectivity.suppliers.own_network.adapter import OwnNetwork
from limosa.domain.rsp.models import DownloadOrder
from tests.contract.suppliers.harness_airalo import AiraloHarness
from tests.contract.suppliers.harness_billionconnect import BillionConnectHarness
from tests.contract.suppliers.harness_esim_access import EsimAccessHarness
from tests.contract.suppliers.harness_tgt import TgtHarness
from tests.contract.suppliers.simulated import SIMULATED, SimulatedHarness
from tests.contract.suppliers.skylark.harness import SkylarkHarness
from tests.factories.catalog import make_plan
from tests.factories.esims import make_esim
from tests.fakes.es2plus import es2plus_at
from tests.fakes.other_smdp import LOST_AFTER as LOST_BY_IT
from tests.fakes.other_smdp import OtherSmdp, running
from tests.fakes.supplier import EVERYTHING, LOST_AFTER, PENDING, FakeSupplier, Message


class Harness(Protocol):
    """A supplier that can be told what to do."""

    adapter: SupplierAdapter

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        """Return something that it sells."""

    def lose_answer(self) -> bool:
        """Have it do the next call, and not answer. False: no answer of it can be lost."""

    def delay(self) -> bool:
        """Have it accept the next order, and deliver later. False: it delivers at once."""

    def deliver(self, number: str) -> None:
        """Deliver what it delayed."""

    def message(self, number: str) -> Message | None:
        """Return a genuine callback about an order; None: it sends none."""

    def made(self, number: str) -> int | None:
        """Return how many orders it made of a number; None: nobody can tell."""

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        """Have it turn the next order away by its status, with a `Retry-After`. False: nobody calls
        it."""

    def spoil(self) -> bool:
        """Have it deliver with something that can't be read, and that no delivery needs. False: it
        says nothing else."""

    def close(self) -> None:
        """Stop what was started."""


class Silent:
    """What says only what is needed, and can't turn anybody away."""

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        del status, wait
        return False

    def spoil(self) -> bool:
        return False


class OwnHarness(Silent):
    """Our own network answers from the database of the test."""

    def __init__(self) -> None:
        self.adapter: SupplierAdapter = OwnNetwork()
        self._plan = make_plan()

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid=make_esim().iccid) if is_renewal else None
        return SupplyRequest(number=number, plan_code=self._plan.code, renewed=renewed)

    def lose_answer(self) -> bool:
        return False

    def delay(self) -> bool:
        return False

    def deliver(self, number: str) -> None:
        """Nothing is ever delayed."""

    def message(self, number: str) -> Message | None:
        return None

    def made(self, number: str) -> int | None:
        return DownloadOrder.objects.filter(reference=number).count()

    def close(self) -> None:
        """Nothing was started."""


class FakeHarness(Silent):
    """The fake, as a supplier of some kind."""

    def __init__(self, capabilities: Capabilities, *, names_renewed: bool = False) -> None:
        self.fake = FakeSupplier(capabilities)
        self.fake.names_renewed = names_renewed
        self.adapter: SupplierAdapter = self.fake

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid="8999000000000000019") if is_renewal else None
        return SupplyRequest(number=number, plan_code="any", renewed=renewed)

    def lose_answer(self) -> bool:
        self.fake.script(LOST_AFTER)
        return True

    def delay(self) -> bool:
        self.fake.script(PENDING)
        return True

    def deliver(self, number: str) -> None:
        self.fake.deliver(number)

    def message(self, number: str) -> Message | None:
        has_none = self.fake.capabilities.callback_auth is CallbackAuth.NONE
        return None if has_none else self.fake.message(number)

    def made(self, number: str) -> int | None:
        return len(self.fake.orders_of(number))

    def close(self) -> None:
        """Nothing was started."""


class Es2PlusHarness:
    """The adapter `es2plus` at another SM-DP+, which recognizes what is repeated."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.smdp = self._running.enter_context(running(OtherSmdp()))
        self.adapter: SupplierAdapter = es2plus_at(self.smdp.url, repeats_safely=True)

    def request(self, number: str, *, is_renewal: bool = False) -> SupplyRequest:
        renewed = SupplierEsim(iccid="8901000000000000001") if is_renewal else None
        return SupplyRequest(number=number, plan_code="travel", renewed=renewed)

    def lose_answer(self) -> bool:
        self.smdp.script["confirmOrder"] = [LOST_BY_IT, LOST_BY_IT]
        return True

    def delay(self) -> bool:
        return False

    def deliver(self, number: str) -> None:
        """Nothing is ever delayed."""

    def message(self, number: str) -> Message | None:
        return None

    def turn_away(self, status: int, *, wait: str = "") -> bool:
        self.smdp.turns_away.append((status, wait))
        return True

    def spoil(self) -> bool:
        return False

    def made(self, number: str) -> int | None:
        return sum(order.call.startswith(f"{number}-") for order in self.smdp.orders)

    def close(self) -> None:
        """Stop it."""
        self._running.close()


# The kinds of supplier that there are: docs/howto/add-a-supplier.md.
KINDS: Mapping[str, Capabilities] = {
    "same order": EVERYTHING,
    "duplicate refused": replace(
        EVERYTHING, idempotency=Idempotency.DUPLICATE_REFUSED, cancel=Cancel.REVIEWED
    ),
    "looked up": replace(
        EVERYTHING,
        idempotency=Idempotency.LOOKED_UP,
        end_early=False,
        callback_auth=CallbackAuth.UNSIGNED,
    ),
    "nothing": Capabilities(renewal=Renewal.NEW_ESIM),
    "names the renewed": EVERYTHING,
}


SUPPLIERS: Mapping[str, Callable[[], Harness]] = {
    "own_network": OwnHarness,
    "es2plus": Es2PlusHarness,
    "billionconnect": BillionConnectHarness,
    "esim_access": EsimAccessHarness,
    "tgt": TgtHarness,
    "airalo": AiraloHarness,
    "skylark": SkylarkHarness,
}


def open_harness(name: str) -> Harness:
    """Return the harness of a supplier of the settings, or of a kind of fake."""
    if name in SUPPLIERS:
        return SUPPLIERS[name]()
    if name in SIMULATED:
        return SimulatedHarness(SIMULATED[name])
    return FakeHarness(KINDS[name], names_renewed=name == "names the renewed")
