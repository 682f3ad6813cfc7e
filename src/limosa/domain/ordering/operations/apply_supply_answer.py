"""The one place where a supplier's answer becomes service for a person.

It may be the answer to a call, a callback, or what people found on the supplier's own pages; all
end here, and an answer applied before changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from limosa.domain.connectivity.answers import Delivered, Pending, Refused, SupplyAnswer
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.engine.believing import DeliveryNotBelievedError, believed
from limosa.domain.connectivity.engine.supplying import (
    LIVE,
    CallMade,
    Lost,
    Outcome,
    SupplyState,
    after_answer,
)
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import renewed_esim, supply_now
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locking import lock_esim, lock_order
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.next_supplier import next_supplier
from limosa.domain.ordering.operations.book_supply_cost import book_supply_cost
from limosa.domain.ordering.operations.fulfil_order import fulfil_order
from limosa.domain.ordering.operations.order_at_supplier import order_at_supplier
from limosa.domain.payments.queries import open_disputes

_REFERENCE_TAKEN = "reference_taken"


@transaction.atomic
def apply_supply_answer(
    *,
    order_number: str,
    supplier_code: str,
    answer: SupplyAnswer | Lost,
    now: datetime,
    made: CallMade | None = None,
    by_staff: bool = False,
) -> str:
    """Apply a supplier's answer about an order, once; return the order's new state there.

    What the supplier delivers is booked at its cost. If it refuses, the next supplier of the plan
    is to be asked.

    `made`: the call that it answers; None: a callback, or staff. `by_staff`: people have
    looked, so a renewal may be on another eSIM than its supplier's renewals are. The person gets
    what was delivered in the same commit, provided it is believed, the order is still paid and its
    payment is not disputed.
    Locks: the payment, the order, its Supply rows, the eSIM.
    """
    order = lock_order(order_number)
    supplies = Supply.objects.select_for_update().filter(order_number=order_number).order_by("id")
    held = {supply.supplier_id: supply for supply in supplies}
    supply = held[supplier_code]
    if _is_stale(supply, answer, made):
        return "stale"
    can = capabilities_of(supplier_code)
    is_same_esim = can.renewal is Renewal.SAME_ESIM and not by_staff
    answer, contradiction = _believed(supply, answer, is_same_esim=is_same_esim)
    is_elsewhere = any(other.state in LIVE for other in held.values() if other is not supply)
    state = supply_now(
        supply,
        is_wanted=order.state == OrderState.PAID and not is_elsewhere,
        has_another=isinstance(answer, Refused) and _has_another(order, now),
        now=now,
    )
    outcome = after_answer(state, answer, call=made.call if made else None, can=can)
    if outcome is None:
        return "no_news"
    if contradiction:
        outcome = _doubted(outcome, contradiction, is_elsewhere=is_elsewhere)
    keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)
    if isinstance(answer, Delivered) and not contradiction:
        book_supply_cost(supply=supply, now=now)
    _carry_on(order, supply, now)
    return supply.state


def _carry_on(order: Order, supply: Supply, now: datetime) -> None:
    """Have the next supplier asked after a refusal, or give the person what was delivered."""
    if supply.state == SupplyState.REFUSED:
        order_at_supplier(order=order, now=now)
    if supply.state == SupplyState.DELIVERED and not open_disputes(order.number).exists():
        fulfil_order(order=order, renewed=lock_esim(order, now=now), now=now, supply=supply)
        announce_order(order.number)


def _doubted(outcome: Outcome, contradiction: str, *, is_elsewhere: bool) -> Outcome:
    """Return the state of an order about which the supplier contradicts itself or us: people find
    out, unless another supplier delivers it."""
    if contradiction != _REFERENCE_TAKEN and outcome.state is not SupplyState.DELIVERED:
        return outcome
    state = SupplyState.KEPT if is_elsewhere else SupplyState.UNCLEAR
    return Outcome(state=state, problem=contradiction)


def _has_another(order: Order, now: datetime) -> bool:
    another = next_supplier(order, now=now)
    return another is not None and another.is_ready


def _is_stale(supply: Supply, answer: SupplyAnswer | Lost, made: CallMade | None) -> bool:
    """Whether a worker brings bad news after another took over. Good news is never too late."""
    is_good = isinstance(answer, Delivered | Pending)
    return made is not None and made.attempt != supply.attempts and not is_good


def _believed(
    supply: Supply, answer: SupplyAnswer | Lost, *, is_same_esim: bool
) -> tuple[SupplyAnswer | Lost, str]:
    """Return what an answer means, without what contradicts the rest, and what that is; people
    decide about it."""
    if not isinstance(answer, Delivered | Pending):
        return answer, ""
    others = Supply.objects.filter(supplier=supply.supplier_id).exclude(pk=supply.pk)
    if answer.reference and others.filter(reference=answer.reference).exists():
        return type(answer)(), _REFERENCE_TAKEN
    if isinstance(answer, Pending):
        return answer, ""
    try:
        meant = believed(answer, renewed=renewed_esim(supply), is_same_esim=is_same_esim)
        _check_iccid_is_free(meant, supply.supplier_id)
    except DeliveryNotBelievedError as error:
        return replace(answer, profile=None), error.problem
    return meant, ""


def _check_iccid_is_free(answer: Delivered | Pending, supplier_code: str) -> None:
    """Refuse a new eSIM that somebody has. An ICCID may come again from a supplier that tells its
    eSIMs apart by ids of its own."""
    profile = answer.profile if isinstance(answer, Delivered) else None
    if profile is None:
        return
    taken = Esim.objects.filter(iccid=profile.iccid)
    if profile.reference:
        is_another = Q(supplier=supplier_code) & ~Q(supplier_reference__in=["", profile.reference])
        taken = taken.exclude(is_another)
    if taken.exists():
        raise DeliveryNotBelievedError("iccid_taken")
