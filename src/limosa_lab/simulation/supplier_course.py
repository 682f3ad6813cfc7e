"""A run about suppliers: several sell the same plans, run out, change prices and report late."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from limosa.domain.catalog.models import PlanSource
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.requests import PaymentMethodChoice
from limosa.foundation.money import Money
from limosa_lab.simulation import actions
from limosa_lab.simulation.configuration import SUPPLIERS
from limosa_lab.simulation.course import Course
from limosa_lab.simulation.suppliers import FIXED, SHORTAGES
from limosa_lab.simulation.world import PEOPLE, SUPPLIER_CODES, World

WALLET = PaymentMethodChoice(provider="wallet", method="wallet")
_WEIGHTS = {
    "notify": 2,
    "pay": 2,
    "work": 12,
    "press": 2,
    "place": 5,
    "give_back": 6,
    "refund": 0.5,
    "refund_part": 0.3,
    "dispute": 0,
    "cancel": 0.5,
    "call_back": 6,
    "hear_again": 3,
    "run_short": 3,
    "reprice": 1.5,
    "learn_prices": 1,
    "pause_supplier": 1,
    "wait": 2,
}


@dataclass(slots=True, kw_only=True)
class SupplierCourse(Course):
    """See `Course`."""

    space: ClassVar[str] = SUPPLIERS
    base_weights: ClassVar[dict[str, float]] = _WEIGHTS
    actions: ClassVar[tuple[int, int]] = (14, 32)

    def _open(self) -> None:
        """People have money in their wallets, so that most orders are paid."""
        for person in PEOPLE:
            given = actions.give(self.world, person=person, amount_minor=100_000)
            self._say(f"{person} has money: {given}")
        Course._open(self)

    def _some_order(self) -> Callable[[World], object]:
        return partial(
            actions.place,
            person=self._somebody(),
            plan=self.random.choice((0, 1)),
            choice=self.random.choice((*[WALLET] * 5, *actions.CHOICES)),
            renews=self.random.random() < 0.4,
        )

    def _place(self) -> bool:
        return len(self.world.orders) < 5 and self._enter("place", self._some_order())

    def _work(self) -> bool:
        """A worker's round, most often the one that calls suppliers."""
        if self.random.random() < 0.6:
            return self._enter("job supply", partial(actions.job, name="supply"))
        return Course._work(self)

    def _give_back(self) -> bool:
        """Somebody returns what was delivered: before that, no page offers it."""
        delivered = Order.objects.filter(number__in=self.world.orders, state=OrderState.FULFILLED)
        numbers = sorted(delivered.values_list("number", flat=True), key=self.world.orders.index)
        if not numbers:
            return self._enter("job supply", partial(actions.job, name="supply"))
        number = self.random.choice(numbers)
        return self._enter(f"return {number}", partial(actions.give_back, number=number))

    def _hear_again(self) -> bool:
        """A callback comes that was sent some time ago, perhaps before others."""
        heard = {code: one for code, one in self.world.suppliers.items() if one.told}
        if not heard:
            return False
        code = self.random.choice(list(heard))
        body = heard[code].old_callback(self.random.randrange(len(heard[code].told)))
        return self._enter(
            f"old callback of {code}", partial(actions.call_back, code=code, body=body)
        )

    def _run_short(self) -> bool:
        """A supplier can't deliver for a while, or can again."""
        code = self.random.choice(list(self.world.suppliers))
        supplier = self.world.suppliers[code]
        supplier.shortage = "" if supplier.shortage else self.random.choice(SHORTAGES)
        return self._say(f"{code}: {supplier.shortage or 'sells again'}")

    def _reprice(self) -> bool:
        """A supplier changes what it charges; we hear of it later, or by its answers."""
        code = self.random.choice(list(self.world.suppliers))
        supplier = self.world.suppliers[code]
        if supplier.terms.learning == FIXED or supplier.price is None:
            return False
        other = supplier.price.amount_minor + self.random.choice((-10, 15, 120))
        supplier.price = Money(max(other, 1), supplier.price.currency)
        return self._say(f"{code} charges {supplier.price}")

    def _learn_prices(self) -> bool:
        """The catalogue gets every supplier's price as it is now."""
        for code, supplier in self.world.suppliers.items():
            if supplier.price is not None:
                sources = PlanSource.objects.filter(supplier=code)
                sources.update(cost_minor=supplier.price.amount_minor)
        return self._say("the catalogue has today's costs")

    def _pause_supplier(self) -> bool:
        """Staff pause one supplier, or all are open again."""
        code = self.random.choice(SUPPLIER_CODES) if self.random.random() < 0.6 else ""
        return self._enter("pause", partial(actions.pause_one, code=code))
