from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from limosa.domain.esims.models import OPEN_STATES, Bundle, EsimState
from limosa.domain.ordering.engine.plan_change_life import PlanChangeState
from limosa.domain.ordering.models import OrderState, PlanChange
from limosa.domain.ordering.operations.end_replaced_plan import end_replaced_plan


def end_replaced_plans(*, now: datetime, most: int = 100) -> int:
    """End the former plans of people whose new eSIM is installed, and note those that have ended by
    themselves; return how many."""
    is_open = Exists(
        Bundle.objects.filter(order_number=OuterRef("replaced__number"), state__in=OPEN_STATES)
    )
    due = PlanChange.objects.filter(
        ~is_open | Q(order__esim__state=EsimState.INSTALLED),
        state=PlanChangeState.COUNTED.value,
        ended_at=None,
        order__state=OrderState.FULFILLED,
    )
    numbers = list(due.order_by("counted_at").values_list("order__number", flat=True)[:most])
    return sum(end_replaced_plan(order_number=number, now=now) for number in numbers)
