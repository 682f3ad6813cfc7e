"""Bugs about plans that several suppliers sell, what suppliers charge, and what people return."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from limosa.domain.catalog.engine.sources import Source
from limosa.domain.connectivity.answers import (
    CancelAnswer,
    Delivered,
    Failure,
    Pending,
    Refused,
    UndoAnswer,
)
from limosa.domain.connectivity.engine.sourcing import Choice, next_choice
from limosa.domain.connectivity.engine.supplying import (
    Lost,
    Outcome,
    SupplyNow,
    SupplyState,
    after_answer,
    after_cancel,
)
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.operations.request_supply import request_supply
from limosa.domain.esims.operations.add_esim import add_esim
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering import next_supplier as choosing
from limosa.domain.ordering.engine.bookings import supplied
from limosa.domain.ordering.operations import apply_supply_answer as applying
from limosa.domain.ordering.operations import apply_undo_answer as undoing
from limosa.domain.ordering.operations import book_supply_cost as booking
from limosa.domain.ordering.operations import fulfil_order as fulfilling
from limosa.domain.ordering.operations import order_at_supplier as placing
from limosa.foundation.money import Money
from limosa_lab.simulation.planting import PlantedBug, entering, replaced

SEVERAL_BUGS: dict[str, PlantedBug] = {}
_bug = entering(SEVERAL_BUGS)


@_bug("I11", "E0", "F10")
def _take_silence_for_a_refusal() -> Iterator[None]:
    """A supplier that did not answer is passed over for the next."""

    def after(supply: Any, answer: Any, **arguments: Any) -> Outcome | None:
        if isinstance(answer, Lost):
            answer = Refused(failure=Failure.ANOTHER, reason="no answer")
        return after_answer(supply, answer, **arguments)

    with replaced(applying, "after_answer", after):
        yield


@_bug("I11", "E0", "F10")
def _ask_the_next_while_one_delivers() -> Iterator[None]:
    """The next supplier is asked as soon as one says that it delivers later."""

    def keep(*, supply: Supply, outcome: Outcome, answer: Any, now: Any) -> None:
        if isinstance(answer, Pending):
            outcome = Outcome(state=SupplyState.REFUSED, problem="slow")
        keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)

    with replaced(applying, "keep_supply_answer", keep):
        yield


@_bug("F2", "F10", "F11", "E0")
def _leave_it_with_the_one_that_refused() -> Iterator[None]:
    """After a refusal nobody else is asked, and the money stays until it is returned."""

    def keep(*, supply: Supply, outcome: Outcome, answer: Any, now: Any) -> None:
        if outcome.state is SupplyState.REFUSED:
            outcome = Outcome(state=SupplyState.KEPT, problem="refused")
        keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)

    with replaced(applying, "keep_supply_answer", keep):
        yield


@_bug("F11")
def _never_book_what_it_costs() -> Iterator[None]:
    """Deliveries cost nothing in the books."""

    def book(**_arguments: Any) -> bool:
        return False

    with replaced(applying, "book_supply_cost", book):
        yield


@_bug("F11", "E0")
def _book_the_cost_as_it_is_ordered() -> Iterator[None]:
    """The cost is booked when an order is placed; what fails afterwards stays booked."""

    def request(*, supplier_code: str, request: Any, now: Any) -> None:
        request_supply(supplier_code=supplier_code, request=request, now=now)
        if request.cost is not None:
            post_entry(
                key=f"supply:{request.number}:{supplier_code}",
                kind="supply_cost",
                order_number=request.number,
                legs=supplied(supplier_code, request.cost),
                now=now,
            )

    with replaced(placing, "request_supply", request):
        yield


@_bug("F11")
def _book_each_time_it_is_told() -> Iterator[None]:
    """Each answer that tells of a delivery books the cost, under a key of its own."""
    told = iter(range(10**9))

    def post(*, key: str, **arguments: Any) -> bool:
        return post_entry(key=f"{key}:{next(told)}", **arguments)

    with replaced(booking, "post_entry", post):
        yield


@_bug("F11")
def _keep_the_cost_of_what_was_cancelled() -> Iterator[None]:
    """What a supplier cancelled stays booked."""

    def credit(**_arguments: Any) -> bool:
        return False

    with replaced(undoing, "book_supply_credit", credit):
        yield


@_bug("F11", "E0")
def _book_the_cost_of_the_catalogue() -> Iterator[None]:
    """What the supplier says that it charged is not heard."""

    def keep(*, supply: Supply, outcome: Outcome, answer: Any, now: Any) -> None:
        if isinstance(answer, Delivered):
            answer = replace(answer, cost=None)
        keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)

    with replaced(applying, "keep_supply_answer", keep):
        yield


@_bug("F11")
def _book_the_cost_in_dollars() -> Iterator[None]:
    """The cost is booked in dollars, whatever the supplier charges in."""

    def legs(supplier_code: str, cost: Money) -> Any:
        return supplied(supplier_code, Money(cost.amount_minor, "USD"))

    with replaced(booking, "supplied", legs):
        yield


@_bug("F12", "E0", "F10", "F2")
def _renew_anywhere() -> Iterator[None]:
    """A renewal is ordered at the plan's first supplier, whoever the eSIM came from."""

    def choice(
        sources: Sequence[Source], *, renewed_at: str | None, **arguments: Any
    ) -> Choice | None:
        found = next_choice(sources, renewed_at=None, **arguments)
        return found and replace(found, is_on_renewed=renewed_at is not None)

    with replaced(choosing, "next_choice", choice):
        yield


@_bug("F12", "E0")
def _give_the_esim_to_the_first_supplier() -> Iterator[None]:
    """A new eSIM counts as one of the plan's first supplier, whoever delivered it."""

    def add(*, supplier: Any, plan: Any, **arguments: Any) -> Any:
        first = replace(supplier, code=plan.supplier_id)
        return add_esim(supplier=first, plan=plan, **arguments)

    with replaced(fulfilling, "add_esim", add):
        yield


@_bug("F10")
def _keep_the_money_of_a_return() -> Iterator[None]:
    """A return that its supplier agreed to pays nothing back."""
    with replaced(undoing, "refund_order", lambda **_arguments: None):
        yield


@_bug("F10", "E0")
def _take_a_refused_return_for_agreed() -> Iterator[None]:
    """A return is refunded also after its supplier's refusal."""

    def after(supply: SupplyNow, answer: UndoAnswer | Lost, **arguments: Any) -> Outcome | None:
        is_refused = answer is CancelAnswer.REFUSED and supply.state is SupplyState.RETURNING
        return after_cancel(supply, CancelAnswer.DONE if is_refused else answer, **arguments)

    with replaced(undoing, "after_cancel", after):
        yield
