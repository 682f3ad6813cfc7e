"""What needs attention: payments with a problem, undelivered orders, refunds that take long.

Each query uses a partial index that contains only such rows. Counts stop at 100: above that the
number no longer matters.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from limosa.domain.charging.models import UsageWatch
from limosa.domain.connectivity.engine.supplying import SupplyState
from limosa.domain.connectivity.models import Supply
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Dispute, DisputeState, InboxMessage, Payment, Refund
from limosa.domain.ratings.models import CommentState, Rating
from limosa.domain.support.models import (
    AuditAction,
    AuditEntry,
    Case,
    Finding,
    ProposalState,
    RefundProposal,
)
from limosa.foundation.money import Money

COUNT_MAX = 100
KEPT_LATELY = timedelta(days=30)
# The worker polls every few seconds; anything open for longer than this is not just in flight.
REFUND_IS_LONG_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Count:
    """A count, up to COUNT_MAX."""

    number: int

    def __str__(self) -> str:
        return f"{COUNT_MAX - 1}+" if self.number >= COUNT_MAX else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


def payments_to_look_at() -> QuerySet[Payment]:
    """Return payments with a problem that nobody has cleared since."""
    looked_at = AuditEntry.objects.filter(
        subject=OuterRef("number"),
        action=AuditAction.CLEAR_PAYMENT,
        detail=OuterRef("problem"),
    )
    return (
        Payment.objects.exclude(problem="").filter(~Exists(looked_at)).select_related("subscriber")
    )


def orders_waiting() -> QuerySet[Order]:
    """Return orders that are paid but not delivered."""
    return Order.objects.filter(state=OrderState.PAID).select_related(
        "subscriber", "quote__plan__supplier"
    )


def refunds_open_long(*, now: datetime) -> QuerySet[Refund]:
    """Return refunds that were requested a while ago and are not finished."""
    return Refund.objects.filter(
        next_poll_at__isnull=False,
        requested_at__lte=now - REFUND_IS_LONG_AFTER,
    ).select_related("payment__subscriber")


def unknown_notifications() -> QuerySet[InboxMessage]:
    """Return genuine notifications about payments unknown to us."""
    return InboxMessage.objects.filter(result="unknown_payment")


def refunds_to_sign() -> QuerySet[RefundProposal]:
    """Return refunds that await a second signature, each with its `wanted_minor` and `currency`.

    For a proposal without a part, that is all that is left of the payment now.
    """
    paid = Payment.objects.filter(order_number=OuterRef("order__number"), pays_order=True)
    left = paid.annotate(left=F("received_minor") - F("refunded_minor")).values("left")[:1]
    return (
        RefundProposal.objects.filter(state=ProposalState.OPEN)
        .annotate(
            wanted_minor=Coalesce("part_minor", Subquery(left)),
            currency=Subquery(paid.values("received_currency")[:1]),
        )
        .select_related("order__subscriber", "proposed_by")
    )


def amounts_to_sign(proposals: QuerySet[RefundProposal]) -> list[Money]:
    """Return the amounts that await a second signature, summed by currency."""
    sums: dict[str, int] = defaultdict(int)
    for currency, minor in proposals.values_list(F("currency"), F("wanted_minor")):
        sums[currency] += minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def open_disputes() -> QuerySet[Dispute]:
    """Return the undecided disputes."""
    return Dispute.objects.filter(state=DisputeState.OPEN).select_related("payment__subscriber")


def open_findings() -> QuerySet[Finding]:
    """Return the guards' findings that still hold."""
    return Finding.objects.filter(gone_at__isnull=True)


def usage_in_doubt() -> QuerySet[UsageWatch]:
    """Return eSIMs whose supplier says something of their use that is not believed."""
    return UsageWatch.objects.exclude(problem="").select_related("esim__subscriber")


def ratings_reported() -> QuerySet[Rating]:
    """Return ratings whose comment readers reported, which nobody has looked at since."""
    waiting = Rating.objects.filter(comment_state=CommentState.REPORTED).exclude(comment="")
    return waiting.select_related("carrier")


def ratings_held_back() -> QuerySet[Rating]:
    """Return ratings that do not count since they look planted."""
    return Rating.objects.filter(standing__in=["ring", "burst"]).select_related("carrier")


def cases_waiting() -> QuerySet[Case]:
    """Return cases that wait for us: without an answer, or with a reply to it."""
    waits = Q(answered_at__isnull=True) | Q(replied_at__isnull=False)
    return _open_cases().filter(waits)


def cases_answered() -> QuerySet[Case]:
    """Return open cases that wait for the person: answered, without a reply."""
    return _open_cases().filter(answered_at__isnull=False, replied_at__isnull=True)


def _open_cases() -> QuerySet[Case]:
    return Case.objects.filter(closed_at__isnull=True).select_related("subscriber", "order")


def count(rows: QuerySet[Model]) -> Count:
    """Return the number of rows, counting COUNT_MAX of them at most."""
    return Count(rows.order_by()[:COUNT_MAX].count())


def kept_after_refunds(*, now: datetime) -> list[Money]:
    """Return what suppliers charged lately for orders whose money went back: they did not cancel
    them, so it is our loss. By currency, the largest first."""
    refunded = Order.objects.filter(number=OuterRef("order_number"), state=OrderState.REFUNDED)
    kept = Supply.objects.filter(
        state=SupplyState.KEPT.value, cost_minor__gt=0, ended_at__gte=now - KEPT_LATELY
    ).filter(Exists(refunded))
    sums = kept.order_by().values_list("cost_currency").annotate(sum=Sum("cost_minor"))
    return [Money(minor, currency) for currency, minor in sorted(sums, key=lambda one: -one[1])]
