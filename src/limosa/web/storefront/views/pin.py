"""The payment PIN, required before the wallet or a saved method is charged with a click."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from limosa.domain.accounts.queries import pin_status
from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.purchases import Purchase
from limosa.web.storefront.access import own_purchase
from limosa.web.storefront.payment_options import Option
from limosa.web.storefront.pin_check import is_pin_right
from limosa.web.storefront.pin_forms import PinForm
from limosa.web.storefront.views.starting import options_here, start


@sensitive_post_parameters("pin")
@never_cache
@login_required
def pin(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the PIN; a right one pays. A person without a PIN sets one first and comes back."""
    order = own_purchase(request, number)
    if order.state != OrderState.PLACED:
        return redirect("order", order.number)
    wanted = request.GET.get("with", "")
    option = next((one for one in options_here(request, order) if one.key == wanted), None)
    if option is None or not option.asks_pin:
        return redirect("pay", order.number)
    status = pin_status(subscriber_id=order.subscriber_id, now=timezone.now())
    if not status.is_set:
        messages.info(
            request, gettext("Set a payment PIN first. You will then return to this payment.")
        )
        query = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('payment_pin')}?{query}")
    form = PinForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and is_pin_right(request, form, order.subscriber):
        return start(request, order, option.choice(), shape=option.shape)
    return render(
        request,
        "storefront/pin.html",
        _context(request, order, option) | {"form": form, "locked_until": status.locked_until},
        status=400 if form.errors else 200,
    )


def _context(request: HttpRequest, order: Purchase, option: Option) -> dict[str, object]:
    return {
        "order": order,
        "option": option,
        "charge": option.amount(order.total),
        "back": request.get_full_path(),
    }
