from datetime import datetime

from limosa.domain.ordering.engine.plan_change_life import (
    PLAN_CHANGE_LIFE,
    PlanChangeEvent,
    PlanChangeState,
)
from limosa.domain.ordering.models import Order, PlanChange


def release_change(*, order: Order, now: datetime) -> None:
    """Keep no value of another plan any longer for an order that was not paid.

    Before: `held`, afterwards `released`; others are unchanged. The caller holds the order.
    Locks: the change, by one UPDATE.
    """
    PlanChange.objects.filter(
        order=order,
        state__in=PLAN_CHANGE_LIFE.states_before(PlanChangeEvent.RELEASE),
    ).update(state=PlanChangeState.RELEASED.value, closed_at=now)
