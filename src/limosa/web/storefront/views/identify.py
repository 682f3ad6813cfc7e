"""The round trip to a provider that has to know the payer: WeChat Pay inside WeChat."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from limosa.domain.ordering.models import OrderState
from limosa.domain.ordering.purchases import Purchase
from limosa.domain.payments.calling import provider_called_by
from limosa.domain.payments.port import PayerIdentity
from limosa.foundation.errors import ProviderError
from limosa.web.storefront.access import visible_purchase
from limosa.web.storefront.payers import (
    StateNotOursError,
    keep_payer_reference,
    make_state,
    use_state,
)
from limosa.web.storefront.views.starting import caller_for, options_here, start


@never_cache
def identify(request: HttpRequest, number: str, provider: str) -> HttpResponse:
    """Send the person to the provider; when they return with a code, start the payment."""
    order = visible_purchase(request, number)
    if order.state != OrderState.PLACED:
        return redirect("order", order.number)
    identity = _identity(provider, order)
    if "code" not in request.GET:
        back = settings.BASE_URL + reverse("identify", args=[order.number, provider])
        url = identity.identify_url(back_url=back, state=make_state(request, order.number))
        return render(
            request, "storefront/onward.html", {"order": order, "url": url, "provider": provider}
        )
    try:
        use_state(request, request.GET.get("state", ""), order.number)
        keep_payer_reference(request, provider, identity.identify(request.GET["code"]))
    except (StateNotOursError, ProviderError):
        messages.error(
            request,
            gettext(
                "The payment service could not identify you, so no payment was started. Please try "
                "again, or pay another way."
            ),
        )
        return redirect("pay", order.number)
    return _start(request, order, provider)


def _start(request: HttpRequest, order: Purchase, provider: str) -> HttpResponse:
    option = next((one for one in options_here(request, order) if one.key == provider), None)
    if option is None:
        return redirect("pay", order.number)
    return start(request, order, option.choice(), shape=option.shape)


def _identity(code: str, order: Purchase) -> PayerIdentity:
    """Return a provider that can identify payers. Raises Http404."""
    if code not in settings.PAYMENT_PROVIDERS:
        raise Http404
    provider = provider_called_by(caller_for(order), code)
    if not hasattr(provider, "identify_url"):
        raise Http404
    return cast(PayerIdentity, provider)
