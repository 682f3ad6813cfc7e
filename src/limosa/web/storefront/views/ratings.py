"""What verified buyers say of carriers, for everybody to read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from limosa.domain.ratings.models import CommentState, Rating
from limosa.domain.ratings.operations.report_comment import report_comment
from limosa.domain.ratings.queries import check_may_report, comments_of, published, published_page
from limosa.domain.ratings.refusals import (
    CommentNotShownError,
    NothingBoughtError,
    TooManyReportsError,
)
from limosa.domain.track_record.queries import measured_facts
from limosa.web.storefront.about_pages import about_page, about_ratings_of
from limosa.web.storefront.access import person_of
from limosa.web.storefront.paging import page_by_id
from limosa.web.storefront.rating_form import ReportForm
from limosa.web.wording.refusals import refusal_text


def ratings(request: HttpRequest) -> HttpResponse:
    """List carriers by place, those with the most ratings first."""
    rows, after = published_page(after=request.GET.get("after", ""))
    context = {"rows": rows, "after": after, "is_first": "after" not in request.GET}
    context["about"] = about_page("ratings")
    return render(request, "storefront/ratings.html", context)


def rating_place(request: HttpRequest, carrier: str, country: str) -> HttpResponse:
    """Show what is said of a carrier in a place: the figures, and comments newest first."""
    found = published(carrier, country)
    if found is None:
        raise Http404
    page = page_by_id(comments_of(carrier, country), before=request.GET.get("before", ""))
    context = {"ratings": found, "page": page, "about": about_ratings_of(found)}
    return render(request, "storefront/rating_place.html", context)


@never_cache
@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what is wrong with a comment; POST takes it out of sight until staff have looked. Only
    those who bought something may, and a few at a time."""
    rating = get_object_or_404(
        Rating.objects.select_related("carrier"), pk=pk, comment_state=CommentState.SHOWN
    )
    if published(rating.carrier_id, rating.country) is None:  # Its comments are no more public.
        raise Http404
    person = person_of(request)
    try:
        check_may_report(reporter_id=person.pk)
    except (NothingBoughtError, TooManyReportsError) as refusal:
        messages.error(request, refusal_text(refusal))
        return redirect("rating_place", rating.carrier_id, rating.country)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            report_comment(
                rating_id=pk,
                reporter=person,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except (CommentNotShownError, NothingBoughtError, TooManyReportsError) as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            messages.success(request, gettext("Thank you. We will review this comment."))
        return redirect("rating_place", rating.carrier_id, rating.country)
    context = {"rating": rating, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "storefront/report_rating.html", context, status=status)


def facts(request: HttpRequest) -> HttpResponse:
    """Show what we measure of our own service."""
    found = measured_facts()
    times = [fact.measured_at for fact in found if fact.measured_at is not None]
    context = {
        "about": about_page("facts"),
        "facts": found,
        "measured_at": min(times, default=None),
    }
    return render(request, "storefront/facts.html", context)
