"""What is published of carriers in places, and what a person may rate."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from limosa.domain.ordering.models import Order, OrderState
from limosa.domain.ratings.engine.means import PEOPLE_LEAST
from limosa.domain.ratings.engine.questions import OPEN_FOR, Question
from limosa.domain.ratings.models import (
    CommentState,
    Invitation,
    InvitationState,
    RatedPlace,
    Rating,
    RatingReport,
)
from limosa.domain.ratings.refusals import NothingBoughtError, TooManyReportsError

PAGE_LENGTH = 30
# Reports take comments out of sight before anybody looks, so one person has few of them at once.
REPORTS_WAITING_MAX = 3


@dataclass(frozen=True, slots=True)
class PublishedMean:
    """A mean with its interval, in thousandths of a step of the scale, and how many answered."""

    name: str
    count: int
    mean: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class PublishedMonth:
    """The mean of a month that enough people rated."""

    month: date
    count: int
    mean: int


@dataclass(frozen=True, slots=True)
class Published:
    """What pages say of a carrier in a place. `questions`: those that enough people answered.
    `is_demo`: some of it ships with the demo. `written`: with the ratings that do not count."""

    carrier: str
    carrier_name: str
    country: str
    count: int
    written: int
    overall: PublishedMean
    questions: tuple[PublishedMean, ...]
    months: tuple[PublishedMonth, ...]
    is_demo: bool


def published(carrier_code: str, country: str) -> Published | None:
    """Return what is published of a carrier in a place; None: under ten people. One row."""
    row = _published_rows().filter(carrier_id=carrier_code, country=country).first()
    return None if row is None else _shown(row)


def published_for(carrier_code: str, countries: Iterable[str]) -> Published | None:
    """Return what is published of a carrier in that of some countries where most people rated
    it."""
    rows = _published_rows().filter(carrier_id=carrier_code, country__in=list(countries))
    row = rows.order_by("-count", "id").first()
    return None if row is None else _shown(row)


def published_of(
    wanted: Mapping[str, tuple[str, Collection[str]]],
) -> dict[str, Published]:
    """Return, for each key with a carrier and countries, what is published of the carrier in that
    of the countries where most people rated it; keys without are left out. One statement."""
    carriers = {carrier for carrier, _countries in wanted.values()}
    places = {country for _carrier, countries in wanted.values() for country in countries}
    rows = _published_rows().filter(carrier_id__in=carriers, country__in=places)
    known = [*rows.order_by("-count", "id")] if wanted else []
    found: dict[str, Published] = {}
    for key, (carrier, countries) in wanted.items():
        for row in known:
            if row.carrier_id == carrier and row.country in countries:
                found[key] = _shown(row)
                break
    return found


def best_published(*, most: int, country: str = "") -> list[Published]:
    """Return the places with the most people, of all countries or of one."""
    rows = _published_rows()
    if country:
        rows = rows.filter(country=country)
    return [_shown(row) for row in rows.order_by("-count", "id")[:most]]


def places_by_buyers(*, most: int) -> list[tuple[str, str]]:
    """Return carrier and country of the places with the most people, without the demo's."""
    rows = RatedPlace.objects.filter(count__gte=PEOPLE_LEAST, demo_count=0)
    return list(rows.order_by("-count", "id").values_list("carrier_id", "country")[:most])


def published_page(*, after: str) -> tuple[list[Published], str]:
    """Return a page of what is published, the places with the most people first, and the key of
    the next page; empty at the end. An `after` that is no key: the first page."""
    rows = _published_rows()
    count, _, last = after.partition("-")
    if count.isdecimal() and last.isdecimal() and len(after) < 30:
        rows = rows.filter(Q(count__lt=int(count)) | Q(count=int(count), id__gt=int(last)))
        rows = rows.filter(count__lte=int(count))
    found = list(rows.order_by("-count", "id")[: PAGE_LENGTH + 1])
    page = found[:PAGE_LENGTH]
    more = f"{page[-1].count}-{page[-1].pk}" if len(found) > PAGE_LENGTH else ""
    return [_shown(row) for row in page], more


def comments_of(carrier_code: str, country: str) -> QuerySet[Rating]:
    """Return the ratings of a carrier in a place that have a comment, hidden ones too."""
    return Rating.objects.filter(carrier_id=carrier_code, country=country).exclude(comment="")


def check_may_report(*, reporter_id: int) -> None:
    """Raise NothingBoughtError or TooManyReportsError if a person may not report comments now."""
    bought = Order.objects.filter(subscriber_id=reporter_id, state=OrderState.FULFILLED)
    if not bought.exists():
        raise NothingBoughtError
    waiting = RatingReport.objects.filter(
        reporter_id=reporter_id, rating__comment_state=CommentState.REPORTED
    ).exclude(rating__comment="")
    if waiting.count() >= REPORTS_WAITING_MAX:
        raise TooManyReportsError


def open_invitation(*, subscriber_id: int, now: datetime) -> Invitation | None:
    """Return the newest bundle that a person was asked about lately and has not rated."""
    return (
        Invitation.objects.filter(
            subscriber_id=subscriber_id,
            state=InvitationState.ASKED,
            asked_at__gt=now - OPEN_FOR,
            bundle__rating=None,
        )
        .select_related("bundle__plan__carrier")
        .order_by("-asked_at")
        .first()
    )


def invitation_to(*, subscriber_id: int, order_number: str) -> Invitation | None:
    """Return the invitation to rate what an order brought, if its person was asked."""
    return (
        Invitation.objects.filter(
            bundle__order_number=order_number,
            subscriber_id=subscriber_id,
            state=InvitationState.ASKED,
        )
        .select_related("bundle__plan__carrier", "bundle__esim", "bundle__rating")
        .first()
    )


def is_open(invitation: Invitation, *, now: datetime) -> bool:
    """Return whether a bundle may still be rated, or its rating changed."""
    return invitation.asked_at is not None and now <= invitation.asked_at + OPEN_FOR


def _published_rows() -> QuerySet[RatedPlace]:
    return RatedPlace.objects.filter(count__gte=PEOPLE_LEAST).select_related("carrier")


def _shown(row: RatedPlace) -> Published:
    return Published(
        carrier=row.carrier_id,
        carrier_name=row.carrier.name,
        country=row.country,
        count=row.count,
        written=row.written,
        overall=_mean("overall", row.sums["overall"]),
        questions=tuple(
            _mean(question.value, row.sums[question.value])
            for question in Question
            if row.sums[question.value]["count"] >= PEOPLE_LEAST
        ),
        months=tuple(_months(row.months)),
        is_demo=row.demo_count > 0,
    )


def _mean(name: str, sums: dict[str, int]) -> PublishedMean:
    return PublishedMean(name, sums["count"], sums["mean"], sums["low"], sums["high"])


def _months(stored: Iterable[dict[str, Any]]) -> Iterable[PublishedMonth]:
    for one in stored:
        yield PublishedMonth(date.fromisoformat(one["month"]), one["count"], one["mean"])
