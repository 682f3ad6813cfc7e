"""Reads: what became of an attempt, by its order and its payment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from limosa.domain.autorenewal.engine.attempts import Outcome
from limosa.domain.autorenewal.engine.declines import outcome_of
from limosa.domain.autorenewal.models import Attempt
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import OPEN_STATES, Payment
from limosa.domain.payments.queries import processing_payment, unanswered_charge


class Stand(StrEnum):
    """Where an attempt stands."""

    FRESH = "fresh"  # it was not charged
    WAITS = "waits"  # it was charged, and nobody knows yet
    PAID = "paid"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Course:
    """`outcome`: of one that was refused, what that means."""

    stand: Stand
    outcome: Outcome = Outcome.SOFT


def stand_of(attempt: Attempt, *, now: datetime) -> Course:
    """Return where an attempt stands. An order whose time is over is refused, unless a charge of it
    may still turn out to be paid."""
    order = Order.objects.select_related("quote").get(number=attempt.order_number)
    if order.paid_at is not None:
        return Course(Stand.PAID)
    if processing_payment(order.number) or unanswered_charge(order.number):
        return Course(Stand.WAITS)
    is_over = order.state == OrderState.CANCELLED or order.quote.expires_at <= now
    payment = Payment.objects.filter(order_number=order.number).order_by("-id").first()
    if payment is None:
        return Course(Stand.REFUSED if is_over else Stand.FRESH)
    is_open = payment.state in OPEN_STATES
    if is_open and not payment.decline and not payment.captures_refused and not is_over:
        return Course(Stand.FRESH)
    return Course(Stand.REFUSED, outcome_of(payment.decline))
