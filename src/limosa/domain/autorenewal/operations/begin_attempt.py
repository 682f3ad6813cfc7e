from datetime import datetime

from limosa.domain.autorenewal.engine.course import Price
from limosa.domain.autorenewal.engine.cycle_life import CYCLE_LIFE, CycleEvent
from limosa.domain.autorenewal.models import Attempt, AutoRenewal, Cycle
from limosa.domain.autorenewal.standing import times_of, turn_of
from limosa.domain.ordering.models import Quote, StartRule
from limosa.domain.ordering.operations.make_quote import make_quote
from limosa.domain.ordering.operations.place_order import place_order
from limosa.domain.ordering.refusals import PlanNotOnSaleError


class OfferMovedError(Exception):
    """What was decided by is not so any more; the next look decides by what is."""


def begin_attempt(*, cycle: Cycle, price: Price, now: datetime) -> Attempt | None:
    """Place the order for a cycle, and note the attempt to charge it; nothing is charged yet.

    None: no method is left. The constraints of Attempt refuse one above what was agreed to or
    before its notice. The caller's transaction holds the automatic renewal, and decided that it is
    due (engine/course.py).
    Locks:  the subscriber.
    Raises: OfferMovedError: it costs other than `price` by now, or is not sold any more; the
            caller's transaction must not be committed.
    """
    auto, turn = cycle.auto_renewal, turn_of(cycle, now=now)
    if turn is None or cycle.plan_id is None:
        return None
    quote = _quote(auto, cycle.plan_id, now)
    if (quote.total_minor, quote.currency) != (price.total_minor, cycle.currency):
        raise OfferMovedError
    order = place_order(quote=quote, now=now, agreed_at=auto.consent.given_at)
    attempt = Attempt.objects.create(
        cycle=cycle,
        number=cycle.attempts.count() + 1,
        place=turn.place,
        order_number=order.number,
        total_minor=quote.total_minor,
        at_most_minor=cycle.at_most_minor or 0,
        cap_minor=cycle.cap_minor,
        delivered_at=cycle.delivered_at or now,
        least_lead=times_of(cycle).least_lead,
        begun_at=now,
    )
    cycle.state = CYCLE_LIFE.after(cycle.state, CycleEvent.BEGIN)
    cycle.first_attempt_at = cycle.first_attempt_at or now
    cycle.save(update_fields=["state", "first_attempt_at"])
    return attempt


def _quote(auto: AutoRenewal, plan_code: str, now: datetime) -> Quote:
    try:
        return make_quote(
            subscriber=auto.subscriber,
            esim=auto.esim,
            plan_code=plan_code,
            start_rule=StartRule.AFTER_CURRENT,
            now=now,
        )
    except PlanNotOnSaleError as refusal:
        raise OfferMovedError from refusal
