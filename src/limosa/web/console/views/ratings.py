"""Ratings: what readers reported, what is held back, and what staff decide about them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.models import Rating
from limosa.domain.ratings.refusals import CommentChangedError
from limosa.domain.support.models import AuditAction, AuditEntry
from limosa.domain.support.operations.moderate_rating import moderate_rating
from limosa.domain.support.operations.reply_to_rating import reply_to_rating
from limosa.domain.support.operations.set_insider import set_insider
from limosa.web.console import attention
from limosa.web.console.access import staff_action_page, staff_page
from limosa.web.console.rating_forms import InsiderForm, RatingReplyForm, RulingForm
from limosa.web.console.shown_lists import shown_list
from limosa.web.wording.refusals import refusal_text

_RATINGS = Rating.objects.select_related("subscriber__insider", "carrier", "bundle")


@staff_page
def ratings(request: HttpRequest, staff: Subscriber) -> HttpResponse:
    """List ratings: with reported comments, held back, or all."""
    lists = {
        "reported": attention.ratings_reported(),
        "held": attention.ratings_held_back(),
        "all": Rating.objects.select_related("carrier"),
    }
    return shown_list(request, staff, "console/ratings.html", lists)


@staff_page
def rating(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Show a rating with its reports, and what was decided."""
    shown = get_object_or_404(_RATINGS, pk=pk)
    return _page(request, staff, shown, RulingForm(None, rating=shown))


@staff_action_page(AuditAction.MODERATE_RATING)
@require_POST
def decide(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Decide whether the comment is shown and the rating counts; not if the comment has changed
    since the page was opened."""
    shown = get_object_or_404(_RATINGS, pk=pk)
    form = RulingForm(request.POST, rating=shown)
    if not form.is_valid():
        return _page(request, staff, shown, form)
    try:
        moderate_rating(rating_id=pk, decision=form.decided, actor=staff, now=timezone.now())
    except CommentChangedError as refusal:
        form.add_error(None, refusal_text(refusal))
        return _page(request, staff, get_object_or_404(_RATINGS, pk=pk), form)
    messages.success(request, gettext("Saved. The worker publishes the figures within a minute."))
    return redirect("console:rating", pk=pk)


@staff_action_page(AuditAction.REPLY_TO_RATING)
@require_POST
def reply(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Set or take back the seller's reply."""
    shown = get_object_or_404(_RATINGS, pk=pk)
    form = RatingReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, shown, RulingForm(None, rating=shown), replying=form)
    if reply_to_rating(
        rating_id=pk, reply=form.cleaned_data["reply"], actor=staff, now=timezone.now()
    ):
        messages.success(request, gettext("Saved."))
    return redirect("console:rating", pk=pk)


@staff_action_page(AuditAction.MARK_INSIDER)
@require_POST
def insider(request: HttpRequest, staff: Subscriber, pk: int) -> HttpResponse:
    """Mark the writer as an insider, or take the mark back: as the button said, whatever others
    have done since."""
    shown = get_object_or_404(_RATINGS, pk=pk, is_demo=False)
    form = InsiderForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, shown, RulingForm(None, rating=shown), marking=form)
    if set_insider(
        subscriber_id=shown.subscriber_id or 0,
        is_insider=request.POST.get("do") != "unmark",
        reason=form.cleaned_data["reason"],
        actor=staff,
        now=timezone.now(),
    ):
        messages.success(
            request, gettext("Saved. The worker publishes the figures within a minute.")
        )
    return redirect("console:rating", pk=pk)


def _page(
    request: HttpRequest,
    staff: Subscriber,
    shown: Rating,
    form: RulingForm,
    *,
    replying: RatingReplyForm | None = None,
    marking: InsiderForm | None = None,
) -> HttpResponse:
    failed = [one for one in (form, replying, marking) if one is not None and one.is_bound]
    context = {
        "rating": shown,
        "form": failed[0] if failed else form,
        "deciding": form,
        "replying": replying or RatingReplyForm(initial={"reply": shown.reply}),
        "marking": marking or InsiderForm(),
        "is_insider": hasattr(shown.subscriber, "insider"),
        "reports": shown.reports.select_related("reporter").order_by("id"),
        "actions": AuditEntry.objects.filter(subject=shown.number).select_related("actor"),
        "staff": staff,
    }
    return render(request, "console/rating.html", context, status=422 if failed else 200)
