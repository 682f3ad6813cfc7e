from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.engine.plan_change_life import PlanChangeState
from limosa.domain.ordering.engine.plan_value import still_holds
from limosa.domain.ordering.models import Order, OrderState, PlanChange, Quote, StartRule
from limosa.domain.ordering.operations.cancel_order import cancel_order
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.operations.take_free_change import take_free_change
from limosa.domain.ordering.plan_changes import PlanLeft, is_on_same_esim, plan_left
from limosa.domain.ordering.refusals import (
    ChangeMovedError,
    PaymentProcessingError,
    PlanNotChangeableError,
    PlanNotOnSaleError,
)
from limosa.domain.ordering.shared_esims import is_renewable
from limosa.domain.ordering.tax import tax_in
from limosa.domain.payments.queries import processing_payment
from limosa.domain.rows import update_row


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """What the person saw: the plan, what counts towards it and what is left to pay, in minor units
    of their currency."""

    plan_code: str
    value_minor: int
    total_minor: int


@transaction.atomic
def place_change(*, replaced_number: str, shown: ShownChange, now: datetime) -> Order:
    """Return the order that changes an order's plan to another one; the same for the same page.

    What is left of the former plan is in its price, as it was shown, and is kept for it for as long
    as the quote binds us; nothing has moved yet, unless nothing is left to pay: then it counts at
    once. An earlier one from the same order that was not paid is cancelled.
    Locks:  the subscriber, then as cancel_order, then the former order; as fulfil_order.
    Raises: PlanNotChangeableError, ChangeMovedError (what counts, or is to be paid, is not what was
            shown), PaymentProcessingError, PlanNotOnSaleError, PersonHasOpenOrdersError; nothing
            changed.
    """
    owner = Order.objects.only("subscriber_id").get(number=replaced_number)
    Subscriber.objects.select_for_update(no_key=True).get(pk=owner.subscriber_id)
    if (order := _placed_before(replaced_number, shown, now)) is not None:
        return order
    orders = Order.objects.select_for_update(of=("self",))
    replaced = orders.select_related("quote", "subscriber", "esim").get(number=replaced_number)
    left = plan_left(replaced, now=now)
    if left is None or left.why_not is not None:
        raise PlanNotChangeableError
    if not still_holds(
        shown.value_minor, left=left.value, paid=left.paid, rest_minor=shown.total_minor
    ):
        raise ChangeMovedError
    return _place(left, shown, now)


def _placed_before(replaced_number: str, shown: ShownChange, now: datetime) -> Order | None:
    """Return the order that was placed for the same; cancel one for something else."""
    held = PlanChange.objects.filter(
        replaced__number=replaced_number, state=PlanChangeState.HELD.value
    )
    former = held.select_related("order__quote").first()
    if former is None:
        return None
    order, quote = former.order, former.order.quote
    is_same = (quote.plan_id, quote.value_minor, quote.total_minor) == (
        shown.plan_code,
        shown.value_minor,
        shown.total_minor,
    )
    if is_same and order.state == OrderState.PLACED and quote.expires_at > now:
        return order
    if processing_payment(order.number):
        raise PaymentProcessingError
    if not cancel_order(order_number=order.number, now=now):
        raise PlanNotChangeableError  # It was paid a moment ago.
    return None


def _place(left: PlanLeft, shown: ShownChange, now: datetime) -> Order:
    esim = left.bundle.esim
    plan = Plan.objects.filter(code=shown.plan_code).first()
    if plan is None:
        raise PlanNotOnSaleError
    running = running_bundles(esim_id=esim.pk, now=now)
    stays = is_on_same_esim(plan, esim, running, is_renewable=is_renewable(esim))
    quote = make_quote(
        subscriber=left.order.subscriber,
        esim=esim if stays else None,
        plan_code=plan.code,
        start_rule=StartRule.NOW,
        now=now,
    )
    _count(quote, shown.value_minor)
    if quote.total_minor != shown.total_minor or quote.currency != left.order.quote.currency:
        raise ChangeMovedError
    order = place_order(quote=quote, now=now)
    change = PlanChange.objects.create(
        order=order,
        replaced=left.order,
        state=PlanChangeState.HELD.value,
        value_minor=shown.value_minor,
        value_tax_minor=left.paid.part(shown.value_minor).tax_minor,
        made_at=now,
    )
    if not quote.total_minor:
        take_free_change(change=change, now=now)
    return order


def _count(quote: Quote, value_minor: int) -> None:
    """Take off a new quote's total what counts towards it; the tax is that of the rest."""
    quote.value_minor = value_minor
    quote.total_minor -= value_minor
    if quote.total_minor < 0:
        raise ChangeMovedError
    quote.tax_minor = tax_in(quote.total_minor)
    update_row(quote, "value_minor", "total_minor", "tax_minor")
