"""Report a comment that should not stand."""

from datetime import datetime

from django.db import transaction

from limosa.domain.accounts.models import Subscriber
from limosa.domain.ratings.models import REASON_LENGTH_MAX, CommentState, Rating, RatingReport
from limosa.domain.ratings.queries import check_may_report
from limosa.domain.ratings.refusals import CommentNotShownError


@transaction.atomic
def report_comment(*, rating_id: int, reporter: Subscriber, reason: str, now: datetime) -> bool:
    """Take a comment out of sight until staff have looked; return whether it was in sight.

    A comment that staff have kept stays, and the report is noted. A person's second report of the
    same rating changes nothing.
    Locks:  the reporter, so that the limit of their reports holds; then the rating.
    Raises: CommentNotShownError; NothingBoughtError or TooManyReportsError, if the comment is in
            sight; Rating.DoesNotExist; nothing changed.
    """
    Subscriber.objects.select_for_update(no_key=True).get(pk=reporter.pk)
    rating = Rating.objects.select_for_update().get(pk=rating_id)
    if not rating.comment or rating.subscriber_id == reporter.pk:
        raise CommentNotShownError
    if rating.comment_state == CommentState.SHOWN:
        check_may_report(reporter_id=reporter.pk)
    RatingReport.objects.get_or_create(
        rating=rating,
        reporter=reporter,
        defaults={"reason": reason.replace("\0", "").strip()[:REASON_LENGTH_MAX], "at": now},
    )
    if rating.comment_state != CommentState.SHOWN:
        return False
    rating.comment_state = CommentState.REPORTED
    rating.save(update_fields=["comment_state"])
    return True
