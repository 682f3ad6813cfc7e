"""A plan to sell, made of one that a supplier lists."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.refusals import PlanCodeTakenError
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.sell_listed_plan import sell_listed_plan
from limosa.domain.support.repricing import dearest_fee, tax_in_prices
from limosa.domain.wholesale.models import ListedPlan
from limosa.domain.wholesale.selling import Selling, prices_of, renewals_of
from limosa.foundation.money import Money
from limosa.web.console.access import staff_action_page
from limosa.web.console.new_plan_form import NewPlanForm, can_be_sold, seen_text
from limosa.web.wording.refusals import refusal_text


@staff_action_page(AuditAction.ADD_PLAN)
def sell(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show what the plan would be, and sell it at the prices that the page showed."""
    plan = get_object_or_404(ListedPlan, pk=pk, until__isnull=True)
    renewals = renewals_of(plan)
    chosen = request.POST.get("renewal_code", renewals[0].code if renewals else "")
    selling = prices_of(
        plan,
        renewal=next((row for row in renewals if row.code == chosen), None),
        fee=dearest_fee(),
        tax_basis_points=tax_in_prices(),
        today=timezone.now().date(),
    )
    form = NewPlanForm(request.POST or None, plan=plan, renewals=renewals, prices=selling.prices)
    if can_be_sold(plan) and selling.prices and form.is_valid():
        if (sold := _sold(form, staff)) is not None:
            messages.success(
                request, gettext("%(plan)s is on sale now.") % {"plan": sold.name_in("en")}
            )
            return redirect("console:price_list", supplier=plan.supplier)
        # The prices of now are shown, and have to be submitted once more.
        typed = request.POST.copy()
        typed["seen"] = seen_text(selling.prices)
        form.data = typed
    return _page(request, staff, form, selling)


def _sold(form: NewPlanForm, staff: Subscriber) -> Plan | None:
    if not form.is_seen:
        form.add_error(None, gettext("The prices have changed. Please check them again."))
        return None
    try:
        return sell_listed_plan(row=form.row(), actor=staff, now=timezone.now())
    except PlanCodeTakenError as refusal:
        form.add_error("code", refusal_text(refusal))
        return None


def _page(
    request: HttpRequest, staff: Subscriber, form: NewPlanForm, selling: Selling
) -> HttpResponse:
    prices = [Money(minor, currency) for currency, minor in sorted(selling.prices.items())]
    return render(
        request,
        "console/new_plan.html",
        {
            "plan": form.plan,
            "form": form,
            "prices": prices,
            "unpriced": [tuple(said.partition(" ")[::2]) for said in selling.unpriced],
            "can_be_sold": can_be_sold(form.plan) and bool(prices),
            "is_known_kind": can_be_sold(form.plan),
            "staff": staff,
        },
        status=422 if form.errors else 200,
    )
