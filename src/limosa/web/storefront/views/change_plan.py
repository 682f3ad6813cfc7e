"""Changing a plan, or its carrier, before it has ended: choose, see what happens, pay the rest."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from limosa.domain.ordering.operations.end_replaced_plan import end_replaced_plan
from limosa.domain.ordering.operations.place_change import place_change
from limosa.foundation.errors import DomainRefusal
from limosa.web.storefront.access import own_esim, own_order, person_of
from limosa.web.storefront.changing import (
    former_on,
    groups_of,
    read_change,
    sign_change,
    target_of,
)
from limosa.web.storefront.pin_check import is_pin_right
from limosa.web.storefront.pin_forms import PinForm
from limosa.web.storefront.proof import Asked, Proof, asked_proof
from limosa.web.storefront.submitting import LossNotAgreedError
from limosa.web.wording.refusals import refusal_text


@never_cache
@login_required
def change_plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what is left of the eSIM's plan, and what it can be changed to."""
    esim, now = own_esim(request, public_id), timezone.now()
    former = former_on(esim, now=now)
    can_change = former is not None and former.left.why_not is None
    context = {
        "esim": esim,
        "former": former,
        "groups": groups_of(former) if former and can_change else [],
    }
    return render(request, "storefront/change_plan.html", context)


@sensitive_post_parameters("pin")
@never_cache
@login_required
def change_to(request: HttpRequest, public_id: str, code: str) -> HttpResponse:
    """Show what a change does and costs; POST places its order, and goes on to paying."""
    esim, now = own_esim(request, public_id), timezone.now()
    former = former_on(esim, now=now)
    if former is None or former.left.why_not is not None:
        return redirect("change_plan", esim.public_id)
    target = target_of(former, code)
    if target is None:
        raise Http404
    asked = asked_proof(request, now=now) if target.needs_proof else None
    form = PinForm(request.POST or None)
    context = {"esim": esim, "former": former, "target": target, "asked": asked, "form": form}
    if request.method == "POST":
        try:
            if target.loses and "lose" not in request.POST:
                raise LossNotAgreedError
            shown = read_change(request.POST.get("shown", ""), former, code)
            if asked is not None and not _has_shown(request, form, asked):
                return _page(request, context, status=400)
            order = place_change(replaced_number=former.left.order.number, shown=shown, now=now)
        except DomainRefusal as refusal:
            context["refusal"] = refusal_text(refusal)
        else:
            return redirect("order" if target.is_free else "pay", order.number)
    return _page(request, context, status=409 if "refusal" in context else 200)


def _page(request: HttpRequest, context: dict[str, Any], *, status: int) -> HttpResponse:
    shown = sign_change(context["former"], context["target"])
    back = {"shown": shown, "back": request.get_full_path()}
    return render(request, "storefront/change_to.html", context | back, status=status)


def _has_shown(request: HttpRequest, form: PinForm, asked: Asked) -> bool:
    """Whether the person has shown who they are; a wrong PIN becomes a form error."""
    if asked.proof is Proof.PIN:
        return form.is_valid() and is_pin_right(request, form, person_of(request))
    return asked.proof is Proof.GIVEN


@login_required
@require_POST
def end_former(request: HttpRequest, number: str) -> HttpResponse:
    """End the former plan, since the new eSIM works."""
    order = own_order(request, number)
    if end_replaced_plan(order_number=order.number, now=timezone.now()):
        messages.success(request, gettext("The former plan has ended."))
    return redirect("order", order.number)
