"""Add a rating that ships with the demo, and is marked so wherever it is shown."""

from datetime import date, datetime

from django.db import transaction

from limosa.domain.ratings.engine.questions import Answers, Question, is_rating, month_of
from limosa.domain.ratings.models import CommentState, Rating
from limosa.domain.ratings.places import make_due


@transaction.atomic
def add_demo_rating(
    *,
    network: tuple[str, str],
    day: date,
    answers: Answers,
    comment: tuple[str, str] = ("", "en"),
    now: datetime,
) -> Rating:
    """Return the new rating, of no bundle: pages say "demo data" of it, and of every figure that it
    is part of. `network`: carrier and country. `comment`: its text and language.

    Raises: ValueError for answers off the scale; nothing changed.
    """
    if not is_rating(answers):
        raise ValueError("no rating")
    carrier, country = network
    text, language = comment
    rating = Rating.objects.create(
        is_demo=True,
        carrier_id=carrier,
        country=country,
        month=month_of(day),
        comment=text,
        language=language,
        comment_state=CommentState.SHOWN if text else CommentState.NONE,
        given_at=now,
        changed_at=now,
        account_made_at=now,
        **{question.value: answers.get(question) for question in Question},
    )
    make_due(carrier=carrier, country=country, now=now)
    return rating
