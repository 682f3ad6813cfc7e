"""Margins by plan and supplier, a month at a time: a page, and the same rows as a file."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan, Supplier
from limosa.domain.ordering.engine.margins import Margin, totals
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.record_export import record_export
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.csv_files import csv_lines, in_blocks
from limosa.web.console.margin_rows import (
    COLUMNS,
    Month,
    file_rows,
    loose_fees,
    margins_of,
    read_month,
)
from limosa.web.console.service_zone import day_zone

ROWS_PER_PAGE = 50


@staff_page
def margins(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Show a month's margins, of all suppliers or one."""
    today = timezone.localdate(timezone=day_zone())
    month, supplier, rows = _asked(request)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown: list[Margin] = list(page.object_list)
    plans = Plan.objects.in_bulk({row.plan for row in shown})
    suppliers = Supplier.objects.order_by("name", "code")
    names = {one.code: one.name for one in suppliers}
    return render(
        request,
        "console/margins.html",
        {
            "month": month,
            "is_over": month.last < today,
            "rates_of": min(month.last, today),
            "supplier": supplier,
            "suppliers": suppliers,
            "rows": [
                (row, plans[row.plan], names.get(row.supplier, row.supplier)) for row in shown
            ],
            "page": page,
            "totals": totals(rows),
            "loose_fees": [] if supplier else loose_fees(month),
            "kept": f"month={month}&supplier={supplier}&",
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.EXPORT)
@require_safe
def margins_file(request: HttpRequest, staff: Subscriber) -> HttpResponseBase:
    """Send the rows that the page shows, of all its pages, as CSV."""
    month, supplier, rows = _asked(request)
    record_export(
        table="margins", since=month.first, until=month.last, actor=staff, now=timezone.now()
    )
    name = "-".join(part for part in ("limosa-margins", month.code, supplier) if part)
    return StreamingHttpResponse(
        in_blocks(csv_lines(COLUMNS, file_rows(month, rows))),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
        },
    )


def _asked(request: HttpRequest) -> tuple[Month, str, list[Margin]]:
    today = timezone.localdate(timezone=day_zone())
    month = read_month(request.GET.get("month", ""), today=today)
    supplier = request.GET.get("supplier", "")
    is_known = not supplier or Supplier.objects.filter(code=supplier).exists()
    if month is None or not is_known:
        raise Http404
    return month, supplier, margins_of(month, supplier=supplier, today=today)
