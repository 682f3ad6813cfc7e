"""Publish the places that are due."""

from datetime import datetime

from limosa.domain.ratings.models import RatedPlace
from limosa.domain.ratings.operations.publish_place import publish_place


def publish_due_places(*, now: datetime, most: int = 100) -> int:
    """Publish places with new ratings, and each once an hour: refunds and disputes make no noise.

    Returns how many were due, at most `most`; call again until it is less. Each commits separately.
    """
    due = RatedPlace.objects.filter(next_at__lte=now).order_by("next_at")
    keys = list(due.values_list("pk", flat=True)[:most])
    return sum(publish_place(place_id=pk, now=now) is not None for pk in keys)
