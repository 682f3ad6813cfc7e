"""What is owed to people in wallets, bonuses and codes: by their rows, and by the journal."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.liabilities import liabilities
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_export import record_export
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.csv_files import csv_lines, in_blocks
from limosa.web.console.days import read_day
from limosa.web.console.service_zone import day_zone

COLUMNS = ("kind", "currency", "rows_minor", "journal_minor", "difference_minor")


@staff_page
def report(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show it at the end of a day, or now."""
    day = read_day(request.GET.get("day", ""))
    found = liabilities(until=_end_of(day))
    context = {
        "books": [
            (currency, list(rows))
            for currency, rows in groupby(found, key=lambda one: one.own.currency)
        ],
        "is_equal": not any(one.difference.amount_minor for one in found),
        "day": day,
        "now": timezone.now(),
        "staff": staff,
    }
    return render(request, "console/liabilities.html", context)


@staff_action_page(AuditAction.EXPORT)
@require_safe
def report_file(request: HttpRequest, staff: Subscriber) -> HttpResponseBase:
    """Send it as CSV."""
    day = read_day(request.GET.get("day", ""))
    shown = day or timezone.localdate(timezone=day_zone())
    record_export(table="liabilities", since=shown, until=shown, actor=staff, now=timezone.now())
    rows = [
        (
            one.kind,
            one.own.currency,
            one.own.amount_minor,
            one.booked.amount_minor,
            one.difference.amount_minor,
        )
        for one in liabilities(until=_end_of(day))
    ]
    return StreamingHttpResponse(
        in_blocks(csv_lines(COLUMNS, rows)),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="limosa-liabilities-{shown}.csv"',
        },
    )


def _end_of(day: date | None) -> datetime | None:
    """Return the first moment after a day."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=day_zone())
