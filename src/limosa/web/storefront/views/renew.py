"""Renewing one's own eSIM."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.web.storefront.access import own_esim
from limosa.web.storefront.advice import advice_line
from limosa.web.storefront.choices import Visit, renewal_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.entered_codes import entered_code
from limosa.web.storefront.names import name_of_viewed
from limosa.web.storefront.reserves import reserves_of
from limosa.web.storefront.views.checkout import checkout_page


@login_required
def renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what the eSIM can be renewed with, the same plan preselected; place the order."""
    esim, now = own_esim(request, public_id), timezone.now()
    view = esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=now)
    entered = entered_code(request, esim.subscriber, now=now)
    visit = Visit(device_of(request), now, code=entered.code)
    checkout = renewal_checkout(view, visit=visit)
    own = next((one.offer.price for one in checkout.choices if one.offer.is_same_plan), None)
    extra: dict[str, object] = {
        "view": view,
        "name": name_of_viewed(view, now=now),
        # Only the whole page shows it: the parts that follow a selection do without.
        "line": SimpleLazyObject(
            lambda: advice_line(esim, own=own, currency=esim.subscriber.currency, now=now)
        ),
        "reserve": reserves_of([view], now=now).get(esim.pk),
    }
    return checkout_page(
        request, checkout, template="storefront/renew.html", entered=entered, extra=extra
    )
