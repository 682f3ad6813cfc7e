"""Pricing rules and how prices end."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.change_pricing import change_pricing
from limosa.domain.support.repricing import dearest_fee
from limosa.domain.wholesale.engine.pricing import Ending, Rule
from limosa.domain.wholesale.models import PriceEnding, PricingRule
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.price_forms import EndingForm, RuleForm, typed_minor

_Pricing = tuple[list[Rule], dict[str, Ending]]


@staff_page
def pricing(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List the rules in order, and how prices end."""
    return _page(request, staff, EndingForm())


@staff_action_page(AuditAction.SET_PRICING)
def rule(request: HttpRequest, staff: Subscriber, code: str = "") -> HttpResponse:
    """Change a rule, or add one; `do=remove` removes it."""
    rows = [row.as_rule for row in PricingRule.objects.order_by("position")]
    places = {row.code: place for place, row in enumerate(rows, start=1)}
    if code and code not in places:
        raise Http404
    if code and request.POST.get("do") == "remove":
        return _changed(
            request, staff, code, lambda rules, endings: (_without(rules, code), endings)
        )
    initial = (
        RuleForm.filled_with(rows[places[code] - 1], places[code])
        if code
        else {"position": len(rows) + 1, "currency": "USD", "at_least": "0"}
    )
    form = RuleForm(request.POST or None, initial=initial)
    if form.is_valid() and form.rule:
        typed, position = form.rule, form.cleaned_data["position"]
        if typed.code != code and typed.code in places:
            form.add_error("code", gettext("There is a rule with this name already."))
        else:
            return _changed(
                request,
                staff,
                typed.code,
                lambda rules, endings: (_with(rules, typed, code, position), endings),
            )
    context = {"form": form, "code": code, "staff": staff}
    return render(request, "console/pricing_rule.html", context, status=422 if form.errors else 200)


@staff_action_page(AuditAction.SET_PRICING)
@require_POST
def ending(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """Set how prices in a currency end, or make none in it any more."""
    gone = request.POST.get("remove", "")
    if gone:
        return _changed(
            request,
            staff,
            gone,
            lambda rules, endings: (
                rules,
                {currency: one for currency, one in endings.items() if currency != gone},
            ),
        )
    form = EndingForm(request.POST)
    if not form.is_valid() or form.typed is None or form.typed.ending is None:
        return _page(request, staff, form)
    typed, added = form.typed, form.typed.ending
    return _changed(
        request,
        staff,
        typed.currency,
        lambda rules, endings: (rules, {**endings, typed.currency: added}),
    )


def _changed(
    request: HttpRequest,
    staff: Subscriber,
    what: str,
    edit: Callable[[list[Rule], dict[str, Ending]], _Pricing],
) -> HttpResponse:
    if change_pricing(edit=edit, what=what, actor=staff, now=timezone.now()):
        messages.success(
            request, gettext("Saved. What it means for prices will be among the proposals soon.")
        )
    return redirect("console:pricing")


def _without(rules: list[Rule], code: str) -> list[Rule]:
    return [one for one in rules if one.code != code]


def _with(rules: list[Rule], typed: Rule, code: str, position: int) -> list[Rule]:
    """Return the rules with one in place of the one that had its code, or with another."""
    others = [one for one in rules if one.code not in {code, typed.code}]
    return [*others[: position - 1], typed, *others[position - 1 :]]


def _page(request: HttpRequest, staff: Subscriber, form: EndingForm) -> HttpResponse:
    fee = dearest_fee()
    endings = [
        {
            "currency": row.currency,
            "step": typed_minor(row.step_minor, row.currency),
            "ending": typed_minor(row.ending_minor, row.currency),
            "has_fee": row.currency in fee.fixed,
        }
        for row in PriceEnding.objects.order_by("currency")
    ]
    context = {
        "rules": PricingRule.objects.order_by("position"),
        "endings": endings,
        "fee": fee,
        "form": form,
        "staff": staff,
    }
    return render(request, "console/pricing.html", context, status=422 if form.errors else 200)
