"""Renewing one eSIM without signing in, by a signed link from a message, and nothing else."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from limosa.domain.esims.links import (
    LinkExpiredError,
    LinkInvalidError,
    digest_of_link,
    read_renew_token,
)
from limosa.web.storefront.languages import remember_language, use_language
from limosa.web.storefront.views.guest import esim_for_guest, guest_renewal


@never_cache
def renew_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the eSIM can be renewed with; anyone may pay, but not from the wallet."""
    try:
        public_id = read_renew_token(token)
    except LinkExpiredError:
        return render(request, "storefront/link_closed.html", {"is_expired": True}, status=410)
    except LinkInvalidError:
        return render(request, "storefront/link_closed.html", status=404)
    esim = esim_for_guest(public_id)
    if esim is None:
        return render(request, "storefront/link_closed.html", {"is_expired": True}, status=410)
    is_stranger = (
        settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated
    )
    if is_stranger:
        use_language(request, esim.subscriber.language)
    response = guest_renewal(request, esim, link=digest_of_link(token))
    if is_stranger:
        remember_language(response, esim.subscriber.language)
    return response
