"""Reads of changes of plan: what is left of a plan, and what has moved from order to order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, Q, Sum

from limosa.domain.catalog.models import Plan
from limosa.domain.connectivity.engine.renewing import RenewalWay
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.esims.engine.lifecycle import RunningBundle
from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.ordering.engine.plan_change_life import PlanChangeState
from limosa.domain.ordering.engine.plan_value import (
    NOTHING,
    Shares,
    Value,
    shares_left,
    still_holds,
    value_left,
)
from limosa.domain.ordering.engine.recognition import Progress
from limosa.domain.ordering.models import Order, OrderState, PlanChange
from limosa.domain.ordering.starts import way_for
from limosa.domain.payments.models import Payment
from limosa.domain.payments.queries import WALLET, open_disputes
from limosa.domain.wallets.models import BonusUse


class NoValue(StrEnum):
    """Why what is left of a plan does not count towards another one.

    BY_CARRIER: its supplier does not let us end it. BY_OTHERS: somebody else paid for it. CURRENCY:
    it was paid in another one than the person's now. OVER: it has ended, or nothing is left.
    """

    BY_CARRIER = "by_carrier"
    BY_OTHERS = "by_others"
    CURRENCY = "currency"
    ON_HOLD = "on_hold"
    TOP_UP = "top_up"
    CHANGED = "changed"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLeft:
    """What is left of an order's plan. `paid`: what was paid for it and did not go back; `value`:
    what of it may count towards another plan; `why_not`: why that is nothing."""

    order: Order
    bundle: Bundle
    paid: Value
    shares: Shares
    value: Value
    why_not: NoValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What counted towards an order, from the one before it; and what of it counted towards the
    next."""

    came: Value = NOTHING
    went: Value = NOTHING

    @property
    def net_minor(self) -> int:
        """How much more, or less, the order has to earn."""
        return self.came.net_minor - self.went.net_minor


def moves_of(order: Order) -> Moves:
    """Return what changes of plan moved to an order, and from it. One statement."""
    came = went = NOTHING
    counted = PlanChange.objects.filter(state=PlanChangeState.COUNTED.value)
    for change in counted.filter(Q(order=order) | Q(replaced=order)):
        if change.order_id == order.pk:
            came = change.value
        else:
            went = change.value
    return Moves(came=came, went=went)


def change_from(order: Order) -> PlanChange | None:
    """Return the change by which an order's plan was given up for another one that was paid."""
    counted = PlanChange.objects.filter(replaced=order, state=PlanChangeState.COUNTED.value)
    return counted.select_related("order__quote__plan__carrier", "order__esim").first()


def is_former_over(change: PlanChange) -> bool:
    """Return whether the plan that is replaced has ended, so that it can't go on."""
    former = Bundle.objects.filter(order_number=change.replaced.number)
    return not former.filter(state__in=OPEN_STATES).exists()


def change_to(order: Order) -> PlanChange | None:
    """Return the change that an order was placed for, with the former order's plan."""
    if not order.quote.value_minor:
        return None
    changes = PlanChange.objects.select_related("replaced__quote__plan__carrier", "replaced__esim")
    return changes.filter(order=order).first()


def is_given_up(order_number: str) -> bool:
    """Return whether an order's plan was changed to another one. One statement."""
    counted = PlanChange.objects.filter(state=PlanChangeState.COUNTED.value)
    return counted.filter(replaced__number=order_number).exists()


def is_plan_changed(esim: Esim, *, since: datetime) -> bool:
    """Return whether a plan of an eSIM was changed to another one since a moment. One statement."""
    counted = PlanChange.objects.filter(state=PlanChangeState.COUNTED.value, counted_at__gt=since)
    return counted.filter(replaced__esim=esim).exists()


def resting_on(order: Order) -> list[Order]:
    """Return an order and those, one after the other, towards which it counted."""
    found = [order]
    while (change := change_from(found[-1])) is not None:
        found.append(change.order)
    return found


def is_disputed(order: Order) -> bool:
    """Return whether the payment of an order, or of one that counted towards it, is disputed."""
    if open_disputes(order.number).exists():
        return True
    change = change_to(order)
    if change is None or change.state != PlanChangeState.COUNTED:
        return False
    return is_disputed(change.replaced)


def sold_of(order: Order, moves: Moves) -> Value:
    """Return what is still sold of an order, with what counted towards it, tax included."""
    quote = order.quote
    return Value(
        total_minor=quote.total_minor - order.reversed_minor + moves.came.total_minor,
        tax_minor=quote.tax_minor - order.reversed_tax_minor + moves.came.tax_minor,
    )


def paid_for(order: Order, moves: Moves) -> Value:
    """Return what an order's plan was paid with and did not go back, tax included: money, and what
    counted towards it; no bonus. Two statements."""
    sold = sold_of(order, moves)
    paying = Payment.objects.filter(order_number=order.number, pays_order=True, provider=WALLET)
    uses = BonusUse.objects.filter(payment_number__in=paying.values("number"))
    used_minor = uses.aggregate(sum=Sum(F("used_minor") - F("returned_minor"), default=0))["sum"]
    return sold.part(max(sold.total_minor - int(used_minor), 0))


def plan_left(order: Order, *, now: datetime) -> PlanLeft | None:
    """Return what is left of an order's plan, by what is stored; None: it has no plan any more.

    `order`: with its quote, subscriber and eSIM.
    """
    bundle = Bundle.objects.filter(order_number=order.number).select_related("plan", "esim").first()
    if bundle is None or order.state != OrderState.FULFILLED:
        return None
    moves = moves_of(order)
    paid = paid_for(order, moves)
    progress = progress_of(bundle)
    value = value_left(paid, progress=progress, now=now)
    why_not = _why_not(order, bundle, moves) or (None if value.total_minor > 0 else NoValue.OVER)
    return PlanLeft(
        order=order,
        bundle=bundle,
        paid=paid,
        shares=shares_left(progress, now=now),
        value=NOTHING if why_not else value,
        why_not=why_not,
    )


def still_stands(order: Order, *, now: datetime) -> bool:
    """Return whether an unpaid order's price still holds: what is left of another plan can count
    towards it as was shown. So does any that is no change."""
    change = change_to(order)
    if change is None:
        return True
    if change.state != PlanChangeState.HELD:
        return False
    orders = Order.objects.select_related("quote", "subscriber", "esim")
    left = plan_left(orders.get(pk=change.replaced_id), now=now)
    if left is None or left.why_not is not None:
        return False
    rest_minor = order.quote.total_minor
    return still_holds(change.value_minor, left=left.value, paid=left.paid, rest_minor=rest_minor)


def progress_of(bundle: Bundle) -> Progress:
    """Return how much of a bundle has been used, as the rules of money look at it."""
    return Progress(
        used_bytes=bundle.used_bytes,
        volume_bytes=bundle.volume_bytes,
        starts_at=bundle.starts_at,
        ends_at=bundle.ends_at,
        is_over=bundle.state not in OPEN_STATES,
    )


def is_on_same_esim(
    plan: Plan, esim: Esim, running: Sequence[RunningBundle], *, is_renewable: bool
) -> bool:
    """Return whether a plan that a person changes to comes on the eSIM of the former one: one of
    another carrier never does. Statements and `is_renewable`: as `way_for`."""
    if plan.carrier_id != esim.carrier_id:
        return False
    return way_for(plan, esim, running, is_renewable=is_renewable) is not RenewalWay.NEW_ESIM


def _why_not(order: Order, bundle: Bundle, moves: Moves) -> NoValue | None:
    can = capabilities_of(bundle.esim.supplier_id)
    reasons = {
        NoValue.CHANGED: moves.went.total_minor > 0,
        NoValue.TOP_UP: bundle.validity_count is None,
        NoValue.ON_HOLD: bundle.suspended_at is not None,
        NoValue.BY_OTHERS: bool(order.link),
        NoValue.CURRENCY: order.quote.currency != order.subscriber.currency,
        NoValue.BY_CARRIER: not can.leaves_bundles_to_us,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), None)
