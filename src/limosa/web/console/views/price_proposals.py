"""Proposed prices and ends of sale: see them, and decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.decide_prices import decide_prices
from limosa.domain.wholesale.engine.proposing import ProposalKind
from limosa.domain.wholesale.models import PriceProposal
from limosa.domain.wholesale.price_lists import open_proposals
from limosa.web.console.access import staff_action_page, staff_page

ROWS_PER_PAGE = 50
_SHOWN = {"open", "decided", *(kind.value for kind in ProposalKind)}
_ID_DIGITS_MAX = 18


@staff_page
def proposals(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List open proposals, all or of one kind, steepest first; or what was decided."""
    show = request.GET.get("show", "open")
    if show not in _SHOWN:
        raise Http404
    rows = PriceProposal.objects.select_related("plan", "decided_by")
    if show == "decided":
        rows = rows.exclude(state="open").order_by("-decided_at", "-id")
    else:
        rows = rows.filter(state="open").order_by("-steepest_basis_points", "plan")
        if show != "open":
            rows = rows.filter(kind=show)
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    newest = open_proposals().order_by("-id").values_list("pk", flat=True).first()
    return render(
        request,
        "console/price_proposals.html",
        {
            "page": page,
            "show": show,
            "kept": f"show={show}&",
            "newest": newest or 0,
            "open_count": open_proposals().count(),
            "staff": staff,
        },
    )


@staff_action_page(AuditAction.DECIDE_PRICES)
@require_POST
def decide(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Approve or reject one proposal, those that are ticked, or all that the page knew of.

    The button's value is "approve" or "reject", with the number of one, or "all" up to the newest
    that there was. All are approved only once the page that says what that means was answered, and
    while they are as many as it said.
    """
    verb, _, which = request.POST.get("do", "").partition(" ")
    if verb not in {"approve", "reject"}:
        raise Http404
    ids = _ids(request, which)
    if which == "all" and verb == "approve" and request.POST.get("sure") != str(len(ids)):
        return _ask(request, staff, ids)
    plans = decide_prices(
        proposal_ids=ids,
        is_approved=verb == "approve",
        actor=staff,
        now=timezone.now(),
    )
    if not plans:
        messages.error(request, gettext("Nothing was changed: this has been decided or overtaken."))
    elif verb == "approve":
        said = ngettext("%(count)d change applied.", "%(count)d changes applied.", len(plans))
        messages.success(request, said % {"count": len(plans)})
    else:
        said = ngettext("%(count)d change rejected.", "%(count)d changes rejected.", len(plans))
        messages.success(request, said % {"count": len(plans)})
    return redirect("console:price_proposals")


def _ask(request: HttpRequest, staff: Subscriber, ids: list[int]) -> HttpResponse:
    """Show what approving all of these would do."""
    rows = open_proposals().filter(pk__in=ids).select_related("plan")
    if not (by_move := list(rows.order_by("-steepest_basis_points", "plan"))):
        return redirect("console:price_proposals")
    up, down = by_move[0], by_move[-1]
    return render(
        request,
        "console/price_sure.html",
        {
            "number": len(by_move),
            "newest": max(ids),
            "up": up if up.steepest_basis_points > 0 else None,
            "down": down if down.steepest_basis_points < 0 else None,
            "off_sale": sum(row.kind == ProposalKind.GONE for row in by_move),
            "on_sale": sum(row.kind == ProposalKind.BACK for row in by_move),
            "staff": staff,
        },
    )


def _ids(request: HttpRequest, which: str) -> list[int]:
    if which == "all":
        newest = _number(request.POST.get("newest", ""))
        return list(open_proposals().filter(pk__lte=newest).values_list("pk", flat=True))
    if which:
        return [_number(which)]
    return [_number(one) for one in request.POST.getlist("ticked")[:ROWS_PER_PAGE]]


def _number(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > _ID_DIGITS_MAX:
        raise Http404
    return int(text)
