"""Reads of orders: what a person follows, and everything known, for support."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from limosa.domain.accounts.models import Subscriber
from limosa.domain.esims.links import digest_of_number
from limosa.domain.esims.models import Bundle, BundleState
from limosa.domain.notifications.models import Notification
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ordering.operations.deliver_waiting_orders import REFUND_AFTER, TELL_AFTER
from limosa.domain.ordering.payment_trace import message_lines, money_trace
from limosa.domain.ordering.supply_trace import supply_lines
from limosa.domain.payments.models import Payment, Refund, RefundState
from limosa.domain.wallets.models import WalletTopUp

_BACK = {RefundState.SUCCEEDED, RefundState.SETTLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """A step that a person follows; `happened_at` None: it has not happened yet.

    Kinds: placed, paid, credited, active, queued; late, refunding, refunded, cancelled.
    """

    kind: str
    happened_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with everything that followed from it."""

    order: Order
    payment: Payment | None  # the one that paid, or else the newest
    refund: Refund | None
    bundle: Bundle | None
    steps: list[TimelineStep]

    @property
    def seconds_to_credit(self) -> float | None:
        """From the payment, by the provider's clock, to the credit; None unless both are known.

        Providers report whole seconds, so the true time is up to one second less.
        """
        if self.payment is None or not self.payment.paid_at or not self.order.fulfilled_at:
            return None
        return max((self.order.fulfilled_at - self.payment.paid_at).total_seconds(), 0.0)

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected to happen."""
        if self.order.state == OrderState.REFUNDED:
            return self.refund is None or self.refund.state in _BACK
        return self.order.state in {OrderState.FULFILLED, OrderState.CANCELLED}


def order_view(*, order: Order, now: datetime) -> OrderView:
    """Return an order with its payment, refund, bundle and timeline."""
    payments = list(
        Payment.objects.filter(order_number=order.number).order_by("-pays_order", "-id")
    )
    payment = payments[0] if payments else None
    refunds = (
        Refund.objects.filter(payment__in=payments)
        .select_related("payment")
        .exclude(state=RefundState.FOUND)
    )
    refund = refunds.order_by("-id").first()
    bundle = Bundle.objects.select_related("plan", "esim").filter(order_number=order.number).first()
    steps = _steps(order, payment, refund, bundle, now)
    return OrderView(order=order, payment=payment, refund=refund, bundle=bundle, steps=steps)


def order_timeline(*, order: Order, now: datetime) -> list[TimelineStep]:
    """Return the steps that a person follows, in order."""
    return order_view(order=order, now=now).steps


def refund_due_at(order: Order) -> datetime | None:
    """Return when an order that is paid but not delivered will be refunded automatically."""
    return order.paid_at + REFUND_AFTER if order.paid_at else None


def _steps(
    order: Order,
    payment: Payment | None,
    refund: Refund | None,
    bundle: Bundle | None,
    now: datetime,
) -> list[TimelineStep]:
    steps = [
        TimelineStep(kind="placed", happened_at=order.placed_at),
    ]
    if order.state == OrderState.CANCELLED:
        steps.append(TimelineStep(kind="cancelled", happened_at=order.closed_at))
        return [*steps, *_refund_steps(refund)]
    paid_at = payment.paid_at if payment and order.paid_at else None
    steps.append(TimelineStep(kind="paid", happened_at=paid_at or order.paid_at))
    is_late = order.state == OrderState.PAID and order.paid_at and now - order.paid_at >= TELL_AFTER
    if is_late and order.paid_at:
        steps.append(TimelineStep(kind="late", happened_at=order.paid_at + TELL_AFTER))
    if order.state != OrderState.REFUNDED or order.fulfilled_at:
        steps.append(TimelineStep(kind="credited", happened_at=order.fulfilled_at))
    if order.state == OrderState.REFUNDED:
        return [*steps, *_refund_steps(refund)]
    waits = bundle is not None and bundle.state == BundleState.QUEUED
    steps.append(TimelineStep(kind="queued" if waits else "active", happened_at=order.fulfilled_at))
    return steps


def _refund_steps(refund: Refund | None) -> list[TimelineStep]:
    if refund is None:
        return []
    is_back = refund.state in _BACK
    return [
        TimelineStep(kind="refunding", happened_at=refund.requested_at),
        TimelineStep(kind="refunded", happened_at=refund.finished_at if is_back else None),
    ]


class PlacedBy(StrEnum):
    """Who placed an order: its person; or a guest, by the eSIM's number or by a renewal link."""

    PERSON = "person"
    NUMBER = "number"
    LINK = "link"


def placed_by(order: Order) -> PlacedBy:
    """Return who placed an order. `order`: with its quote and the quote's eSIM."""
    if not order.link:
        return PlacedBy.PERSON
    esim = order.quote.esim
    is_by_number = esim is not None and order.link == digest_of_number(esim.public_id)
    return PlacedBy.NUMBER if is_by_number else PlacedBy.LINK


def orders_of(person: Subscriber) -> QuerySet[Order]:
    """Return what a person sees as their orders, with quote and plan: their own, and what others
    have paid for an eSIM of theirs; not what strangers placed and left unpaid."""
    unpaid_by_others = ~Q(link="") & Q(paid_at=None)
    return person.orders.exclude(unpaid_by_others).select_related("quote__plan")


def order_trace(*, order: Order) -> list[dict[str, Any]]:
    """Return everything known about an order, in chronological order, as JSON values.

    Each line has `at` (ISO), `what` and details; no secret, no ICCID, no payload.
    """
    quote = order.quote
    lines: list[dict[str, Any]] = [
        {
            "at": quote.created_at,
            "what": "quoted",
            "plan": quote.plan_id,
            "total_minor": quote.total_minor,
            "currency": quote.currency,
        },
        {"at": order.placed_at, "what": "placed", "by": placed_by(order).value},
    ]
    lines += [
        {"at": moment, "what": what}
        for what, moment in (
            ("paid", order.paid_at),
            ("credited", order.fulfilled_at),
            ("closed", order.closed_at),
        )
        if moment
    ]
    lines += money_trace(order.number)
    lines += supply_lines(order.number)
    keys = [f"credited:{order.number}", f"late:{order.number}"]
    lines += message_lines(Notification.objects.filter(key__in=keys))
    return _in_order(lines)


def top_up_trace(top_up: WalletTopUp) -> list[dict[str, Any]]:
    """Return everything known about a wallet top-up, as `order_trace` does."""
    moments = [
        ("begun", top_up.placed_at),
        ("paid", top_up.paid_at),
        ("ended", top_up.closed_at),
    ]
    lines = [{"at": moment, "what": what} for what, moment in moments if moment]
    lines += money_trace(top_up.number)
    lines += message_lines(Notification.objects.filter(key=f"topped-up:{top_up.number}"))
    return _in_order(lines)


def _in_order(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    lines.sort(key=lambda line: line["at"])
    return [line | {"at": line["at"].isoformat()} for line in lines]
