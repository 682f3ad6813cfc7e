"""Locks what a credit decides by, in the order of docs/explanation/locking.md.

News names a payment; its order and their eSIM follow from it. The database can follow by itself,
so all of it takes one round trip.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Subquery

from limosa.domain.esims.engine.lifecycle import RunningBundle
from limosa.domain.esims.models import Esim
from limosa.domain.esims.queries import running_bundles, running_from, running_statement
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import Payment
from limosa.domain.reads import PreparedRead
from limosa.domain.statements import fetch_together


@dataclass(frozen=True, slots=True)
class HeldEsim:
    """A locked eSIM, and what runs on it."""

    esim: Esim
    running: list[RunningBundle]


@dataclass(frozen=True, slots=True)
class Held:
    """A locked payment and its order, with quote, plan and supplier; for a renewal, its eSIM."""

    payment: Payment
    order: Order
    esim: HeldEsim | None


def hold_payment(*, number: str, provider: str, now: datetime) -> Held | None:
    """Lock a payment, its order and the order's eSIM, each as it is once it is locked.

    None: the provider has no such payment. One round trip.
    """
    named = (number, provider)
    payments, orders, esims, bundles = fetch_together(
        [
            _PAYMENT.statement(*named),
            _ORDER.statement(*named),
            _ESIM.statement(*named),
            running_statement(of=_ESIM_ID, values=named),
        ]
    )
    if not payments:
        return None
    payment = _PAYMENT.row(payments[0])
    if not orders:
        raise Order.DoesNotExist(payment.order_number)
    esim = HeldEsim(_ESIM.row(esims[0]), running_from(bundles, now=now)) if esims else None
    return Held(payment, _ORDER.row(orders[0]), esim)


def hold_esim(order: Order, *, now: datetime) -> HeldEsim | None:
    """Lock the eSIM that a locked order renews; None: it makes a new one."""
    if order.esim_id is None:
        return None
    esim = _esims().get(pk=order.esim_id)
    return HeldEsim(esim, running_bundles(esim_id=esim.pk, now=now))


def _payments(number: str, provider: str) -> QuerySet[Payment]:
    return Payment.objects.filter(number=number, provider=provider)


def _orders(number: str, provider: str) -> QuerySet[Order]:
    return Order.objects.filter(
        number=Subquery(_payments(number, provider).values("order_number")[:1])
    )


def _esims() -> QuerySet[Esim]:
    return Esim.objects.select_for_update().defer("activation_code")


_NAMED = ("a number", "a provider")
_PAYMENT = PreparedRead(lambda *named: _payments(*named).select_for_update(), *_NAMED)
_ORDER = PreparedRead(
    lambda *named: (
        _orders(*named)
        .select_for_update(of=("self",))
        .select_related("quote__plan__supplier")
        .defer("consented_at", "quote__exchange", "quote__created_at", "quote__plan__countries")
    ),
    *_NAMED,
)
_ESIM = PreparedRead(
    lambda *named: _esims().filter(pk=Subquery(_orders(*named).values("esim")[:1])), *_NAMED
)
_ESIM_ID = """(
    SELECT esim_id FROM ordering_order WHERE number = (
        SELECT order_number FROM payments_payment WHERE number = %s AND provider = %s))"""
