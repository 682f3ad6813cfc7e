"""Lists of payments and orders: those that need attention, and all of them, filtered."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ordering.models import Order
from limosa.domain.payments.models import InboxMessage, Payment, Refund
from limosa.web.console import attention
from limosa.web.console.access import staff_page
from limosa.web.console.filters import (
    DAYS_WITHOUT,
    ORDERS,
    PAYMENTS,
    ListFilter,
    orders_in,
    payments_in,
)
from limosa.web.console.paging import Page, page_by_time, page_of
from limosa.web.console.service_zone import day_zone

_Rows = Page[Payment] | Page[Order] | Page[Refund] | Page[InboxMessage]


@staff_page
def payments(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List payments with a problem, waiting orders and open refunds; or all, as filtered."""
    show = request.GET.get("show", "look")
    if show in {"all", "orders"}:
        return _filtered(request, staff, show)
    page: _Rows
    match show:
        case "look":
            page = page_of(attention.payments_to_look_at(), request)
        case "waiting":
            page = page_of(attention.orders_waiting(), request)
        case "refunds":
            page = page_of(attention.refunds_open_long(now=timezone.now()), request)
        case "unknown":
            page = page_of(attention.unknown_notifications(), request)
        case _:
            raise Http404
    return render(request, "console/payments.html", {"page": page, "show": show, "staff": staff})


def _filtered(request: HttpRequest, staff: Subscriber, show: str) -> HttpResponse:
    kind = ORDERS if show == "orders" else PAYMENTS
    today = timezone.localdate(timezone=day_zone())
    chosen = ListFilter(kind, request.GET, today=today)
    context = {
        "show": show,
        "form": chosen,
        "staff": staff,
        "days_without": DAYS_WITHOUT,
    }
    if chosen.is_set and not chosen.is_valid():
        return render(request, "console/payments.html", context, status=422)
    return render(
        request, "console/payments.html", context | {"page": _page(request, chosen, show)}
    )


def _page(request: HttpRequest, chosen: ListFilter, show: str) -> _Rows:
    if not chosen.is_set:
        if show == "orders":
            return page_of(Order.objects.select_related("subscriber", "quote__plan"), request)
        return page_of(Payment.objects.select_related("subscriber"), request)
    before, kept = request.GET.get("before", ""), f"show={show}&{chosen.query}"
    if show == "orders":
        return page_by_time(orders_in(chosen), field=ORDERS.at, before=before, kept=kept)
    return page_by_time(payments_in(chosen), field=PAYMENTS.at, before=before, kept=kept)
