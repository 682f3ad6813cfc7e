"""The worker's periodic jobs for ratings."""

from django.utils import timezone
from procrastinate.contrib.django import app

from limosa.domain.ratings.operations.ask_for_ratings import ask_for_ratings
from limosa.domain.ratings.operations.plan_invitations import plan_invitations
from limosa.domain.ratings.operations.publish_due_places import publish_due_places
from limosa.domain.ratings.operations.weigh_all_ratings import weigh_all_ratings

_PLANNED_AT_A_TIME = 1_000
_ASKED_AT_A_TIME = 200
_PUBLISHED_AT_A_TIME = 100


@app.periodic(cron="*/10 * * * *")
@app.task(name="ratings.ask", queueing_lock="ratings.ask")
def ask(timestamp: int) -> None:
    """Note new bundles, and ask the buyers of those that are due."""
    now = timezone.now()
    while plan_invitations(now=now, most=_PLANNED_AT_A_TIME) == _PLANNED_AT_A_TIME:
        pass
    while ask_for_ratings(now=now, most=_ASKED_AT_A_TIME) == _ASKED_AT_A_TIME:
        pass


@app.periodic(cron="* * * * *")
@app.task(name="ratings.publish", queueing_lock="ratings.publish")
def publish(timestamp: int) -> None:
    """Publish the places with new ratings, and each once an hour."""
    now = timezone.now()
    while publish_due_places(now=now, most=_PUBLISHED_AT_A_TIME) == _PUBLISHED_AT_A_TIME:
        pass


@app.periodic(cron="41 * * * *")
@app.task(name="ratings.weigh_all", queueing_lock="ratings.weigh_all")
def weigh_all(timestamp: int) -> None:
    """Bring the mean of all ratings up to date."""
    weigh_all_ratings(now=timezone.now())
