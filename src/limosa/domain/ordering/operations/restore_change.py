from datetime import datetime

from limosa.domain.esims.models import Bundle, Esim
from limosa.domain.esims.operations.keep_bundle import keep_bundle
from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import value_given, value_taken
from limosa.domain.ordering.engine.plan_change_life import (
    PLAN_CHANGE_LIFE,
    PlanChangeEvent,
    PlanChangeState,
)
from limosa.domain.ordering.models import Order, OrderState, PlanChange
from limosa.domain.ordering.plan_changes import change_from
from limosa.foundation.money import Money


def restore_change(*, order: Order, now: datetime) -> None:
    """Give back to the former order what counted towards one whose money has gone back.

    The former plan goes on as it was, if it has not ended: otherwise its value is earned with the
    rest of it. Nothing for an order that is no change, or whose plan was changed again. The caller
    holds both orders, and saves `order`, of which nothing stays recognized.
    Locks: the former eSIM, its bundle.
    """
    if not order.quote.value_minor:
        return
    changes = PlanChange.objects.select_related("replaced__quote")
    change = changes.filter(order=order, state=PlanChangeState.COUNTED.value).first()
    if change is None or change_from(order) is not None:
        return
    currency = order.quote.currency
    net = Money(change.value.net_minor, currency)
    post_entry(
        key=f"change-back:{order.number}",
        kind="plan_change",
        order_number=order.number,
        legs=value_given(net, recognized=Money(order.recognized_minor, currency)),
        now=now,
    )
    post_entry(
        key=f"change-back-to:{order.number}",
        kind="plan_change",
        order_number=change.replaced.number,
        legs=value_taken(net),
        now=now,
    )
    order.recognized_minor = 0
    change.state = PLAN_CHANGE_LIFE.after(change.state, PlanChangeEvent.RESTORE).value
    change.closed_at = now
    change.save(update_fields=["state", "closed_at"])
    _go_on(change, now)


def _go_on(change: PlanChange, now: datetime) -> None:
    replaced = change.replaced
    if replaced.esim_id is not None:
        Esim.objects.select_for_update(of=("self",)).get(pk=replaced.esim_id)
    if change.bridged_at is not None:
        bundle = Bundle.objects.select_for_update().get(order_number=replaced.number)
        keep_bundle(bundle=bundle, volume_bytes=change.volume_bytes, ends_at=change.ends_at)
    if replaced.state == OrderState.FULFILLED:
        replaced.next_recognition_at = now
        replaced.save(update_fields=["next_recognition_at"])
