"""The one place where a supplier's answer becomes service for a person.

It may be the answer to a call, a callback, or what people found on the supplier's own pages; all
end here, and an answer applied before changes nothing.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from limosa.domain.connectivity.answers import Delivered, Pending, SupplyAnswer
from limosa.domain.connectivity.capabilities import Renewal
from limosa.domain.connectivity.engine.believing import DeliveryNotBelievedError, believed
from limosa.domain.connectivity.engine.supplying import (
    Lost,
    NextCall,
    Outcome,
    SupplyState,
    after_answer,
)
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.operations.keep_supply_answer import keep_supply_answer
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.connectivity.supplies import renewed_esim, supply_now, what_was_delivered
from limosa.domain.esims.models import Esim
from limosa.domain.ordering.changes import announce_order
from limosa.domain.ordering.locking import lock_esim, lock_order
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.operations.fulfil_order import fulfil_order
from limosa.domain.payments.queries import open_disputes

_REFERENCE_TAKEN = "reference_taken"


@transaction.atomic
def apply_supply_answer(
    *,
    order_number: str,
    answer: SupplyAnswer | Lost,
    now: datetime,
    call: NextCall | None = None,
    attempt: int | None = None,
    by_staff: bool = False,
) -> str:
    """Apply a supplier's answer about an order, once; return the order's new state there.

    `call`, `attempt`: the call that it answers; None: a callback, or staff. `by_staff`: people have
    looked, so a renewal may be on another eSIM than its supplier's renewals are. The person gets
    what was delivered in the same commit, provided it is believed, the order is still paid and its
    payment is not disputed.
    Locks: the payment, the order, its Supply row, the eSIM.
    """
    order = lock_order(order_number)
    supply = Supply.objects.select_for_update().get(order_number=order_number)
    if _is_stale(supply, answer, attempt):
        return "stale"
    can = capabilities_of(supply.supplier_id)
    is_same_esim = can.renewal is Renewal.SAME_ESIM and not by_staff
    answer, contradiction = _believed(supply, answer, is_same_esim=is_same_esim)
    outcome = after_answer(
        supply_now(supply, is_wanted=order.state == OrderState.PAID, now=now),
        answer,
        call=call,
        can=can,
    )
    if outcome is None:
        return "no_news"
    if contradiction == _REFERENCE_TAKEN or (
        contradiction and outcome.state is SupplyState.DELIVERED
    ):
        outcome = Outcome(state=SupplyState.UNCLEAR, problem=contradiction)
    keep_supply_answer(supply=supply, outcome=outcome, answer=answer, now=now)
    if outcome.state is SupplyState.DELIVERED and not open_disputes(order_number).exists():
        fulfil_order(
            order=order,
            renewed=lock_esim(order, now=now),
            now=now,
            delivered=what_was_delivered(supply),
        )
        announce_order(order_number)
    return supply.state


def _is_stale(supply: Supply, answer: SupplyAnswer | Lost, attempt: int | None) -> bool:
    """Whether a worker brings bad news after another took over. Good news is never too late."""
    is_good = isinstance(answer, Delivered | Pending)
    return attempt is not None and attempt != supply.attempts and not is_good


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
        _check_iccid_is_free(meant)
    except DeliveryNotBelievedError as error:
        return replace(answer, profile=None), error.problem
    return meant, ""


def _check_iccid_is_free(answer: Delivered | Pending) -> None:
    """Refuse a new eSIM that somebody has."""
    profile = answer.profile if isinstance(answer, Delivered) else None
    if profile is not None and Esim.objects.filter(iccid=profile.iccid).exists():
        raise DeliveryNotBelievedError("iccid_taken")
