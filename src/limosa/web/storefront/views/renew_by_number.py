"""Renewing an eSIM without signing in by its number, which its device shows.

Numbers follow one another, so whoever has one could ask for its neighbours: the numbers that
somebody asks for are counted (not what can't be one, nor links),
and the page shows nothing of an eSIM but its carrier, its plan, its last digits, and what it can be
renewed with and from when.
"""

import re

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from limosa.domain.accounts.refusals import TriedTooOftenError
from limosa.domain.esims.links import (
    LinkExpiredError,
    LinkInvalidError,
    digest_of_number,
    make_number_token,
    read_number_token,
)
from limosa.domain.esims.queries import renewable_by_number
from limosa.foundation.identifiers import InvalidIdentifierError, parse_iccid
from limosa.web.storefront.attempts import count_esim_number, too_often
from limosa.web.storefront.forms import EsimNumberForm
from limosa.web.storefront.views.guest import esim_for_guest, guest_renewal

_LINK = re.compile(r"/r/([^/\s?#]+)")
_BETWEEN = re.compile(r"[\s\-.]")


@sensitive_post_parameters("number")
@never_cache
def renew_by_number(request: HttpRequest) -> HttpResponse:
    """Ask for a number or a link; on POST, go on to what it can be renewed with."""
    form = EsimNumberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data["number"]
        if link := _LINK.search(typed):
            return redirect("renew_by_link", link[1])
        try:
            return redirect(_found(request, typed))
        except ValidationError as error:
            form.add_error("number", error)
        except TriedTooOftenError as refusal:
            return too_often(request, refusal, renews=True)
    status = 400 if form.errors else 200
    return render(request, "storefront/renew_by_number.html", {"form": form}, status=status)


@never_cache
def renew_numbered(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the eSIM can be renewed with; anyone may pay, but not from the wallet. Its owner,
    if signed in, is led to their own page."""
    try:
        public_id = read_number_token(token)
    except (LinkExpiredError, LinkInvalidError):
        return redirect("renew_by_number")
    esim = esim_for_guest(public_id)
    if esim is None:
        return redirect("renew_by_number")
    if request.user.is_authenticated and request.user.pk == esim.subscriber_id:
        return redirect("renew", esim.public_id)
    return guest_renewal(request, esim, link=digest_of_number(public_id), is_masked=True)


def _found(request: HttpRequest, typed: str) -> str:
    """Return the address to go on to. Raises ValidationError, TriedTooOftenError."""
    try:
        iccid = parse_iccid(_BETWEEN.sub("", typed))
    except InvalidIdentifierError as error:
        raise ValidationError(
            gettext("An eSIM's number has 18 to 20 digits that begin with 89.")
        ) from error
    count_esim_number(request)
    public_id = renewable_by_number(iccid)
    if public_id is None:
        raise ValidationError(
            gettext("We have no eSIM with this number. Check each digit, or sign in to renew.")
        )
    return reverse("renew_numbered", args=[make_number_token(esim_public_id=public_id)])
