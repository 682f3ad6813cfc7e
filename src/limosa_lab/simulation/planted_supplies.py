"""Bugs about a supplier that has to be called.

As in planted_bugs.py, each is a context manager that changes one rule.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from limosa.domain.connectivity.engine import supplying
from limosa.domain.connectivity.engine.supplying import NextCall, SupplyNow, SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.supplies import supply_now
from limosa.domain.ordering.operations import apply_supply_answer as applying
from limosa.domain.ordering.operations import reverse_sale as reversing
from limosa.domain.ordering.operations import supply_next_order as asking
from limosa_lab.simulation.planting import PlantedBug, entering, replaced

SUPPLY_BUGS: dict[str, PlantedBug] = {}
_bug = entering(SUPPLY_BUGS)


@_bug("I11", "E0", "F10")
def _order_again_after_silence() -> Iterator[None]:
    """An order whose answer was lost is sent again, whatever the supplier's capabilities."""
    true = supplying.next_call

    def call(supply: SupplyNow, **arguments: Any) -> NextCall:
        is_lost = supply.state is SupplyState.ASKED
        return NextCall.REORDER if is_lost else true(supply, **arguments)

    with replaced(asking, "next_call", call):
        yield


@_bug("F10", "E0", "F2", "I6", "I7", "F1")
def _deliver_what_was_paid_back() -> Iterator[None]:
    """What the supplier delivers is given to the person, even after a refund."""

    def stands(supply: Supply, **arguments: Any) -> SupplyNow:
        return replace(supply_now(supply, **arguments), is_wanted=True)

    with replaced(applying, "supply_now", stands):
        yield


@_bug("F10")
def _leave_the_supplier_untold() -> Iterator[None]:
    """A refund does not tell the supplier."""

    def withdraw(**_arguments: Any) -> None:
        """Do nothing."""

    with replaced(reversing, "withdraw_supply", withdraw):
        yield
