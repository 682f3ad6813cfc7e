"""What the guards of the books found, and how far they have looked."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import Finding, GuardKind, GuardRound
from limosa.web.console import attention
from limosa.web.console.access import staff_page
from limosa.web.console.paging import page_of


@staff_page
def findings(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List what is wrong, or all that ever was; and each guard with its last look."""
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
