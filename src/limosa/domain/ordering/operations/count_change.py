from datetime import datetime

from limosa.domain.ledger.operations.post_entry import post_entry
from limosa.domain.ordering.engine.bookings import value_given, value_taken
from limosa.domain.ordering.engine.plan_change_life import PLAN_CHANGE_LIFE, PlanChangeEvent
from limosa.domain.ordering.models import PlanChange
from limosa.domain.ordering.plan_changes import moves_of, sold_of
from limosa.foundation.money import Money


def count_change(*, change: PlanChange, now: datetime) -> None:
    """Have what is left of the former plan count towards the order that was paid.

    It is no longer deferred for the former order, but for the new one. What of it was recognized
    as revenue since it was shown becomes deferred again. Of the former order nothing can be
    refunded any more. The caller holds both orders; before: `held`, afterwards `counted`.
    Raises: TransitionRefusedError; nothing changed.
    """
    replaced, value = change.replaced, change.value
    change.state = PLAN_CHANGE_LIFE.after(change.state, PlanChangeEvent.COUNT).value
    sold_minor = sold_of(replaced, moves_of(replaced)).net_minor
    early_minor = max(replaced.recognized_minor - (sold_minor - value.net_minor), 0)
    currency = replaced.quote.currency
    net = Money(value.net_minor, currency)
    post_entry(
        key=f"change-from:{change.order.number}",
        kind="plan_change",
        order_number=replaced.number,
        legs=value_given(net, recognized=Money(early_minor, currency)),
        now=now,
    )
    post_entry(
        key=f"change:{change.order.number}",
        kind="plan_change",
        order_number=change.order.number,
        legs=value_taken(net),
        now=now,
    )
    change.counted_at = now
    change.save(update_fields=["state", "counted_at"])
    if early_minor:
        replaced.recognized_minor -= early_minor
        replaced.save(update_fields=["recognized_minor"])
