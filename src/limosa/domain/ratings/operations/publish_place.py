"""Compute what is published of a carrier in a place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ratings.background import grounds_of
from limosa.domain.ratings.engine.abuse import Given, Mark, MarkKind, held_back
from limosa.domain.ratings.engine.means import (
    MONTHS_MAX,
    PEOPLE_LEAST,
    PRIOR_UNKNOWN,
    THOUSAND,
    Answer,
    shrunken_mean,
    sums_of,
)
from limosa.domain.ratings.engine.questions import Question, month_of
from limosa.domain.ratings.engine.standing import Ruling, Standing, own_standing
from limosa.domain.ratings.models import RatedPlace, Rating, RatingMark, RatingPrior

PUBLISHED_EVERY = timedelta(hours=1)
MONTHS_SHOWN = 12
OVERALL = "overall"
_Orders = Mapping[str, tuple[str, int]]


@transaction.atomic
def publish_place(*, place_id: int, now: datetime) -> RatedPlace | None:
    """Find out which of a place's ratings count, and write its row from those that do.

    Returns the row; None: somebody else holds it, or it is not due. Ratings about months of more
    than two years ago are left as they are and weigh nothing.
    Locks: the place (`SKIP LOCKED`), then the ratings whose standing changes.
    """
    place = (
        RatedPlace.objects.select_for_update(skip_locked=True)
        .filter(pk=place_id, next_at__lte=now)
        .first()
    )
    if place is None:
        return None
    as_of = month_of(now.date())
    rows = Rating.objects.filter(
        carrier_id=place.carrier_id,
        country=place.country,
        month__gte=as_of.replace(year=as_of.year - MONTHS_MAX // 12),
    )
    recent = list(rows.select_related("bundle", "subscriber__insider").order_by("id"))
    _keep_standings(recent)
    counted = [row for row in recent if row.standing == Standing.COUNTS]
    prior = RatingPrior.objects.filter(pk=1).values_list("means", flat=True).first() or {}
    place.count, place.written = len(counted), len(recent)
    place.demo_count = sum(row.is_demo for row in counted)
    place.as_of = as_of
    place.sums = {
        name: _sums(_answers(counted, name), as_of, prior.get(name, PRIOR_UNKNOWN))
        for name in (*Question, OVERALL)
    }
    place.months = _months(counted, prior.get(OVERALL, PRIOR_UNKNOWN))
    place.computed_at, place.next_at = now, now + PUBLISHED_EVERY
    place.save()
    return place


def _keep_standings(rows: Collection[Rating]) -> None:
    """Set each rating's standing; write those that change."""
    numbers = [row.bundle.order_number for row in rows if row.bundle is not None]
    orders = {
        number: (state, returned)
        for number, state, returned in Order.objects.filter(number__in=numbers).values_list(
            "number", "state", "reversed_minor"
        )
    }
    found = {row.pk: _own(row, orders) for row in rows}
    by_themselves = [row for row in rows if found[row.pk] is Standing.COUNTS and not row.is_demo]
    found |= held_back(_given(by_themselves))
    changed = [row for row in rows if row.standing != found[row.pk]]
    for row in changed:
        row.standing = found[row.pk].value
    Rating.objects.bulk_update(changed, ["standing"], batch_size=500)


def _own(row: Rating, orders: _Orders) -> Standing:
    if row.bundle is None or row.subscriber is None:
        is_excluded = row.ruling == Ruling.EXCLUDED
        return Standing.EXCLUDED if is_excluded else Standing.COUNTS
    state, returned_minor = orders.get(row.bundle.order_number, (OrderState.REFUNDED, 0))
    return own_standing(
        grounds_of(
            row, row.bundle, row.subscriber, order_state=state, returned_minor=returned_minor
        )
    )


def _given(rows: Iterable[Rating]) -> list[Given]:
    rows = list(rows)
    marks: dict[int, set[Mark]] = defaultdict(set)
    stored = RatingMark.objects.filter(rating__in=[row.pk for row in rows])
    for rating, kind, digest in stored.values_list("rating_id", "kind", "digest"):
        marks[rating].add(Mark(MarkKind(kind), digest))
    return [
        Given(
            rating=row.pk,
            account=row.subscriber_id or 0,
            account_made_at=row.account_made_at,
            at=row.given_at,
            address=row.address,
            marks=frozenset(marks[row.pk]),
            is_released=row.ruling == Ruling.RELEASED,
        )
        for row in rows
    ]


def _answers(rows: Iterable[Rating], name: str) -> list[Answer]:
    found = []
    for row in rows:
        if name != OVERALL:
            given = [getattr(row, name)]
        else:
            given = [getattr(row, question.value) for question in Question]
        values = [value for value in given if value is not None]
        if values:
            found.append(Answer(sum(values) * THOUSAND // len(values), row.month))
    return found


def _sums(answers: list[Answer], as_of: date, prior: int) -> dict[str, int]:
    sums = sums_of(answers, now=as_of)
    mean = shrunken_mean(sums, prior=prior)
    return {
        "count": sums.count,
        "weight": sums.weight,
        "total": sums.total,
        "mean": mean.mean,
        "low": mean.low,
        "high": mean.high,
    }


def _months(rows: Iterable[Rating], prior: int) -> list[dict[str, Any]]:
    """Return the last months with enough people, newest first."""
    by_month: dict[date, list[Answer]] = defaultdict(list)
    for answer in _answers(rows, OVERALL):
        by_month[answer.month].append(answer)
    found = []
    for month, answers in sorted(by_month.items(), reverse=True)[:MONTHS_SHOWN]:
        if len(answers) >= PEOPLE_LEAST:
            mean = shrunken_mean(sums_of(answers, now=month), prior=prior)
            found.append({"month": month.isoformat(), "count": len(answers), "mean": mean.mean})
    return found
