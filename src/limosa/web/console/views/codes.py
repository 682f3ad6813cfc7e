"""Redemption codes: batches, what is done to them, and single codes.

A code is looked up by POST, so that it is in no address and no log.
"""

import tempfile
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ledger.queries import balance_of
from limosa.domain.redemption.models import Code, CodeBatch, CodeChange
from limosa.domain.redemption.queries import counts_by_state
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.activate_codes import activate_codes
from limosa.domain.support.operations.hand_out_codes import hand_out_codes
from limosa.domain.support.operations.look_up_code import look_up_code
from limosa.domain.support.operations.make_codes import make_codes
from limosa.domain.support.operations.record_codes_paid import record_codes_paid
from limosa.domain.support.operations.void_codes import void_codes
from limosa.foundation.errors import DomainRefusal
from limosa.foundation.money import Money
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.code_files import write_sheet, write_table
from limosa.web.console.code_forms import (
    BatchForm,
    BuyerPaymentForm,
    ExportForm,
    FindCodeForm,
    SerialsForm,
)
from limosa.web.console.paging import page_of
from limosa.web.console.recording import tell_recorded
from limosa.web.wording.refusals import refusal_text

# Above this a page would take too long; the command has no limit.
EXPORTED_MAX = 100_000
_SHOWN = 30
_TYPES = {"csv": "text/csv; charset=utf-8", "sheet": "text/html; charset=utf-8"}


@staff_page
def batches(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the batches, newest first."""
    return _list(request, staff)


@staff_action_page(AuditAction.MAKE_CODES)
@require_POST
def make(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Make a batch."""
    form = BatchForm(request.POST)
    if not form.is_valid() or form.wanted is None:
        return _list(request, staff, form=form)
    try:
        batch = make_codes(wanted=form.wanted, actor=staff, now=timezone.now())
    except DomainRefusal as refusal:
        form.add_error(None, refusal_text(refusal))
        return _list(request, staff, form=form)
    return redirect("console:code_batch", pk=batch.pk)


@sensitive_post_parameters("text")
@staff_action_page(AuditAction.LOOK_UP_CODE)
@require_POST
def find(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Go to the code with a serial, or to the one that was pasted."""
    form = FindCodeForm(request.POST)
    if not form.is_valid():
        return _list(request, staff, find_form=form)
    try:
        found = look_up_code(text=form.cleaned_data["text"], actor=staff, now=timezone.now())
    except DomainRefusal as refusal:
        form.add_error("text", refusal_text(refusal))
        return _list(request, staff, find_form=form)
    if found is None:
        form.add_error("text", gettext("There is no such code."))
        return _list(request, staff, find_form=form)
    return redirect("console:code", pk=found.pk)


@staff_page
def code(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show a code by its serial; the code itself is stored nowhere."""
    rows = Code.objects.select_related("batch", "redeemed_by").defer("batch__seed")
    context = {"code": get_object_or_404(rows, pk=pk), "staff": staff}
    return render(request, "console/code.html", context)


@staff_page
def batch(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show a batch. `?part=changes`: what is being done to it, alone, for the page to follow."""
    return _page(request, staff, pk)


@staff_action_page(AuditAction.ACTIVATE_CODES)
@require_POST
def activate(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Activate a range of the batch's codes."""
    return _change(request, staff, pk, activate_codes)


@staff_action_page(AuditAction.VOID_CODES)
@require_POST
def void(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Void those of a range that nobody has redeemed."""
    return _change(request, staff, pk, void_codes)


@staff_action_page(AuditAction.EXPORT_CODES)
@require_POST
def export(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponseBase:
    """Hand the codes out, once."""
    shown = get_object_or_404(CodeBatch.objects.defer("seed"), pk=pk)
    form = ExportForm(request.POST)
    if not form.is_valid() or shown.count > EXPORTED_MAX:
        return redirect("console:code_batch", pk=pk)
    kind = form.cleaned_data["kind"]
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the response closes it

    def write(batch: CodeBatch, codes: Iterator[tuple[int, str]]) -> None:
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        if kind == "csv":
            write_table(text, batch, codes)
        else:
            write_sheet(text, batch, codes, address=f"{settings.BASE_URL}{reverse('redeem')}")
        text.detach()  # Flushed, and the file stays open.

    try:
        hand_out_codes(batch_id=pk, write=write, actor=staff, now=timezone.now())
    except DomainRefusal as refusal:
        file.close()
        messages.error(request, refusal_text(refusal))
        return redirect("console:code_batch", pk=pk)
    file.seek(0)
    ending = "csv" if kind == "csv" else "html"
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"limosa-{shown.number}.{ending}",
        content_type=_TYPES[kind],
    )


@staff_action_page(AuditAction.RECORD_CODES_PAID)
@require_POST
def paid(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Record what the buyer paid, or what we paid back."""
    shown = get_object_or_404(CodeBatch.objects.defer("seed"), pk=pk)
    form = BuyerPaymentForm(request.POST, currency=shown.currency)
    if not form.is_valid():
        return _page(request, staff, pk, paid_form=form)
    try:
        recorded = record_codes_paid(
            batch_id=pk,
            amount_minor=form.amount_minor,
            reference=form.cleaned_data["reference"],
            actor=staff,
            now=timezone.now(),
        )
    except DomainRefusal as refusal:
        form.add_error(None, refusal_text(refusal))
        return _page(request, staff, pk, paid_form=form)
    tell_recorded(request, is_new=recorded is not None)
    return redirect("console:code_batch", pk=pk)


def _change(
    request: HttpRequest, staff: Subscriber, pk: int, change: Callable[..., CodeChange]
) -> HttpResponse:
    get_object_or_404(CodeBatch.objects.defer("seed"), pk=pk)
    form = SerialsForm(request.POST)
    if form.is_valid():
        try:
            change(
                batch_id=pk,
                first_serial=form.cleaned_data["first"],
                last_serial=form.cleaned_data["last"],
                actor=staff,
                now=timezone.now(),
            )
        except DomainRefusal as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            return redirect("console:code_batch", pk=pk)
    return _page(request, staff, pk, form=form)


def _list(
    request: HttpRequest,
    staff: Subscriber,
    *,
    form: BatchForm | None = None,
    find_form: FindCodeForm | None = None,
) -> HttpResponse:
    context = {
        "page": page_of(CodeBatch.objects.defer("seed"), request),
        "form": form or BatchForm(),
        "find_form": find_form or FindCodeForm(),
        "staff": staff,
    }
    status = 422 if form or find_form else 200
    return render(request, "console/codes.html", context, status=status)


def _page(
    request: HttpRequest,
    staff: Subscriber,
    pk: int,
    *,
    form: SerialsForm | None = None,
    paid_form: BuyerPaymentForm | None = None,
) -> HttpResponse:
    shown = get_object_or_404(CodeBatch.objects.defer("seed"), pk=pk)
    changes = list(shown.changes.select_related("asked_by").order_by("-id")[:_SHOWN])
    context: dict[str, Any] = {"batch": shown, "changes": changes, "staff": staff}
    context["is_working"] = any(change.done_at is None for change in changes)
    if request.GET.get("part") == "changes":
        return render(request, "console/_code_changes.html", context)
    counts = counts_by_state(shown)
    initial = {"first": shown.first_serial, "last": shown.last_serial}
    context |= {
        "counts": counts,
        "outstanding": Money(shown.amount_minor * counts.get("active", 0), shown.currency),
        "price": Money(shown.price_minor, shown.currency),
        "owed": Money(
            balance_of(code=f"receivable:{shown.number}:{shown.currency}"), shown.currency
        ),
        "payments": shown.payments.select_related("batch").order_by("-id")[:_SHOWN],
        "form": form or SerialsForm(initial=initial),
        "paid_form": paid_form or BuyerPaymentForm(None, currency=shown.currency),
        "export_form": ExportForm(),
        "is_too_many": shown.count > EXPORTED_MAX,
        "actions": AuditEntry.objects.filter(subject=shown.number)
        .select_related("actor")
        .order_by("-id")[:_SHOWN],
    }
    status = 422 if form or paid_form else 200
    return render(request, "console/code_batch.html", context, status=status)
