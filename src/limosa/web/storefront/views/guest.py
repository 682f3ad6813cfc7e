"""What somebody sees who renews an eSIM without signing in: by a link, or by its number."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.web.storefront.carrier_counts import carrier_counts
from limosa.web.storefront.choices import Visit, renewal_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.names import name_of_viewed
from limosa.web.storefront.reserves import reserves_of
from limosa.web.storefront.views.checkout import checkout_page


def esim_for_guest(public_id: str) -> Esim | None:
    """Return an eSIM with its carrier and its person; None: it was deleted."""
    return (
        Esim.objects.filter(public_id=public_id)
        .exclude(state=EsimState.DELETED)
        .select_related("carrier", "subscriber")
        .first()
    )


def guest_renewal(
    request: HttpRequest, esim: Esim, *, link: str, is_masked: bool = False
) -> HttpResponse:
    """Show what the eSIM can be renewed with; anyone may pay, but not from the wallet.

    `link`: the digest that is stored with the order. `is_masked`: they gave just the number;
    neither the eSIM's name nor what is left or waits on it is shown.
    """
    now = timezone.now()
    view = esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=now)
    visit = Visit(device_of(request), now, is_guest=True, is_by_number=is_masked)
    return checkout_page(
        request,
        renewal_checkout(view, visit=visit),
        template="storefront/renew_by_link.html",
        link=link,
        extra={
            "view": view,
            "name": "" if is_masked else name_of_viewed(view, now=now),
            "is_masked": is_masked,
            "count": None if is_masked else carrier_counts([view], now=now).get(esim.pk),
            "reserve": None if is_masked else reserves_of([view], now=now).get(esim.pk),
        },
    )
