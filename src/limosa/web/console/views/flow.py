"""The cash flow, the exchange rates and the disputes."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import ExchangeRate, Price
from limosa.domain.payments.models import Dispute, DisputeState
from limosa.web.console.access import staff_page
from limosa.web.console.cash_flow import cash_flow
from limosa.web.console.shown_lists import shown_list

SPANS = (14, 30, 90)
# Rates are published every working day; holidays leave gaps of a few days.
RATE_IS_OLD_AFTER = timedelta(days=7)
_RATES_SHOWN = 60


@staff_page
def flow(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show what came in and went out, per day and channel."""
    asked = request.GET.get("days", "30")
    if asked not in {str(span) for span in SPANS}:
        raise Http404
    charts = cash_flow(days=int(asked), time_zone=settings.SERVICE_TIME_ZONE, now=timezone.now())
    return render(
        request,
        "console/flow.html",
        {"charts": charts, "days": int(asked), "spans": SPANS, "staff": staff},
    )


@staff_page
def rates(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show the latest rate of each currency that something is sold in, or one currency's
    history."""
    currency = request.GET.get("currency", "")
    rows = newest_rates()
    if currency:
        rows = ExchangeRate.objects.filter(currency=currency).order_by("-day")[:_RATES_SHOWN]
        if not rows:
            raise Http404
    now = timezone.now()
    return render(
        request,
        "console/rates.html",
        {
            "rates": rows,
            "currency": currency,
            "old_before": now.date() - RATE_IS_OLD_AFTER,
            "staff": staff,
        },
    )


@staff_page
def disputes(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the disputes that are open, or all."""
    rows = Dispute.objects.select_related("payment__subscriber")
    lists = {"open": rows.filter(state=DisputeState.OPEN), "all": rows}
    return shown_list(request, staff, "console/disputes.html", lists)


def newest_rates() -> QuerySet[ExchangeRate]:
    """Return the latest rate of each currency that something is sold in."""
    in_use = Price.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return (
        ExchangeRate.objects.filter(currency__in=in_use)
        .order_by("currency", "-day")
        .distinct("currency")
    )
