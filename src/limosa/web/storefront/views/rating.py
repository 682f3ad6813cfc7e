"""A person's rating of the network that they are on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from limosa.domain.ratings.operations.give_rating import Said, give_rating
from limosa.domain.ratings.queries import invitation_to, is_open
from limosa.domain.ratings.refusals import (
    NoDataMovedError,
    PlaceNotCoveredError,
    RatingNotOpenError,
)
from limosa.web.origin import origin_of
from limosa.web.storefront.access import person_of
from limosa.web.storefront.rating_form import RatingForm
from limosa.web.wording.refusals import refusal_text


@never_cache
@login_required
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form, with the rating there is; POST gives it or changes it."""
    person, now = person_of(request), timezone.now()
    invitation = invitation_to(subscriber_id=person.pk, order_number=number)
    if invitation is None:
        raise Http404
    bundle = invitation.bundle
    rating = getattr(bundle, "rating", None)
    form = RatingForm(
        request.POST if request.method == "POST" else None,
        places=bundle.plan.countries,
        zone=bundle.esim.time_zone,
        rating=rating,
        hinted=request.GET,
    )
    if form.is_valid():
        said = Said(
            country=form.cleaned_data["country"],
            answers=form.answers,
            comment=form.cleaned_data["comment"],
            language=get_language() or "en",
            address=origin_of(request).address,
        )
        try:
            give_rating(person=person, order_number=number, said=said, now=now)
        except (RatingNotOpenError, NoDataMovedError, PlaceNotCoveredError) as refusal:
            messages.error(request, refusal_text(refusal))
            return redirect("rate", number)
        messages.success(request, gettext("Thank you. Your rating is saved."))
        return redirect("home")
    context = {
        "bundle": bundle,
        "carrier": bundle.plan.carrier,
        "rating": rating,
        "form": form,
        "is_open": is_open(invitation, now=now),
    }
    status = 422 if form.is_bound else 200
    return render(request, "storefront/rate.html", context, status=status)
