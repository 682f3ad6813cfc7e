from datetime import datetime

from django.db import transaction

from limosa.domain.esims.models import OPEN_STATES, Bundle, Esim
from limosa.domain.esims.operations.end_bundle import end_bundle
from limosa.domain.ordering.engine.plan_change_life import PlanChangeState
from limosa.domain.ordering.locking import lock_order
from limosa.domain.ordering.models import OrderState, PlanChange


@transaction.atomic
def end_replaced_plan(*, order_number: str, now: datetime) -> bool:
    """End the plan in whose place an order's was delivered: the new eSIM is on a device, or the
    person says so; return False if there is nothing to end any more.

    What was left of it has counted towards the new one.
    Locks: the payment and both orders, the former eSIM, its bundle.
    """
    order = lock_order(order_number)
    changes = PlanChange.objects.select_related("replaced")
    change = changes.filter(order=order, state=PlanChangeState.COUNTED.value, ended_at=None).first()
    if change is None or order.state != OrderState.FULFILLED:
        return False
    replaced = change.replaced
    bundles = Bundle.objects.filter(order_number=replaced.number)
    Esim.objects.select_for_update(of=("self",)).get(bundles__in=bundles)
    bundle = bundles.select_for_update().get()
    if bundle.state in OPEN_STATES:
        end_bundle(bundle=bundle, now=now)
    change.ended_at = now
    change.save(update_fields=["ended_at"])
    replaced.next_recognition_at = now
    replaced.save(update_fields=["next_recognition_at"])
    return True
