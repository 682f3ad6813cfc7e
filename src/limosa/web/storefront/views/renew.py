"""Renewing an eSIM of one's own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from limosa.web.storefront.access import own_esim
from limosa.web.storefront.choices import Visit, renewal_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.views.checkout import checkout_page


@login_required
def renew(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what the eSIM can be renewed with, the same plan chosen; take the order."""
    visit = Visit(device_of(request), timezone.now())
    checkout = renewal_checkout(own_esim(request, public_id), visit=visit)
    return checkout_page(request, checkout, template="storefront/renew.html")
