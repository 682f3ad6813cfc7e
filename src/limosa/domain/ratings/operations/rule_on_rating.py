"""Decide about a rating: whether its comment is shown, and whether it counts."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from limosa.domain.ratings.engine.standing import Ruling
from limosa.domain.ratings.models import REASON_LENGTH_MAX, CommentState, Rating
from limosa.domain.ratings.places import make_due
from limosa.domain.ratings.refusals import CommentChangedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What staff decide. `comment_version`: of the comment that they read (Rating)."""

    is_comment_shown: bool
    ruling: Ruling
    public_reason: str
    comment_version: str


@transaction.atomic
def rule_on_rating(*, rating_id: int, decision: Decision, now: datetime) -> Rating:
    """Return the rating as it was before. The public reason stands beside it for everybody.

    RELEASED takes it out of a ring or a burst, EXCLUDED keeps it from counting; the worker
    publishes its place anew.
    Locks:  its place, then the rating.
    Raises: CommentChangedError; ValueError without a reason where one is due; Rating.DoesNotExist;
            nothing changed.
    """
    before = Rating.objects.get(pk=rating_id)
    make_due(carrier=before.carrier_id, country=before.country, now=now)
    rating = Rating.objects.select_for_update().get(pk=rating_id)
    if rating.comment_version != decision.comment_version:
        raise CommentChangedError
    ruling = decision.ruling
    reason = decision.public_reason.replace("\0", "").strip()
    is_hidden = bool(rating.comment) and not decision.is_comment_shown
    if (is_hidden or ruling is not Ruling.NONE) and not reason:
        raise ValueError("a decision has a public reason")
    if rating.comment:
        rating.comment_state = CommentState.HIDDEN if is_hidden else CommentState.KEPT
    rating.ruling, rating.public_reason = ruling.value, reason[:REASON_LENGTH_MAX]
    rating.save(update_fields=["comment_state", "ruling", "public_reason"])
    return before
