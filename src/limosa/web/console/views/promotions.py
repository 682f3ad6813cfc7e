"""Promotions: what runs, what comes, what was; made with a preview, ended and reopened."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.queries import currencies_on_sale
from limosa.domain.promotions.engine.occasions import Occasion, occasions
from limosa.domain.promotions.models import Promotion, PromotionCode
from limosa.domain.promotions.queries import not_over
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.add_promotion_code import add_promotion_code
from limosa.domain.support.operations.end_promotion_by_staff import end_promotion_by_staff
from limosa.domain.support.operations.end_promotion_code_by_staff import (
    end_promotion_code_by_staff,
)
from limosa.domain.support.operations.record_export import record_export
from limosa.domain.support.operations.reopen_promotion_by_staff import reopen_promotion_by_staff
from limosa.domain.support.operations.save_promotion import save_promotion
from limosa.foundation.errors import DomainRefusal
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.csv_files import csv_lines, in_blocks
from limosa.web.console.occasion_names import NAMES, filled_for
from limosa.web.console.paging import page_of
from limosa.web.console.promotion_code_form import PromotionCodeForm
from limosa.web.console.promotion_form import PromotionForm, filled_with
from limosa.web.console.promotion_preview import Preview, preview_of
from limosa.web.console.promotion_result import COLUMNS, file_rows, result_rows, results
from limosa.web.console.service_zone import day_zone
from limosa.web.wording.refusals import refusal_text

OVER_PER_PAGE = 30
_ACTIONS_SHOWN = 20


@staff_page
def promotions(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the promotions: those that run, those to come, and those that are over."""
    now = timezone.now()
    current = list(not_over(now=now).order_by("starts_at", "code"))
    over = Promotion.objects.exclude(pk__in=not_over(now=now)).order_by("-ends_at", "code")
    page = Paginator(over, OVER_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "running": [row for row in current if row.starts_at <= now],
        "coming": [row for row in current if row.starts_at > now],
        "page": page,
        "occasions": [(one, NAMES[one.key]) for one in _occasions()],
        "staff": staff,
    }
    return render(request, "console/promotions.html", context)


@staff_page
def promotion(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Show a promotion with its codes, and what each plan costs with it on which day."""
    return _page(request, staff, get_object_or_404(Promotion, code=code))


@staff_action_page(AuditAction.ADD_PROMOTION_CODE)
@require_POST
def add_code(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Make a code for the promotion."""
    shown = get_object_or_404(Promotion, code=code, needs_code=True)
    form = PromotionCodeForm(request.POST)
    if form.is_valid() and form.terms is not None:
        try:
            add_promotion_code(
                promotion_code=code, terms=form.terms, actor=staff, now=timezone.now()
            )
        except DomainRefusal as refusal:
            form.add_error("text", refusal_text(refusal))
        else:
            return redirect("console:promotion", code=code)
    return _page(request, staff, shown, form=form)


@staff_action_page(AuditAction.END_PROMOTION_CODE)
@require_POST
def end_code(request: HttpRequest, staff: Subscriber, code: str, pk: int) -> HttpResponse:
    """End a code, or let it count again."""
    found = get_object_or_404(PromotionCode, pk=pk, promotion_id=code)
    is_ended = request.POST.get("do") == "end"
    end_promotion_code_by_staff(
        code_id=found.pk, is_ended=is_ended, actor=staff, now=timezone.now()
    )
    return redirect("console:promotion", code=code)


def _page(
    request: HttpRequest,
    staff: Subscriber,
    shown: Promotion,
    *,
    form: PromotionCodeForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    actions = AuditEntry.objects.filter(subject=shown.code, action__in=_ACTIONS)
    context = {
        "promotion": shown,
        "is_over": shown.over_at <= now,
        "is_begun": shown.starts_at <= now,
        "can_reopen": shown.ended_at is not None and shown.ends_at > now,
        "codes": page_of(PromotionCode.objects.filter(promotion=shown), request),
        "form": form or PromotionCodeForm(initial={"budget_currency": staff.currency}),
        "results": results(result_rows(shown.code, today=_today())),
        "actions": actions.select_related("actor").order_by("-id")[:_ACTIONS_SHOWN],
        "staff": staff,
        **_previewed(request, shown, staff),
    }
    return render(request, "console/promotion.html", context, status=422 if form else 200)


@staff_action_page(AuditAction.EXPORT)
@require_safe
def promotion_file(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponseBase:
    """Send what the promotion has brought, by plan and supplier, as CSV."""
    del request
    shown = get_object_or_404(Promotion, code=code)
    today = _today()
    begun = shown.starts_at.astimezone(day_zone()).date()
    record_export(
        table=f"promotion {shown.code}"[:60],
        since=begun,
        until=today,
        actor=staff,
        now=timezone.now(),
    )
    rows = file_rows(shown.code, result_rows(shown.code, today=today))
    return StreamingHttpResponse(
        in_blocks(csv_lines(COLUMNS, rows)),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="limosa-{shown.code}.csv"',
        },
    )


@staff_action_page(AuditAction.SET_PROMOTION)
def make(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Make a promotion: GET shows what it would mean, POST stores it. `?occasion=`: for a
    holiday."""
    wanted = request.GET.get("occasion")
    filled = next((filled_for(one) for one in _occasions() if one.code == wanted), {})
    form = PromotionForm(_typed(request), initial={"currency": staff.currency} | filled)
    return _form(request, staff, form)


@staff_action_page(AuditAction.SET_PROMOTION)
def change(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Change a promotion that has not begun."""
    shown = get_object_or_404(Promotion, code=code, starts_at__gt=timezone.now())
    typed = _typed(request)
    if typed is not None:
        typed = typed.copy()
        typed["code"] = shown.code
    form = PromotionForm(typed, is_new=False, initial=filled_with(shown))
    return _form(request, staff, form)


@staff_action_page(AuditAction.END_PROMOTION)
@require_POST
def end(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """End a promotion before its time."""
    said = gettext("The promotion has ended.")
    return _do(request, staff, code, end_promotion_by_staff, said)


@staff_action_page(AuditAction.REOPEN_PROMOTION)
@require_POST
def reopen(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Let a promotion go on that was ended before its time."""
    said = gettext("The promotion runs until its last day again.")
    return _do(request, staff, code, reopen_promotion_by_staff, said)


def _do(
    request: HttpRequest, staff: Subscriber, code: str, deed: Callable[..., bool], said: str
) -> HttpResponse:
    """End or reopen a promotion; say so if that changed anything, or why it is refused."""
    get_object_or_404(Promotion, code=code)
    try:
        if deed(code=code, actor=staff, now=timezone.now()):
            messages.success(request, said)
    except DomainRefusal as refusal:
        messages.error(request, refusal_text(refusal))
    return redirect("console:promotion", code=code)


_NOT_TYPED = {"preview", "page", "shown_in", "csrfmiddlewaretoken"}
_ACTIONS = [
    AuditAction.SET_PROMOTION,
    AuditAction.END_PROMOTION,
    AuditAction.REOPEN_PROMOTION,
    AuditAction.ADD_PROMOTION_CODE,
    AuditAction.END_PROMOTION_CODE,
]


def _today() -> date:
    """Return the day where the shop counts its days."""
    return timezone.localdate(timezone=day_zone())


def _occasions() -> list[Occasion]:
    return occasions(_today())


def _typed(request: HttpRequest) -> QueryDict | None:
    if request.method == "POST":
        return request.POST
    return request.GET if "preview" in request.GET else None


def _form(request: HttpRequest, staff: Subscriber, form: PromotionForm) -> HttpResponse:
    """Store what was typed, or show it with what it would mean."""
    context: dict[str, Any] = {"form": form, "staff": staff}
    if form.is_valid() and form.row is not None:
        if request.method == "POST":
            try:
                saved = save_promotion(
                    row=form.row, is_new=form.is_new, actor=staff, now=timezone.now()
                )
            except DomainRefusal as refusal:
                form.add_error(None, refusal_text(refusal))
            else:
                messages.success(request, gettext("Promotion saved."))
                return redirect("console:promotion", code=saved.code)
        context |= _previewed(request, Promotion(**asdict(form.row)), staff)
        typed = request.POST if request.method == "POST" else request.GET
        context["typed"] = _pairs(typed, without=_NOT_TYPED)
    status = 422 if form.errors else 200
    return render(request, "console/promotion_form.html", context, status=status)


def _previewed(request: HttpRequest, shown: Promotion, staff: Subscriber) -> dict[str, Any]:
    """Return a preview in the currency asked for, the promotion's, or the reader's."""
    sold_in = currencies_on_sale()
    asked = request.GET.get("shown_in", "")
    preferred = shown.amount_currency or staff.currency
    currency = next((one for one in (asked, preferred) if one in sold_in), preferred)
    if shown.amount_currency:
        sold_in, currency = [shown.amount_currency], shown.amount_currency
    preview: Preview = preview_of(
        shown, currency=currency, page=request.GET.get("page"), now=timezone.now()
    )
    kept = request.GET.copy()
    kept.pop("page", None)
    return {
        "preview": preview,
        "currencies": sold_in,
        "kept": f"{kept.urlencode()}&" if kept else "",
        "kept_for_currency": _pairs(kept, without={"shown_in"}),
    }


def _pairs(typed: QueryDict, *, without: set[str]) -> list[tuple[str, object]]:
    """Return names and values as hidden fields repeat them."""
    return [
        (name, value) for name, values in typed.lists() if name not in without for value in values
    ]
