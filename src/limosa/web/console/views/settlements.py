"""Providers' settlements: the days, the differences from our books, and what to do about them."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.payments.models import Difference, DifferenceState, Settlement
from limosa.domain.payments.refusals import DayNotOverError
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.ask_for_settlement import ask_for_settlement
from limosa.domain.support.operations.resolve_difference import resolve_difference
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.forms import OutcomeForm
from limosa.web.console.paging import page_of
from limosa.web.console.settlement_days import SettlementDayForm, settlement_days
from limosa.web.wording.refusals import refusal_text

_DIFFERENCES = Difference.objects.select_related("settlement", "payment", "resolved_by")


@staff_page
def settlements(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the open differences, the days with their counts, or all differences."""
    show = request.GET.get("show", "open")
    if show == "days":
        return _days_page(request, staff, SettlementDayForm())
    if show not in {"open", "all"}:
        raise Http404
    rows = _DIFFERENCES.filter(state=DifferenceState.OPEN) if show == "open" else _DIFFERENCES.all()
    return render(
        request,
        "console/settlements.html",
        {"page": page_of(rows, request), "show": show, "form": SettlementDayForm(), "staff": staff},
    )


@staff_action_page(AuditAction.RECONCILE)
@require_POST
def compare(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Have a day compared now."""
    form = SettlementDayForm(request.POST)
    if not form.is_valid():
        return _days_page(request, staff, form, status=422)
    try:
        settlement = ask_for_settlement(
            provider_code=form.cleaned_data["provider"],
            day=form.cleaned_data["day"],
            actor=staff,
            now=timezone.now(),
        )
    except DayNotOverError as refusal:
        form.add_error("day", refusal_text(refusal))
        return _days_page(request, staff, form, status=422)
    messages.success(request, gettext("That day is being reconciled now."))
    return redirect("console:settlement", provider=settlement.provider, day=settlement.day)


@staff_page
def settlement(request: HttpRequest, staff: Subscriber, provider: str, day: date) -> HttpResponse:
    """Show one day: its sums and its differences, open ones first."""
    shown = get_object_or_404(Settlement, provider=provider, day=day)
    rows = _DIFFERENCES.filter(settlement=shown)
    show = request.GET.get("show", "open")
    if show == "open":
        rows = rows.filter(state=DifferenceState.OPEN)
    return render(
        request,
        "console/settlement.html",
        {
            "settlement": shown,
            "totals": shown.totals.order_by("currency"),
            "page": page_of(rows, request),
            "show": "all" if show == "all" else "open",
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.RESOLVE_DIFFERENCE, is_readable=True)
def difference(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show both sides of a difference and what to do; accept its resolution."""
    shown = get_object_or_404(_DIFFERENCES.select_related("refund"), pk=pk)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        resolve_difference(
            difference_id=pk,
            detail=form.cleaned_data["detail"],
            actor=staff,
            now=timezone.now(),
        )
        messages.success(request, gettext("Difference resolved."))
        return redirect("console:settlements")
    return render(
        request,
        "console/difference.html",
        {
            "difference": shown,
            "actions": AuditEntry.objects.filter(subject=shown.number).select_related("actor"),
            "form": form,
            "staff": staff,
        },
    )


def _days_page(
    request: HttpRequest, staff: Subscriber, form: SettlementDayForm, status: int = 200
) -> HttpResponse:
    """Show the days, newest first, and those before `?until=`."""
    days, older = settlement_days(request.GET.get("until", ""))
    return render(
        request,
        "console/settlements.html",
        {"days": days, "older": older, "show": "days", "form": form, "staff": staff},
        status=status,
    )
