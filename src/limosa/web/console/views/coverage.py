"""Where a plan works: what people are told of it, who says so, and what staff say instead."""

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.catalog.engine.sources import places_of
from limosa.domain.catalog.models import Plan
from limosa.domain.catalog.sources import sources_of
from limosa.domain.coverage.credits import credits_for
from limosa.domain.coverage.engine.facts import NOTHING, Origin, PlanFacts
from limosa.domain.coverage.queries import Statement, operators_of, plan_facts, statements_about
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.change_plan_facts import change_plan_facts
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.coverage_forms import FactsForm, NetworksForm, typed_networks
from limosa.web.console.coverage_words import country_rows, fact_rows

CHANGES_SHOWN = 10
OPERATORS_SHOWN = 20  # The fastest and largest; a country may have a hundred.


@staff_page
def coverage(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Show a plan's facts and networks, what each origin says, and the last changes by staff."""
    plan = get_object_or_404(Plan.objects.select_related("carrier"), code=code)
    statements = statements_about(plan)
    return _page(request, staff, plan, statements, FactsForm(None, said=_by_staff(statements)))


@staff_action_page(AuditAction.SET_COVERAGE)
@require_POST
def facts(request: HttpRequest, staff: Subscriber, code: str) -> HttpResponse:
    """Set what staff say of a plan, but for its networks."""
    plan = get_object_or_404(Plan.objects.select_related("carrier"), code=code)
    statements = statements_about(plan)
    form = FactsForm(request.POST, said=_by_staff(statements))
    if not form.is_valid():
        return _page(request, staff, plan, statements, form)
    if change_plan_facts(plan_code=code, edit=form.edited, actor=staff, now=timezone.now()):
        messages.success(request, gettext("Saved."))
    return redirect("console:coverage", code=code)


@staff_action_page(AuditAction.SET_COVERAGE, is_readable=True)
def networks(request: HttpRequest, staff: Subscriber, code: str, country: str) -> HttpResponse:
    """Show the networks of a plan in a country, and set what staff say of them, or nothing."""
    plan = get_object_or_404(Plan, code=code)
    if country not in plan.countries:
        raise Http404
    told = plan_facts([code])[code].networks.get(country, ())
    is_posted = request.method == "POST"
    form = NetworksForm(
        request.POST if is_posted else None, initial={"networks": typed_networks(told)}
    )
    is_taken_back = is_posted and request.POST.get("do") == "remove"
    if is_taken_back or (is_posted and form.is_valid()):
        _set_networks(request, staff, plan, country, form=None if is_taken_back else form)
        return redirect(f"{reverse('console:coverage', args=[code])}#networks")
    known = sorted(
        (one for one in operators_of(country) if not one.is_virtual),
        key=lambda one: (one.fastest, len(one.plmns)),
        reverse=True,
    )[:OPERATORS_SHOWN]
    context = {
        "plan": plan,
        "country": country,
        "form": form,
        "by_staff": country in _by_staff(statements_about(plan)).networks,
        "known": known,
        "credits": credits_for(known),
        "staff": staff,
    }
    status = 422 if form.errors else 200
    return render(request, "console/plan_networks.html", context, status=status)


def _set_networks(
    request: HttpRequest,
    staff: Subscriber,
    plan: Plan,
    country: str,
    *,
    form: NetworksForm | None,
) -> None:
    def edit(said: PlanFacts) -> PlanFacts:
        found = dict(said.networks)
        if form is None:
            found.pop(country, None)
        else:
            found[country] = form.cleaned_data["networks"]
        return replace(said, networks=found)

    if change_plan_facts(plan_code=plan.code, edit=edit, actor=staff, now=timezone.now()):
        messages.success(request, gettext("Saved."))


def _by_staff(statements: Sequence[Statement]) -> PlanFacts:
    return next((one.facts for one in statements if one.origin is Origin.STAFF), NOTHING)


def _page(
    request: HttpRequest,
    staff: Subscriber,
    plan: Plan,
    statements: Sequence[Statement],
    form: FactsForm,
) -> HttpResponse:
    told = plan_facts([plan.code])[plan.code]
    changes = AuditEntry.objects.filter(subject=plan.code, action=AuditAction.SET_COVERAGE)
    context = {
        "plan": plan,
        "form": form,
        "facts": fact_rows(told, statements, in_catalogue=places_of(sources_of(plan)).exit_country),
        "countries": country_rows(plan, told, statements),
        "changes": changes.select_related("actor").order_by("-id")[:CHANGES_SHOWN],
        "staff": staff,
    }
    return render(request, "console/coverage.html", context, status=422 if form.errors else 200)
