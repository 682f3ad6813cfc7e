"""Support cases: the list, one with its trace, and its end."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import Case, StaffAction, StaffActionKind
from limosa.domain.support.operations.close_case import close_case
from limosa.web.console import attention
from limosa.web.console.access import staff_deed_page, staff_page
from limosa.web.console.forms import OutcomeForm
from limosa.web.console.paging import page_of
from limosa.web.console.trace import trace_lines


@staff_page
def cases(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List cases: the open ones, or all."""
    show = request.GET.get("show", "open")
    if show not in {"open", "all"}:
        raise Http404
    rows = (
        attention.open_cases()
        if show == "open"
        else Case.objects.select_related("subscriber", "order")
    )
    return render(
        request,
        "console/cases.html",
        {"page": page_of(rows, request), "show": show, "staff": staff},
    )


@staff_deed_page(StaffActionKind.CLOSE_CASE, is_readable=True)
def case(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Show a case as it was when it was opened, and close it."""
    shown = get_object_or_404(Case.objects.select_related("subscriber", "order"), number=number)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        close_case(
            case_number=number,
            detail=form.cleaned_data["detail"],
            actor=staff,
            now=timezone.now(),
        )
        messages.success(request, gettext("The case is closed."))
        return redirect("console:cases")
    return render(
        request,
        "console/case.html",
        {
            "case": shown,
            "lines": trace_lines(shown.trace),
            "actions": StaffAction.objects.filter(subject=number).select_related("actor"),
            "form": form,
            "staff": staff,
        },
    )
