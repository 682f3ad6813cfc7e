"""Suppliers' price lists: how they stand, what is in them, and what each sheet changed."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.ask_for_price_list import ask_for_price_list
from limosa.domain.wholesale.engine.differences import ChangeKind
from limosa.domain.wholesale.engine.sheet_life import SheetState
from limosa.domain.wholesale.models import ListChange, ListedPlan, PriceSheet
from limosa.domain.wholesale.price_lists import (
    list_standings,
    open_proposals,
    plans_above_price,
    plans_refused,
)
from limosa.domain.wholesale.refusals import NoListError
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.wording.countries import CODES
from limosa.web.wording.refusals import refusal_text

ROWS_PER_PAGE = 50
SHEETS_SHOWN = 12
# A plan whose other rules changed may also be dearer or cheaper.
_KINDS = [*(kind.value for kind in ChangeKind), "rules"]


@staff_page
def price_lists(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the suppliers' price lists. `?part=rows`: the rows alone, which a page asks for while a
    list is being fetched."""
    rows = list_standings()
    context = {
        "rows": rows,
        "is_fetching": any(row.is_fetching for row in rows),
        "proposed": open_proposals().count(),
        "above_price": plans_above_price().order_by("position", "code")[:ROWS_PER_PAGE],
        "refused": plans_refused().order_by("position", "code")[:ROWS_PER_PAGE],
        "staff": staff,
    }
    template = "_price_lists" if request.GET.get("part") == "rows" else "price_lists"
    return render(request, f"console/{template}.html", context)


@staff_action_page(AuditAction.FETCH_PRICES)
@require_POST
def fetch(request: HttpRequest, staff: Subscriber, supplier: str) -> HttpResponse:
    """Have a list fetched now."""
    if supplier not in settings.SUPPLIER_ADAPTERS:
        raise Http404
    try:
        ask_for_price_list(supplier_code=supplier, actor=staff, now=timezone.now())
    except NoListError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, gettext("The price list is being fetched now."))
    return redirect("console:price_lists")


@staff_page
def price_list(request: HttpRequest, staff: Subscriber, supplier: str) -> HttpResponse:
    """Show the list in force of a supplier, filtered, and its newest sheets."""
    sheets = PriceSheet.objects.filter(supplier=supplier).order_by("-id")
    if not sheets.exists():
        raise Http404
    found = _wanted(request, ListedPlan.objects.filter(supplier=supplier, until__isnull=True))
    page = Paginator(found.order_by("code"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "console/price_list.html",
        {
            "supplier": supplier,
            "page": page,
            "kept": _kept(request, "q", "country"),
            "q": request.GET.get("q", "")[:100],
            "country": request.GET.get("country", "")[:2].upper(),
            "sheets": sheets.select_related("previous")[:SHEETS_SHOWN],
            "staff": staff,
        },
    )


@staff_page
def sheet(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show what a sheet changed, by kind."""
    shown = get_object_or_404(PriceSheet, pk=pk)
    kind = request.GET.get("show", "")
    rows = ListChange.objects.filter(sheet=shown).select_related("before", "after")
    if kind == "rules":
        rows = rows.exclude(other_rules=[])
    elif kind in _KINDS:
        rows = rows.filter(kind=kind)
    elif kind:
        raise Http404
    page = Paginator(rows.order_by("code"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "console/price_sheet.html",
        {
            "sheet": shown,
            "page": page,
            "kinds": _KINDS,
            "show": kind,
            "total": sum(shown.by_kind.get(kind.value, 0) for kind in ChangeKind),
            "kept": f"show={kind}&" if kind else "",
            "is_whole": shown.state == SheetState.WHOLE,
            "staff": staff,
        },
    )


def _wanted(request: HttpRequest, rows: QuerySet[ListedPlan]) -> QuerySet[ListedPlan]:
    text = request.GET.get("q", "").strip()[:100].replace("\0", "")
    country = request.GET.get("country", "").upper()
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name__icontains=text))
    if country in CODES:
        rows = rows.filter(countries__contains=[country])
    return rows


def _kept(request: HttpRequest, *names: str) -> str:
    """Return the part of the query string that paging keeps."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in names or not kept[name]:
            del kept[name]
    return f"{kept.urlencode()}&" if kept else ""
