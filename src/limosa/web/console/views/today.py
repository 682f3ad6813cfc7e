"""The first page: what needs attention, and how the day is going."""

from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Supplier
from limosa.domain.connectivity.breakers import held_back, not_answering
from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.payments.models import Payment
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.pause_supplier import pause_supplier
from limosa.domain.wholesale.price_lists import open_proposals, plans_above_price, plans_refused
from limosa.web.console import attention
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.service_zone import day_zone
from limosa.web.console.takings import DAYS, takings
from limosa.web.own_paths import own_path

SHOWN = 8


@staff_page
def today(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show pending work, takings, and suppliers."""
    now = timezone.now()
    payments = attention.payments_to_look_at()
    orders = attention.orders_waiting()
    refunds = attention.refunds_open_long(now=now)
    cases = attention.cases_waiting()
    reported = attention.count(attention.ratings_reported())
    to_sign = attention.refunds_to_sign()
    charts = takings(time_zone=settings.SERVICE_TIME_ZONE, now=now)
    return render(
        request,
        "console/today.html",
        {
            "charts": charts,
            "paid_today": attention.count(_paid_since_midnight(now)),
            "unpaid_today": attention.count(_unpaid_since_midnight(now)),
            "ratings_reported": reported,
            "payments": payments.order_by("-created_at")[:SHOWN],
            "payments_count": attention.count(payments),
            "orders": orders.order_by("paid_at")[:SHOWN],
            "orders_count": attention.count(orders),
            "refunds": refunds.order_by("requested_at")[:SHOWN],
            "refunds_count": attention.count(refunds),
            "to_sign": to_sign.order_by("id")[:SHOWN],
            "to_sign_count": attention.count(to_sign),
            "to_sign_sums": attention.amounts_to_sign(to_sign),
            "disputes": attention.open_disputes().order_by("id")[:SHOWN],
            "unknown_count": attention.count(attention.unknown_notifications()),
            "cases": cases.order_by("-id")[:SHOWN],
            "cases_count": attention.count(cases),
            "findings": attention.open_findings().order_by("id")[:SHOWN],
            "doubts_count": attention.count(attention.usage_in_doubt()),
            "findings_count": attention.count(attention.open_findings()),
            "long_after": attention.REFUND_IS_LONG_AFTER,
            "takings_days": DAYS,
            "prices_to_decide": attention.count(open_proposals()),
            "above_price": attention.count(plans_above_price()),
            "refused_plans": attention.count(plans_refused()),
            "kept_after_refunds": attention.kept_after_refunds(now=now),
            "kept_lately": attention.KEPT_LATELY,
            "suppliers": Supplier.objects.order_by("name"),
            "set_up": settings.SUPPLIER_ADAPTERS,
            "not_answering": not_answering(),
            "held_back": held_back(now=now),
            "now": now,
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.PAUSE_SUPPLIER)
@require_POST
def pause(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Pause or resume a supplier, and go back to the page with the button."""
    supplier = get_object_or_404(Supplier, code=code)
    pause_supplier(
        supplier_code=supplier.code,
        is_paused=request.POST.get("pause") == "yes",
        actor=staff,
        now=timezone.now(),
    )
    return redirect(own_path(request.POST.get("next", "")) or "console:today")


def _paid_since_midnight(now: datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(pays_order=True, paid_at__gte=_midnight(now))


def _unpaid_since_midnight(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(state=OrderState.PLACED, placed_at__gte=_midnight(now))


def _midnight(now: datetime) -> datetime:
    zone = day_zone()
    return datetime.combine(now.astimezone(zone).date(), time(0), tzinfo=zone)
