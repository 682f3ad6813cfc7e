"""A supplier in memory, of the kind that a run's configuration draws. It keeps its own books.

It does what real ones do at their worst: it acts without answering, receives a request long after
its sender gave up, delivers late, refuses, and sends callbacks twice and late.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from limosa.domain.connectivity.answers import (
    CallbackRefusedError,
    CancelAnswer,
    Delivered,
    Duplicate,
    Failure,
    Pending,
    Refused,
    SupplierCallback,
    SupplyAnswer,
    SupplyHandle,
    SupplyNews,
    SupplyRequest,
    UnderReview,
    UndoAnswer,
    Unknown,
)
from limosa.domain.connectivity.capabilities import (
    CallbackAuth,
    Cancel,
    Capabilities,
    Idempotency,
)
from limosa.domain.connectivity.port import (
    WithoutBalance,
    WithoutCharges,
    WithoutPlans,
    WithoutUsage,
)
from limosa.domain.esims.engine.profile import Profile
from limosa.foundation.errors import ProviderError
from limosa.foundation.identifiers import make_iccid
from limosa.foundation.money import Money
from limosa_lab.simulation.stage import current_actor, pause

OWN = "own"
# By what becomes of a lost answer there; other features differ too, so that each run meets some.
KINDS: Mapping[str, Capabilities] = {
    "same_order": Capabilities(
        idempotency=Idempotency.SAME_ORDER,
        cancel=Cancel.AT_ONCE,
        callback_auth=CallbackAuth.SIGNED,
    ),
    "duplicate_refused": Capabilities(
        idempotency=Idempotency.DUPLICATE_REFUSED,
        cancel=Cancel.REVIEWED,
        end_early=True,
        callback_auth=CallbackAuth.SIGNED,
    ),
    "looked_up": Capabilities(
        idempotency=Idempotency.LOOKED_UP, end_early=True, callback_auth=CallbackAuth.UNSIGNED
    ),
    "none": Capabilities(callback_auth=CallbackAuth.SIGNED),
}
# Beside those, in runs about suppliers alone.
EVERY_KIND: Mapping[str, Capabilities] = {
    **KINDS,
    "sent_again": Capabilities(idempotency=Idempotency.SENT_AGAIN, cancel=Cancel.AT_ONCE),
}
# How we learn what an order costs: its price never changes; its answer tells; or it refuses an
# order at another price than its own.
FIXED, TOLD, CHECKED = "fixed", "told", "checked"
SHORTAGES = ("out_of_stock", "credit_used_up", "maintenance")
# A request that nobody waits for any more arrives within this time, or never.
_ARRIVES_WITHIN_SECONDS = 50
# A caller that is stopped in its call, and goes on later, finds the connection ended.
_CONNECTED_AT_MOST = timedelta(minutes=1)
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class Supplied:
    """An order at the supplier: ordered, delivered, failed, cancelled or ended. `cost`: charged for
    it, unless it failed or was cancelled; `tells_cost`: its answer says so."""

    reference: str
    request: SupplyRequest
    state: str
    cost: Money | None = None
    tells_cost: bool = False
    issuer: str = "01997"

    @property
    def charged_minor(self) -> int:
        is_free = self.cost is None or self.state in {"failed", "cancelled"}
        return 0 if is_free or self.cost is None else self.cost.amount_minor

    @property
    def answer(self) -> Delivered | Pending | Refused:
        if self.state == "ordered":
            return Pending(reference=self.reference)
        if self.state == "failed":
            return Refused(failure=Failure.NEVER, reason="failed")
        renewed = self.request.renewed
        if renewed is not None:  # Some name the renewed eSIM again.
            is_named = int(self.reference) % 2 == 0
            profile = Profile(iccid=renewed.iccid, activation_code="") if is_named else None
        else:
            iccid = make_iccid(issuer=self.issuer, account=int(self.reference))
            profile = Profile(iccid=iccid, activation_code=f"LPA:1$supplier.example${iccid}")
        cost = self.cost if self.tells_cost else None
        return Delivered(reference=self.reference, profile=profile, cost=cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a supplier is like in a run. `price`: of everything it sells; None: it charges nothing.
    `learning`: how we learn of it. `issuer`: of its ICCIDs."""

    capabilities: Capabilities
    price: Money | None = None
    learning: str = FIXED
    issuer: str = "01997"


class PlayedSupplier(WithoutPlans, WithoutBalance, WithoutCharges, WithoutUsage):
    """See `port.SupplierAdapter`."""

    def __init__(self) -> None:
        self.capabilities = Capabilities()
        self.clock: Callable[[], datetime] = lambda: datetime.min.replace(tzinfo=UTC)
        self.orders: list[Supplied] = []
        self.on_their_way: list[tuple[datetime, SupplyRequest]] = []
        self.random = Random(0)
        self.unreliable = 0.0
        self.hesitates = True
        self.terms = Terms(capabilities=self.capabilities)
        self.price: Money | None = None
        self.shortage = ""
        self.told: list[tuple[int, str]] = []

    def begin(
        self, *, terms: Terms, clock: Callable[[], datetime], random: Random, unreliable: float
    ) -> None:
        """Reset. `unreliable`: the probability of a failure."""
        self.terms, self.price, self.shortage = terms, terms.price, ""
        self.capabilities = terms.capabilities
        self.clock, self.random, self.unreliable = clock, random, unreliable
        self.orders, self.on_their_way, self.hesitates = [], [], True
        self.told = []

    # Methods that the shop calls.

    def order(self, request: SupplyRequest) -> SupplyAnswer:
        """Place an order: depending on its idempotency, once for each number."""

        def act() -> SupplyAnswer:
            luck = self.random.random()
            if self.capabilities.recognizes_repeats and self.orders_of(request.number):
                return self._take(request)  # Whatever it costs by now: it is the same order.
            if self.shortage:
                return Refused(failure=Failure.ANOTHER, reason=self.shortage)
            if self.terms.learning == CHECKED and request.cost != self.price:
                return Refused(failure=Failure.ANOTHER, reason="price_changed")
            if luck < self.unreliable / 3:
                failures = (Failure.AGAIN, Failure.AGAIN, Failure.ANOTHER, Failure.NEVER)
                return Refused(failure=self.random.choice(failures), reason="luck")
            return self._take(request)

        return self._call("order", act, late=lambda: self._send_late(request))

    def look_up(self, handle: SupplyHandle) -> SupplyAnswer:
        """Return the order, by our number if it can, otherwise by its reference."""

        def act() -> SupplyAnswer:
            found = self._found(handle)
            return found[-1].answer if found else Unknown()

        return self._call("look_up", act)

    def cancel(self, handle: SupplyHandle) -> UndoAnswer:
        """Cancel an order, or have somebody decide that first; one that is cancelled stays so."""

        def act() -> UndoAnswer:
            if any(one.state == "cancelled" for one in self._found(handle)):
                return CancelAnswer.DONE
            luck = self.random.random()
            if self.capabilities.end_early and luck < 0.3:
                return CancelAnswer.REFUSED
            if self.capabilities.cancel is Cancel.REVIEWED and luck < 0.6 and self.hesitates:
                return UnderReview()
            return self._undo(handle, "cancelled")

        return self._call("cancel", act)

    def end_early(self, handle: SupplyHandle) -> CancelAnswer:
        """End the service of an order."""
        return self._call("end_early", lambda: self._undo(handle, "ended"))

    def read_callback(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> SupplierCallback:
        """Return the state of the order that the callback names, as of when it was written."""
        del headers, now
        try:
            said = json.loads(body)
            order, state = self.orders[said["order"]], said["state"]
        except (ValueError, KeyError, IndexError) as error:
            raise CallbackRefusedError("malformed") from error
        news = SupplyNews(number=order.request.number, answer=replace(order, state=state).answer)
        return SupplierCallback(message_id=f"{said['order']}-{state}", news=(news,))

    def acknowledge(self, *, accepted: bool) -> tuple[int, str, bytes]:
        """Return a plain answer."""
        return (200 if accepted else 503), "text/plain", b""

    # What happens there.

    def callback(self, number: int) -> bytes:
        """Return a callback about an order, by its place in the books."""
        return json.dumps({"order": number, "state": self.orders[number].state}).encode()

    def old_callback(self, number: int) -> bytes:
        """Return a callback as it was sent at some time, by its place among all."""
        order, state = self.told[number]
        return json.dumps({"order": order, "state": state}).encode()

    def go_on(self, *, all_of_it: bool = False) -> str:
        """Take what has arrived, and deliver some or all orders; return what changed."""
        self._let_arrive(all_of_it=all_of_it)
        done = []
        for order in self.orders:
            if order.state == "ordered" and (all_of_it or self.random.random() < 0.6):
                order.state = "failed" if self.random.random() < 0.15 else "delivered"
                self._tell(order)
                done.append(f"{order.request.number} is {order.state}")
        return "; ".join(done) or "nothing"

    def charged(self) -> dict[str, int]:
        """Return what it charges, by our number: its statement."""
        return {order.request.number: order.charged_minor for order in self.orders}

    def orders_of(self, number: str) -> list[Supplied]:
        """Return its orders with a number: more than one is a bill too many."""
        return [order for order in self.orders if order.request.number == number]

    def _take(self, request: SupplyRequest) -> SupplyAnswer:
        known = self.orders_of(request.number)
        if known and self.capabilities.idempotency is Idempotency.DUPLICATE_REFUSED:
            return Duplicate()
        if not known or not self.capabilities.recognizes_repeats:
            state = "ordered" if self.random.random() < 0.5 else "delivered"
            order = Supplied(
                str(len(self.orders) + 1),
                request,
                state,
                cost=self.price,
                tells_cost=self.terms.learning == TOLD,
                issuer=self.terms.issuer,
            )
            known = [order]
            self.orders += known
            self._tell(order)
        return known[-1].answer

    def _tell(self, order: Supplied) -> None:
        self.told.append((self.orders.index(order), order.state))

    def _send_late(self, request: SupplyRequest) -> None:
        if self.random.random() < 0.5:
            seconds = self.random.randint(1, _ARRIVES_WITHIN_SECONDS)
            self.on_their_way.append((self.clock() + timedelta(seconds=seconds), request))

    def _let_arrive(self, *, all_of_it: bool = False) -> None:
        now = self.clock()
        arrived = [request for at, request in self.on_their_way if all_of_it or at <= now]
        self.on_their_way = [
            (at, request) for at, request in self.on_their_way if not (all_of_it or at <= now)
        ]
        for request in arrived:
            if self.terms.learning != CHECKED or request.cost == self.price:
                self._take(request)

    def _found(self, handle: SupplyHandle) -> list[Supplied]:
        if handle.reference:
            return [order for order in self.orders if order.reference == handle.reference]
        return self.orders_of(handle.number) if self.capabilities.looks_up_by_number else []

    def _undo(self, handle: SupplyHandle, state: str) -> CancelAnswer:
        for order in self._found(handle) or self.orders_of(handle.number):
            order.state = state
            self._tell(order)
        return CancelAnswer.DONE

    def _call(
        self, name: str, act: Callable[[], _Answer], *, late: Callable[[], None] | None = None
    ) -> _Answer:
        """Act or not, and answer or not: the caller can't tell which."""
        begun = self.clock()
        pause(f"supplier.{name}")
        self._let_arrive()
        if self.clock() - begun > _CONNECTED_AT_MOST:
            raise ProviderError("timed out", retryable=True)
        luck = self.random.random()
        if luck < self.unreliable / 2:
            pause("lost on the way there")
            if late is not None:
                late()
            raise ProviderError("no answer", retryable=True)
        answer = act()
        actor = current_actor()
        if actor is not None and name != "look_up":
            actor.changed = True
        if luck < self.unreliable:
            pause("lost on the way back")
            raise ProviderError("no answer", retryable=True)
        pause("answered")
        return answer
