"""The outcome of an order at a supplier, entered by staff who looked there; and its callbacks,
delivered again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.connectivity.models import KeptCallback
from limosa.domain.connectivity.supplies import current_supply
from limosa.domain.ordering.models import Order
from limosa.domain.support.models import AuditAction
from limosa.domain.support.operations.deliver_callback_again import deliver_callback_again
from limosa.domain.support.operations.settle_supply import settle_supply
from limosa.domain.support.refusals import CallbackNotDeliverableError, SupplyNotUnclearError
from limosa.web.console.access import staff_action_page
from limosa.web.console.callbacks import callback_result
from limosa.web.console.supply_form import SupplyForm
from limosa.web.wording.refusals import refusal_text


@staff_action_page(AuditAction.SETTLE_SUPPLY)
def settle(request: HttpRequest, staff: Subscriber, number: str) -> HttpResponse:
    """Store what somebody saw on the supplier's own pages."""
    supply = current_supply(number)
    if supply is None:
        raise Http404
    form = SupplyForm(request.POST if request.method == "POST" else None, supply=supply)
    if form.is_valid():
        try:
            settle_supply(
                order_number=number,
                delivered=form.delivered,
                actor=staff,
                now=timezone.now(),
            )
        except SupplyNotUnclearError as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            messages.success(request, gettext("Saved. The order continues automatically."))
        return redirect("console:order", number=number)
    return render(
        request,
        "console/supply.html",
        {
            "order": get_object_or_404(
                Order.objects.select_related("subscriber", "quote__plan"), number=number
            ),
            "supply": supply,
            "form": form,
            "staff": staff,
        },
        status=422 if form.is_bound else 200,
    )


@staff_action_page(AuditAction.DELIVER_CALLBACK)
@require_POST
def deliver_again(request: HttpRequest, staff: Subscriber, number: str, pk: int) -> HttpResponse:
    """Apply a callback about an order once more."""
    get_object_or_404(KeptCallback, pk=pk, order_numbers__contains=[number])
    try:
        result = deliver_callback_again(
            callback_id=pk, order_number=number, actor=staff, now=timezone.now()
        )
    except CallbackNotDeliverableError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(
            request,
            gettext("The notification was delivered again: %(result)s.")
            % {"result": callback_result(result)},
        )
    return redirect("console:order", number=number)
