"""Locks everything a credit decides by, in the order of docs/explanation/locking.md.

Each statement sees what was committed before it began, so a row's dependents are read only after
the row is locked.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from limosa.domain.catalog.models import Plan, Supplier
from limosa.domain.esims.engine.lifecycle import RunningBundle
from limosa.domain.esims.models import Esim
from limosa.domain.esims.queries import running_bundles
from limosa.domain.ordering.locked_changes import lock_change
from limosa.domain.ordering.models import Order, OrderState, PlanChange, Quote
from limosa.domain.ordering.plan_changes import still_stands
from limosa.domain.ordering.purchases import Purchase, lock_purchase
from limosa.domain.payments.models import Payment
from limosa.domain.payments.queries import processing_payment
from limosa.domain.payments.status_reports import DisputeStatusReport, RefundStatusReport
from limosa.domain.rows import Columns
from limosa.domain.wallets.models import is_top_up
from limosa.foundation.errors import ProviderError


@dataclass(frozen=True, slots=True)
class LockedEsim:
    """A locked eSIM, and its open bundles."""

    esim: Esim
    running: list[RunningBundle]


@dataclass(frozen=True, slots=True)
class Locked:
    """A locked payment and what it pays; an order with quote, plan and supplier, and for a renewal
    its eSIM. `change`: of an order that replaces another one's plan, with that one, locked."""

    payment: Payment
    purchase: Purchase
    esim: LockedEsim | None
    change: PlanChange | None = None


def lock_payment(*, number: str, provider: str, now: datetime) -> Locked | None:
    """Lock a payment, what it pays and an order's eSIM, and return each as read under its lock.

    None: the provider has no such payment.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PAYMENT, [number, provider])
        found = cursor.fetchone()
        if found is None:
            return None
        payment = _PAYMENT.row(found)
        if is_top_up(payment.order_number):
            return Locked(payment, lock_purchase(payment.order_number), None)
        cursor.execute(LOCK_ORDER, [payment.order_number])
        columns = iter(cursor.fetchone())
    order = _ORDER.row(columns)
    order.quote = _QUOTE.row(columns)
    order.quote.plan = _PLAN.row(columns)
    order.quote.plan.supplier = _SUPPLIER.row(columns)
    change = lock_change(order)
    return Locked(payment, order, lock_esim(order, now=now), change)


def lock_reported_payment(
    report: RefundStatusReport | DisputeStatusReport, *, provider: str
) -> Payment | None:
    """Lock the payment that a report of its provider is about: by our number, else by the
    provider's name of the money. None: it is no payment of ours.

    Raises: ProviderError(retryable=True) if the payment is not recorded as paid yet, or the report
            names only money that a payment may still turn out to have brought: nothing changed, and
            the provider sends the report again.
    """
    payments = Payment.objects.select_for_update(of=("self",)).filter(provider=provider)
    payment = payments.filter(_named_in(report)).first()
    if payment is None and (report.payment_number or not _may_arrive(provider)):
        return None
    if payment is None or payment.applied_at is None:
        raise ProviderError("a report on a payment that has not arrived", retryable=True)
    return payment


def _named_in(report: RefundStatusReport | DisputeStatusReport) -> Q:
    if report.payment_number:
        return Q(number=report.payment_number)
    return Q(transaction_id=report.transaction_id) & ~Q(transaction_id="")


def _may_arrive(provider: str) -> bool:
    """Whether there is a payment that may have been paid without our knowing yet."""
    return Payment.objects.filter(
        provider=provider, applied_at__isnull=True, next_poll_at__isnull=False
    ).exists()


def lock_payable(payment: Payment, *, now: datetime) -> bool:
    """Lock a payment and what it pays; return whether that still needs this payment's money.

    It does not once it is paid or cancelled, nor while another payment of it is being processed,
    nor if what is left of another plan can't count towards it any more.
    Ask before any money is taken, and let go of the locks before the provider is called.
    """
    Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    paid = lock_purchase(payment.order_number)
    is_free = processing_payment(paid.number, besides=payment.pk) is None
    is_possible = not isinstance(paid, Order) or still_stands(paid, now=now)
    return paid.state == OrderState.PLACED and is_free and is_possible


def lock_order(number: str) -> Order:
    """Lock the payment that pays an order, if there is one, then the order, and the one whose plan
    it replaces; return the order.

    Includes quote, plan and supplier. Raises Order.DoesNotExist.
    """
    Payment.objects.select_for_update().filter(order_number=number, pays_order=True).first()
    orders = Order.objects.select_for_update(of=("self",))
    order = orders.select_related("quote__plan__supplier").get(number=number)
    lock_change(order)
    return order


def lock_esim(order: Order, *, now: datetime) -> LockedEsim | None:
    """Lock the eSIM that a locked order renews; None: the order creates a new one."""
    if order.esim_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(LOCK_ESIM, [order.esim_id])
        esim = _ESIM.row(cursor.fetchone())
    return LockedEsim(esim, running_bundles(esim_id=esim.pk, now=now))


_PAYMENT = Columns(Payment, "payments_payment")
_ORDER = Columns(Order, "ordering_order", without=["consented_at"])
_QUOTE = Columns(Quote, "ordering_quote", without=["exchange", "created_at"])
_PLAN = Columns(Plan, "catalog_plan", without=["countries"])
_SUPPLIER = Columns(Supplier, "catalog_supplier")
_ESIM = Columns(Esim, "esims_esim", without=["activation_code"])

LOCK_PAYMENT = f"""
SELECT {_PAYMENT.sql} FROM payments_payment WHERE number = %s AND provider = %s FOR UPDATE
"""  # noqa: S608 -- names of columns
LOCK_ORDER = f"""
SELECT {_ORDER.sql}, {_QUOTE.sql}, {_PLAN.sql}, {_SUPPLIER.sql}
  FROM ordering_order
  JOIN ordering_quote ON ordering_quote.id = ordering_order.quote_id
  JOIN catalog_plan ON catalog_plan.code = ordering_quote.plan_id
  JOIN catalog_supplier ON catalog_supplier.code = catalog_plan.supplier_id
 WHERE ordering_order.number = %s
   FOR UPDATE OF ordering_order
"""  # noqa: S608 -- names of columns
LOCK_ESIM = f"SELECT {_ESIM.sql} FROM esims_esim WHERE id = %s FOR UPDATE"  # noqa: S608
