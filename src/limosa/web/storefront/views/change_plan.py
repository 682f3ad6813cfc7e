"""Changing a plan, or its carrier, before it has ended: choose, see what happens, pay the rest."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from limosa.domain.ordering.operations.end_replaced_plan import end_replaced_plan
from limosa.domain.ordering.operations.place_change import place_change
from limosa.foundation.errors import DomainRefusal
from limosa.web.storefront.access import own_esim, own_order
from limosa.web.storefront.changing import (
    former_on,
    groups_of,
    read_change,
    sign_change,
    target_of,
)
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
    context = {"esim": esim, "former": former, "target": target}
    if request.method == "POST":
        try:
            if target.loses and "lose" not in request.POST:
                raise LossNotAgreedError
            shown = read_change(request.POST.get("shown", ""), former, code)
            order = place_change(replaced_number=former.left.order.number, shown=shown, now=now)
        except DomainRefusal as refusal:
            context["refusal"] = refusal_text(refusal)
        else:
            return redirect("order" if target.is_free else "pay", order.number)
    context["shown"] = sign_change(former, target)
    status = 409 if "refusal" in context else 200
    return render(request, "storefront/change_to.html", context, status=status)


@login_required
@require_POST
def end_former(request: HttpRequest, number: str) -> HttpResponse:
    """End the former plan, since the new eSIM works."""
    order = own_order(request, number)
    if end_replaced_plan(order_number=order.number, now=timezone.now()):
        messages.success(request, gettext("The former plan has ended."))
    return redirect("order", order.number)
