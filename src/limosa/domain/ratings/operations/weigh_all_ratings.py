"""Compute the mean of all ratings, to which each place's is pulled."""

from datetime import datetime

from limosa.domain.ratings.engine.means import Sums, plain_mean
from limosa.domain.ratings.engine.questions import Question
from limosa.domain.ratings.models import RatedPlace, RatingPrior
from limosa.domain.ratings.operations.publish_place import OVERALL


def weigh_all_ratings(*, now: datetime) -> dict[str, int]:
    """Return the mean of all by question, in thousandths, from the places' sums; and keep it.

    Places take it over when they are published next.
    """
    totals = {name: [0, 0, 0] for name in (*(one.value for one in Question), OVERALL)}
    for sums in RatedPlace.objects.filter(count__gt=0).values_list("sums", flat=True).iterator():
        for name, total in totals.items():
            of_place = sums.get(name, {})
            for number, key in enumerate(("count", "weight", "total")):
                total[number] += of_place.get(key, 0)
    means = {
        name: plain_mean(Sums(count, weight, total, squares=0, weights=0))
        for name, (count, weight, total) in totals.items()
    }
    RatingPrior.objects.update_or_create(pk=1, defaults={"means": means, "computed_at": now})
    return means
