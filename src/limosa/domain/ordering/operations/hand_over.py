from datetime import datetime

from limosa.domain.esims.models import OPEN_STATES, Bundle, BundleState, Esim
from limosa.domain.esims.operations.end_bundle import end_bundle
from limosa.domain.esims.operations.keep_bundle import keep_bundle
from limosa.domain.esims.operations.suspend_bundle import suspend_bundle
from limosa.domain.ordering.engine.plan_change_life import PlanChangeState
from limosa.domain.ordering.engine.plan_value import bridge
from limosa.domain.ordering.models import Order, PlanChange
from limosa.domain.ordering.plan_changes import is_disputed, progress_of


def hand_over(*, order: Order, bundle: Bundle, now: datetime) -> None:
    """Have the former plan make way for the one that was delivered in its place.

    On the same eSIM it ends at once, as does one that has not begun; otherwise it keeps a little
    data for a short time, until the new eSIM is installed (end_replaced_plan). The new one waits
    while a payment that counts towards it is disputed. The caller holds both orders, and has just
    created `bundle`.
    Locks: the former eSIM, its bundle.
    """
    changes = PlanChange.objects.select_related("replaced")
    change = changes.get(order=order, state=PlanChangeState.COUNTED.value)
    former = Bundle.objects.get(order_number=change.replaced.number)
    if former.esim_id != bundle.esim_id:
        Esim.objects.select_for_update(of=("self",)).get(pk=former.esim_id)
    former = Bundle.objects.select_for_update().get(pk=former.pk)
    if former.state == BundleState.ACTIVE and former.esim_id != bundle.esim_id:
        _bridge(change, former, now)
    else:
        if former.state in OPEN_STATES:
            end_bundle(bundle=former, now=now)
        change.ended_at = now
        _earn_soon(change.replaced, now)
    change.save(update_fields=["volume_bytes", "ends_at", "bridged_at", "ended_at"])
    if is_disputed(order):
        suspend_bundle(order_number=order.number, now=now)


def _bridge(change: PlanChange, former: Bundle, now: datetime) -> None:
    """Note what the former plan had, for the case that it gets it back, and shorten it."""
    if former.ends_at is None or former.ends_at <= now:
        return
    change.volume_bytes, change.ends_at, change.bridged_at = (
        former.volume_bytes,
        former.ends_at,
        now,
    )
    kept = bridge(progress_of(former), ends_at=former.ends_at, now=now)
    keep_bundle(bundle=former, volume_bytes=kept.volume_bytes, ends_at=kept.ends_at)


def _earn_soon(replaced: Order, now: datetime) -> None:
    replaced.next_recognition_at = now
    replaced.save(update_fields=["next_recognition_at"])
