"""The guards' findings, and how far the guards have checked."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import (
    AuditAction,
    AuditEntry,
    Finding,
    GuardKind,
    GuardRound,
)
from limosa.domain.support.operations.note_finding import note_finding
from limosa.web.console import attention
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.forms import NoteForm
from limosa.web.console.paging import page_of


@staff_page
def findings(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List what is wrong, or all that ever was; and each guard with its last run."""
    show = request.GET.get("show", "open")
    if show not in {"open", "all"}:
        raise Http404
    rows = attention.open_findings() if show == "open" else Finding.objects.all()
    rounds = {turn.guard: turn for turn in GuardRound.objects.all()}
    return render(
        request,
        "console/findings.html",
        {
            "page": page_of(rows, request),
            "show": show,
            "guards": [(kind.value, rounds.get(kind.value)) for kind in GuardKind],
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.NOTE_FINDING, is_readable=True)
def finding(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show a finding, what to do about it, and its notes; accept a note."""
    shown = get_object_or_404(Finding, pk=pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        note_finding(
            finding_id=pk, detail=form.cleaned_data["detail"], actor=staff, now=timezone.now()
        )
        messages.success(request, gettext("Note saved."))
        return redirect("console:finding", pk=pk)
    return render(
        request,
        "console/finding.html",
        {
            "finding": shown,
            "notes": AuditEntry.objects.filter(subject=shown.number).select_related("actor"),
            "form": form,
            "staff": staff,
        },
        status=422 if form.is_bound else 200,
    )
