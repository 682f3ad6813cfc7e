"""Suppliers: how they do, our money there, and what their statements say."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Supplier
from limosa.domain.connectivity.breakers import breaker_of, held_back, held_until, not_answering
from limosa.domain.connectivity.models import Supply
from limosa.domain.connectivity.registry import capabilities_of
from limosa.domain.payables.engine.difference_life import ChargeDifferenceState, StatementState
from limosa.domain.payables.models import (
    BalanceReading,
    ChargeDifference,
    ChargedLine,
    Statement,
    SupplierAccount,
    SupplierDeposit,
)
from limosa.domain.payables.queries import UNRESOLVED, unresolved_of
from limosa.domain.payables.refusals import (
    ChargeDifferenceChangedError,
    DepositCurrencyError,
    DepositReferenceReusedError,
    DepositReferenceUnreadableError,
    StatementDayNotOverError,
)
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.ask_for_statement import ask_for_statement
from limosa.domain.support.operations.deposit_at_supplier import deposit_at_supplier
from limosa.domain.support.operations.settle_charge import settle_charge
from limosa.domain.support.operations.take_back_deposit import take_back_deposit
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.recording import tell_recorded
from limosa.web.console.supplier_forms import ChargeForm, DepositForm, StatementDayForm
from limosa.web.console.supplier_health import (
    Health,
    health_by_supplier,
    last_call,
    last_message,
    refusals_of,
)
from limosa.web.wording.refusals import refusal_text

_SHOWN = 20


@staff_page
def suppliers(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the suppliers with how they do, our balance, and what is open."""
    now = timezone.now()
    health = health_by_supplier(now=now)
    accounts = {account.supplier: account for account in SupplierAccount.objects.all()}
    unresolved = ChargeDifference.objects.filter(state__in=UNRESOLVED)
    differing = set(unresolved.values_list("supplier", flat=True).distinct())
    alone, held = not_answering(), held_back(now=now)
    rows = [
        {
            "supplier": supplier,
            "health": health.get(supplier.code, Health()),
            "account": accounts.get(supplier.code),
            "differs": supplier.code in differing,
            "is_set_up": supplier.code in settings.SUPPLIER_ADAPTERS,
            "is_left_alone": supplier.code in alone,
            "is_held_back": supplier.code in held,
        }
        for supplier in Supplier.objects.order_by("name")
    ]
    return render(request, "console/suppliers.html", {"rows": rows, "staff": staff})


@staff_page
def supplier(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Show one supplier."""
    return _page(request, staff, code)


@staff_action_page(AuditAction.RECORD_DEPOSIT)
@require_POST
def deposit(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Record money paid to the supplier."""
    get_object_or_404(Supplier, code=code)
    if capabilities_of(code).in_own_database:  # Its page has no form.
        raise Http404
    form = DepositForm(request.POST)
    if not form.is_valid() or form.paid is None:
        return _page(request, staff, code, deposit_form=form)
    try:
        recorded = deposit_at_supplier(
            supplier_code=code,
            amount=form.paid,
            reference=form.cleaned_data["reference"],
            actor=staff,
            now=timezone.now(),
        )
    except DepositCurrencyError as refusal:
        form.add_error("currency", refusal_text(refusal))
        return _page(request, staff, code, deposit_form=form)
    except (DepositReferenceReusedError, DepositReferenceUnreadableError) as refusal:
        form.add_error("reference", refusal_text(refusal))
        return _page(request, staff, code, deposit_form=form)
    tell_recorded(request, is_new=recorded is not None)
    return redirect("console:supplier", code=code)


@staff_action_page(AuditAction.UNDO_DEPOSIT)
@require_POST
def undo(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Book back a payment that was recorded by mistake."""
    shown = get_object_or_404(SupplierDeposit, pk=pk)
    if take_back_deposit(deposit_id=pk, actor=staff, now=timezone.now()):
        messages.success(request, gettext("Payment undone."))
    return redirect("console:supplier", code=shown.supplier)


@staff_action_page(AuditAction.FETCH_STATEMENT)
@require_POST
def compare(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Compare a day of the supplier's statement now."""
    get_object_or_404(Supplier, code=code)
    form = StatementDayForm(request.POST)
    if not form.is_valid() or not capabilities_of(code).lists_charges:
        return _page(request, staff, code, day_form=form)
    try:
        statement = ask_for_statement(
            supplier_code=code, day=form.cleaned_data["day"], actor=staff, now=timezone.now()
        )
    except StatementDayNotOverError as refusal:
        form.add_error("day", refusal_text(refusal))
        return _page(request, staff, code, day_form=form)
    if statement.state == StatementState.DONE:
        messages.success(request, gettext("That day has been compared."))
    else:
        messages.error(request, gettext("The supplier didn't answer. Please try again later."))
    return redirect("console:supplier", code=code)


@staff_action_page(AuditAction.AGREE_TO_CHARGE, is_readable=True)
def charge(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show both sides of a difference; correct our books, or dispute it."""
    rows = ChargeDifference.objects.select_related("supply", "resolved_by")
    shown = get_object_or_404(rows, pk=pk)
    form = ChargeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            settle_charge(
                difference_id=pk,
                delta_minor=form.cleaned_data["delta_minor"],
                is_agreed=form.cleaned_data["how"] == "agree",
                detail=form.cleaned_data["detail"],
                actor=staff,
                now=timezone.now(),
            )
        except ChargeDifferenceChangedError as refusal:
            messages.error(request, refusal_text(refusal))
            return redirect("console:charge", pk=pk)
        messages.success(request, gettext("Saved."))
        return redirect("console:supplier", code=shown.supplier)
    lines = ChargedLine.objects.filter(supplier=shown.supplier)
    if shown.supply_id is None:
        lines = lines.filter(charge_id=shown.charge_id)
    else:
        lines = lines.filter(supply=shown.supply_id)
    return render(
        request,
        "console/charge.html",
        {
            "difference": shown,
            "lines": lines.order_by("charged_at", "id"),
            "elsewhere": _elsewhere(lines) if shown.supply_id is None else [],
            "actions": AuditEntry.objects.filter(subject=shown.number).select_related("actor"),
            "is_open": shown.state != ChargeDifferenceState.RESOLVED,
            "form": form,
            "staff": staff,
        },
        status=422 if form.is_bound else 200,
    )


def _elsewhere(lines: QuerySet[ChargedLine]) -> list[Supply]:
    """Return the orders of ours that these lines name, and that are at another supplier."""
    numbers = [line.number for line in lines if line.number]
    rows = Supply.objects.filter(order_number__in=numbers).select_related("supplier")
    return list(rows.order_by("id")[:_SHOWN])


def _page(
    request: HttpRequest,
    staff: Subscriber,
    code: str,
    *,
    deposit_form: DepositForm | None = None,
    day_form: StatementDayForm | None = None,
) -> HttpResponse:
    shown = get_object_or_404(Supplier, code=code)
    now = timezone.now()
    differences = unresolved_of(code).select_related("supply")
    return render(
        request,
        "console/supplier.html",
        {
            "supplier": shown,
            "is_set_up": code in settings.SUPPLIER_ADAPTERS,
            "can": capabilities_of(code),
            "health": health_by_supplier(now=now).get(code, Health()),
            "refusals": refusals_of(code, now=now),
            "account": SupplierAccount.objects.filter(supplier=code).first(),
            "breaker": (breaker := breaker_of(code)),
            "is_tried_next": breaker and breaker.retry_at and breaker.retry_at <= now,
            "held_until": held_until(code, now=now),
            "reading": BalanceReading.objects.filter(supplier=code).order_by("-read_at").first(),
            "differences": differences.order_by("id")[:_SHOWN],
            "differences_count": differences.count(),
            "statements": Statement.objects.filter(supplier=code).order_by("-day")[:_SHOWN],
            "deposits": SupplierDeposit.objects.filter(supplier=code).order_by("-id")[:_SHOWN],
            "last_call": last_call(code, now=now),
            "last_message": last_message(code, now=now),
            "plans_count": shown.plans.filter(on_sale=True).count(),
            "deposit_form": deposit_form or DepositForm(),
            "day_form": day_form or StatementDayForm(),
            "staff": staff,
        },
        status=422 if deposit_form or day_form else 200,
    )
