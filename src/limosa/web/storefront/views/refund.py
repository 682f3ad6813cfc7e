"""Returning one's own plan: after a confirmation all of the money goes back, once the supplier has
agreed where it must."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.ordering.engine.returning import ReturnWay
from limosa.domain.ordering.operations.return_order import return_order
from limosa.domain.ordering.plan_changes import change_to, is_former_over
from limosa.domain.ordering.refusals import (
    NotTakenBackError,
    RefundNotAllowedError,
    UseNotKnownError,
)
from limosa.domain.ordering.returns import returning_of
from limosa.web.provider_calls import provider_calls
from limosa.web.storefront.access import own_order
from limosa.web.storefront.order_money import (
    counts_lag,
    is_esim_cancelled_too,
    is_reviewed,
    may_return,
    money_left,
)
from limosa.web.wording import refund_rule
from limosa.web.wording.refusals import refusal_text


@never_cache
@login_required
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for confirmation; POST returns the plan under the rule shown at purchase."""
    order = own_order(request, number)
    now = timezone.now()
    if request.method == "POST":
        try:
            return_order(
                order_number=order.number,
                caller=provider_calls().caller(
                    subscriber_id=order.subscriber_id, order_number=order.number
                ),
                now=now,
            )
        except (RefundNotAllowedError, UseNotKnownError, NotTakenBackError) as refusal:
            messages.error(request, refusal_text(refusal, time_zone=order.quote.time_zone))
        return redirect("order", order.number)
    payment = money_left(order)
    returning = returning_of(order, now=now)
    if payment is None or not may_return(order, now=now):
        messages.error(request, refusal_text(RefundNotAllowedError()))
        return redirect("order", order.number)
    if returning.is_asked or returning.in_way:  # The order's page says so, and what to do.
        return redirect("order", order.number)
    if returning.way is ReturnWay.BY_STAFF:
        messages.info(request, str(refund_rule.NOT_TAKEN_BACK))
        return redirect("order", order.number)
    context = {
        "order": order,
        "left": payment,
        "ends_esim": is_esim_cancelled_too(order, returning),
        "is_asked_first": returning.way is ReturnWay.ASKED,
        "is_reviewed": is_reviewed(order),
        "may_lag": counts_lag(order),
        "change": (change := change_to(order)),
        "former_over": change is not None and is_former_over(change),
    }
    return render(request, "storefront/return.html", context)
