"""Renewing one eSIM without signing in, by a signed link from a message, and nothing else."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from limosa.domain.esims.links import (
    LinkExpiredError,
    LinkInvalidError,
    digest_of_link,
    read_renew_token,
)
from limosa.domain.esims.models import Esim, EsimState
from limosa.domain.esims.queries import esim_view, open_bundles
from limosa.web.storefront.carrier_counts import carrier_counts
from limosa.web.storefront.choices import Visit, renewal_checkout
from limosa.web.storefront.device import device_of
from limosa.web.storefront.languages import remember_language, use_language
from limosa.web.storefront.names import name_of
from limosa.web.storefront.reserves import reserves_of
from limosa.web.storefront.views.checkout import checkout_page


@never_cache
def renew_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the eSIM can be renewed with; anyone may pay, but not from the wallet."""
    try:
        public_id = read_renew_token(token)
    except LinkExpiredError:
        return render(request, "storefront/link_closed.html", {"is_expired": True}, status=410)
    except LinkInvalidError:
        return render(request, "storefront/link_closed.html", status=404)
    esim = (
        Esim.objects.filter(public_id=public_id)
        .exclude(state=EsimState.DELETED)
        .select_related("carrier", "subscriber")
        .first()
    )
    if esim is None:
        return render(request, "storefront/link_closed.html", {"is_expired": True}, status=410)
    is_stranger = (
        settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated
    )
    if is_stranger:
        use_language(request, esim.subscriber.language)
    now = timezone.now()
    view = esim_view(esim=esim, bundles=open_bundles(esim_ids=[esim.pk]), now=now)
    response = checkout_page(
        request,
        renewal_checkout(view, visit=Visit(device_of(request), now, is_guest=True)),
        template="storefront/renew_by_link.html",
        link=digest_of_link(token),
        extra={
            "view": view,
            "name": name_of(esim, now=now),
            "count": carrier_counts([view], now=now).get(esim.pk),
            "reserve": reserves_of([view], now=now).get(esim.pk),
        },
    )
    if is_stranger:
        remember_language(response, esim.subscriber.language)
    return response
